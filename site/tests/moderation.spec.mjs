// What moderators do, from a phone, and what the people whom it concerns see of it.

import { expect, test, withAndWithoutJavaScript } from "./kit.mjs";

const THREAD = "git-writing-a-lesson";
const PHONE = { viewport: { width: 360, height: 740 } };

withAndWithoutJavaScript((javaScript) => {
  test("a comment that waits is decided by one press", async ({ visit, member, moderator }) => {
    const comment = await (await member({ known: false })).comment(THREAD, `Look at my shop, ${Date.now()}`);
    const host = await visit({ javaScript, as: moderator, ...PHONE });
    // From the mail: one press opens the queue, and one decides. Others fill the queue meanwhile.
    const mailed = await moderator.linkInMailbox(/\/api\/moderation(?![\w/-])/);
    await host.open(`${mailed}?order=newest`);
    const entry = host.page.getByRole("listitem").filter({ has: host.page.getByText(comment.body) }).last();
    for (const button of await entry.getByRole("button").all()) {
      const { width, height } = await button.boundingBox();
      expect(Math.min(width, height), await button.textContent()).toBeGreaterThanOrEqual(24);
    }
    await entry.getByRole("button", { name: "Advertising" }).click();
    await expect(host.page.getByText(comment.body)).toHaveCount(0);
    expect(await host.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });

  test("whoever was decided about is told, and appeals once", async ({ visit, member, moderator }) => {
    const author = await member({ known: false });
    const comment = await author.comment(THREAD, "Only a hint at a book.");
    await moderator.send(`/api/moderation/${THREAD}/${comment.id}`, { reason: "spam" });
    const person = await visit({ javaScript, as: author, ...PHONE });
    await person.open(comment.url);
    await expect(person.heading("Your comment was not published")).toBeVisible();
    await person.page.getByLabel("You think that this is wrong?").fill("It is no shop of mine.");
    await person.press("Send the appeal");
    await expect(person.page.getByText("Your appeal waits for a moderator")).toBeVisible();
    await expect(person.page.getByRole("button", { name: "Send the appeal" })).toHaveCount(0);
  });

  test("anybody reports a comment, without an account", async ({ visit, member }) => {
    const text = `Contested at ${Date.now()}`;
    await (await member()).comment(THREAD, text);
    const reader = await visit({ javaScript, ...PHONE });
    const comment = await reader.seesOn(`/discussions/${THREAD}/`, text);
    await comment.getByRole("link", { name: /^Report/ }).click();
    await reader.page.getByLabel(/it insults or threatens/i).check();
    await reader.press("Report it");
    await expect(reader.heading("Thank you for telling us")).toBeVisible();
  });
});

test("the log is a file, and a feed beside it", async ({ visit, member, moderator }) => {
  const comment = await (await member({ known: false })).comment(THREAD, "Nothing but insults.");
  await moderator.send(`/api/moderation/${THREAD}/${comment.id}`, { reason: "unkind" });
  const reader = await visit({ javaScript: false });
  await expect(async () => {
    await reader.open("/moderation/");
    await expect(reader.page.getByText("because it insults or threatens somebody").first()).toBeVisible({ timeout: 100 });
  }).toPass({ intervals: [50, 100, 200], timeout: 7_000 });
  await reader.doesNotSeeOn("/moderation/", comment.body);
  const feed = await (await reader.page.request.get("/moderation/feed.xml")).text();
  expect(feed).toContain("A comment was not published");
  expect(feed).not.toContain(comment.body);
});
