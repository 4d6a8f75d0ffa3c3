// An edit is suggested without Git: from the link under a lesson to what became of it.

import { expect, nextAddress, nextName, QUIET_LESSON, test, withAndWithoutJavaScript } from "./kit.mjs";

const PHONE = { viewport: { width: 360, height: 740 } };
const FORM = "/api/threads/git-writing-a-lesson/suggestions/new";

const text = (person) => person.page.getByLabel("The text of the page");
const change = (person) => person.page.getByRole("group", { name: "What changes" }).first();

/** Writes a line below the text, and looks at the change. */
async function adds(person, line) {
  await text(person).fill(`${await text(person).inputValue()}\n\n${line}\n`);
  await person.press("See what changes");
  await expect(change(person).locator("ins").filter({ hasText: line })).toHaveCount(1);
}

withAndWithoutJavaScript((javaScript) => {
  test("from a lesson, over signing in, to a moderator's decision", async ({ visit, moderator }) => {
    const line = `A sentence that was missing, ${Date.now()}.`;
    const person = await visit({ javaScript, ...PHONE });
    person.saw.expectTrouble(/401/);
    await person.open(QUIET_LESSON);
    await person.follow("Suggest an edit");
    await expect(person.heading("Suggest an edit")).toBeVisible();
    await adds(person, line);
    await person.page.getByLabel("Why?").fill("It says where to go on");
    await person.page.getByLabel("Do not name me").check();
    expect(await person.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await person.press("Send the suggestion");

    await expect(person.page.getByText(line)).toBeVisible();
    await person.signIn(nextAddress(), nextName());
    await expect(text(person)).toHaveValue(new RegExp(line));
    await expect(person.page.getByLabel("Why?")).toHaveValue("It says where to go on");
    await expect(person.page.getByLabel("Do not name me")).toBeChecked();
    await person.press("Send the suggestion");
    await expect(person.page.getByRole("status")).toContainText("It waits for a person to look at it");
    const own = person.page.url();

    const host = await visit({ javaScript, as: moderator, ...PHONE });
    await host.open("/api/moderation?order=newest");
    const entry = host.page.getByRole("listitem").filter({ has: host.page.getByText(line) }).last();
    await expect(entry.getByText("The change will name nobody.")).toBeVisible();
    for (const button of await entry.getByRole("button").all()) {
      const { width, height } = await button.boundingBox();
      expect(Math.min(width, height), await button.textContent()).toBeGreaterThanOrEqual(24);
    }
    await entry.getByRole("button", { name: "Take it", exact: true }).click();
    await expect(host.page.getByText(line)).toHaveCount(0);
    expect(await host.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);

    await person.open(own);
    await expect(person.page.getByRole("status")).toContainText("A moderator took it");
    await person.openMail(/Your suggestion was taken/);
  });

  test("what is not taken has a reason, and what is withdrawn is gone", async ({ visit, member, moderator }) => {
    const author = await member();
    const person = await visit({ javaScript, as: author });
    person.saw.expectTrouble(/404/);
    await person.open(FORM);
    await adds(person, `A needless sentence, ${Date.now()}.`);
    await person.press("Send the suggestion");
    await expect(person.heading("Your suggestion")).toBeVisible();
    const own = new URL(person.page.url()).pathname;
    await moderator.send(`${own}/decide`, { reason: "right" });
    await person.open(own);
    await expect(person.page.getByRole("status")).toContainText("the page is right as it is");

    await person.press("Withdraw the suggestion");
    await expect(person.heading("The suggestion is withdrawn")).toBeVisible();
    await person.open(own);
    await expect(person.heading("There is nothing here")).toBeVisible();
  });

  test("a text without a change stays in its form, with what to do", async ({ visit }) => {
    const person = await visit({ javaScript });
    person.saw.expectTrouble(/422/);
    await person.open(FORM);
    await person.press("See what changes");
    await expect(person.page.getByRole("alert")).toBeFocused();
    await expect(text(person)).toHaveAccessibleDescription(/Nothing is changed yet/);
  });
});

test("the preview shows what is hostile as text", async ({ visit }) => {
  const person = await visit();
  await person.open(FORM);
  await adds(person, "<script>document.title = 'lost'</script>");
  await person.page.getByText("Preview", { exact: true }).click();
  await expect(person.page.locator(".preview").getByText("<script>")).toBeVisible();
  await expect(person.page).not.toHaveTitle(/lost/);
});
