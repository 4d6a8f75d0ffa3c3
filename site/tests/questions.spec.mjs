// Questions and their answers, marks, and the forum.

import { expect, QUIET_LESSON, test, withAndWithoutJavaScript } from "./kit.mjs";

const QUIET_THREAD = "git-writing-a-lesson";

withAndWithoutJavaScript((javaScript) => {
  const words = (text) => `${text} (${javaScript ? "with" : "without"} script, ${Date.now()})`;

  test("a question is asked about a part of the page, and its answer is accepted and taken back", async ({ visit, member }) => {
    const asker = await visit({ javaScript, as: await member() });
    const question = words("How long should it be?");
    await asker.open(QUIET_LESSON);
    await asker.page.getByRole("radio", { name: "Question" }).check();
    await asker.page.getByLabel("About").selectOption({ index: 1 });
    await asker.post(question);
    await asker.isTold("Published");

    const asked = await asker.seesOn(QUIET_LESSON, question);
    await expect(asked.locator(":scope > header .badge")).toHaveText("Question");
    await expect(asked.locator(":scope > .comment-about a")).toHaveAttribute("href", /^\/courses\/.*#/);
    const id = (await asked.getAttribute("id")).replace("c-", "");
    const answer = await (await member()).comment(QUIET_THREAD, words("Shorter than you think."), { id });
    await asker.seesOn(QUIET_LESSON, answer.body);
    await asker.commentWith(question).locator(":scope > .comment-actions").getByRole("link", { name: "Choose the answer" }).click();
    await expect(asker.heading("Which answer helped?")).toBeVisible();
    await asker.press("This answered it");
    await expect(asker.heading("Your question is answered")).toBeVisible();

    const reader = await visit({ javaScript });
    await expect(async () => {
      await reader.open(QUIET_LESSON);
      await expect(reader.commentWith(answer.body).getByText("Accepted answer")).toBeVisible({ timeout: 100 });
    }).toPass({ timeout: 7_000 });
    await reader.commentWith(question).getByRole("link", { name: "Answered: go to the answer" }).click();
    await expect(reader.page).toHaveURL(new RegExp(`#c-${answer.id}$`));
    await reader.open("/questions/answered/");
    await expect(reader.page.getByRole("link", { name: question })).toBeVisible();

    await asker.press("Take it back");
    await expect(asker.heading("Which answer helped?")).toBeVisible();
    await reader.noLongerSeesOn("/questions/answered/", question);
  });

  test("a comment is marked as helpful once, and the mark is taken back", async ({ visit, member }) => {
    const comment = await (await member()).comment(QUIET_THREAD, words("Something that helps"));
    const reader = await visit({ javaScript, as: await member() });
    const button = (await reader.seesOn(QUIET_LESSON, comment.body)).locator(":scope > .comment-actions .mark button");
    await button.click();
    if (javaScript) {
      await expect(button).toHaveAttribute("aria-pressed", "true");
    } else {
      await expect(reader.heading("You found this helpful")).toBeVisible();
      await expect(reader.page.getByRole("button", { name: "Take the mark back" })).toBeVisible();
    }
    const anybody = await visit({ javaScript });
    const count = () => anybody.commentWith(comment.body).locator(":scope > .comment-actions .mark-count");
    await expect(async () => {
      await anybody.open(QUIET_LESSON);
      await expect(count()).toHaveText("1", { timeout: 100 });
    }).toPass({ timeout: 7_000 });

    await (javaScript ? button.click() : reader.press("Take the mark back"));
    await expect(async () => {
      await anybody.open(QUIET_LESSON);
      await expect(anybody.commentWith(comment.body)).toHaveCount(1, { timeout: 100 });
      await expect(count()).toHaveCount(0, { timeout: 100 });
    }).toPass({ timeout: 7_000 });
  });

  test("a topic is begun in the forum and stands on top of its list", async ({ visit, member }) => {
    const author = await visit({ javaScript, as: await member() });
    const title = words("Where do you keep your notes?");
    await author.open("/forums/general/");
    await author.page.getByLabel("Title").fill(title);
    await author.page.getByRole("radio", { name: "Question" }).check();
    await author.page.getByLabel("Your text").fill("I have too many places for them.");
    await author.press("Begin the topic");
    await expect(author.heading("Your comment is published")).toBeVisible();

    const reader = await visit({ javaScript });
    const link = reader.page.locator(".topics").getByRole("link", { name: title });
    await expect(async () => {
      await reader.open("/forums/general/");
      await expect(link).toBeVisible({ timeout: 100 });
    }).toPass({ timeout: 7_000 });
    await reader.page.getByRole("navigation", { name: "Filter" }).getByRole("link", { name: "Unanswered" }).click();
    await link.click();
    await expect(reader.heading(title)).toBeVisible();
    await expect(reader.commentWith("I have too many places for them.")).toBeVisible();
    expect(await reader.context.cookies()).toEqual([]);
  });
});

test("a reader may have the most helpful first, and the file's order again", async ({ visit }) => {
  const reader = await visit();
  await reader.open("/discussions/community-first-posts/");
  const first = reader.page.locator(".comments > li").first();
  const before = await first.textContent();
  const button = reader.page.getByRole("button", { name: "Most helpful first" });
  await button.click();
  await expect(button).toHaveAttribute("aria-pressed", "true");
  expect(await first.textContent()).not.toBe(before);
  await button.click();
  expect(await first.textContent()).toBe(before);
});
