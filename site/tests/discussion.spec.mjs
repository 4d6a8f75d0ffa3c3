// Taking part in a discussion: from the first comment, which a person reads first, to taking it back.

import { expect, LESSON, QUIET_LESSON, nextAddress, nextName, test, withAndWithoutJavaScript } from "./kit.mjs";

const QUIET_THREAD = "git-writing-a-lesson";

withAndWithoutJavaScript((javaScript) => {
  const words = (text) => `${text} (${javaScript ? "with" : "without"} script, ${Date.now()})`;

  test("a reader finds the discussion in the lesson", async ({ visit }) => {
    const reader = await visit({ javaScript });
    await reader.open(LESSON);
    await expect(reader.heading("A purpose and the first members")).toBeVisible();
    const comment = reader.commentWith("That is a purpose one can act on");
    await expect(comment.locator(":scope > header .comment-author")).toHaveText("Sample Mentor B");
    await expect(comment.locator(":scope > header time").first()).toHaveAttribute("datetime", "2026-11-09T09:02:00Z");
    await comment.locator(":scope > header .comment-time").click();
    await expect(reader.page).toHaveURL(/\/discussions\/community-purpose\/#c-[0-9a-f-]{36}$/);
    await expect(reader.commentWith("That is a purpose one can act on")).toBeInViewport();
    expect(await reader.context.cookies()).toEqual([]);
  });

  test("a first comment survives signing in, waits for a person, and then everybody reads it", async ({ visit, moderator }) => {
    const text = words("My first question here");
    const [author, reader, host] = [await visit({ javaScript }), await visit({ javaScript }), await visit({ javaScript, as: moderator })];
    const name = nextName();
    author.saw.expectTrouble(/401/);

    await author.open(QUIET_LESSON);
    await author.post(text);
    await expect(author.heading("Sign in to post")).toBeVisible();
    await expect(author.page.locator(".kept-text")).toHaveText(text);
    await author.signIn(nextAddress(), name);
    await expect(author.textField).toHaveValue(text);
    await author.post();
    await expect(author.heading("Your comment waits for a person")).toBeVisible();
    await expect(author.commentWith(text)).toContainText("Waits for a person");

    await reader.doesNotSeeOn(QUIET_LESSON, text);
    await reader.doesNotSeeOn(`/discussions/${QUIET_THREAD}/`, text);

    await host.open("/api/moderation");
    await host.page.locator(".queue > li").filter({ hasText: text }).getByRole("button", { name: "Publish" }).click();
    await expect(host.page.locator("main")).not.toContainText(text);

    const published = await reader.seesOn(QUIET_LESSON, text);
    await expect(published.locator(":scope > header .comment-author")).toHaveText(name);
    await reader.seesOn(`/discussions/${QUIET_THREAD}/`, text);
  });

  test("somebody who is known here is published at once", async ({ visit, member }) => {
    const author = await visit({ javaScript, as: await member() });
    const text = words("Known here");
    await author.open(QUIET_LESSON);
    await author.post(text);
    await author.isTold("Published");
    if (javaScript) await expect(author.commentWith(text)).toBeFocused();
    await (await visit({ javaScript })).seesOn(QUIET_LESSON, text);
  });

  test("a reply stands below what it answers", async ({ visit, member }) => {
    const first = await member();
    const question = await first.comment(QUIET_THREAD, words("A question"));
    const answerer = await visit({ javaScript, as: await member() });
    const answer = words("An answer");
    const comment = await answerer.seesOn(QUIET_LESSON, question.body);
    await answerer.replyTo(comment, answer);
    await answerer.isTold("Published");

    const reader = await visit({ javaScript });
    await reader.seesOn(QUIET_LESSON, answer);
    await expect(reader.commentWith(question.body).locator(".replies").first()).toContainText(answer);
  });

  test("a preview shows what will be published, and publishes nothing", async ({ visit }) => {
    const author = await visit({ javaScript });
    const text = words("Some **bold** words");
    await author.open(QUIET_LESSON);
    await author.write(text);
    await author.press("Preview");
    await expect(author.page.locator(".preview strong")).toHaveText("bold");
    await expect(author.textField).toHaveValue(text);
    await (await visit()).doesNotSeeOn(QUIET_LESSON, text.replaceAll("*", ""));
  });

  test("an own comment can be changed", async ({ visit, member }) => {
    const owner = await member();
    const before = await owner.comment(QUIET_THREAD, words("As it was"));
    const author = await visit({ javaScript, as: owner });
    await author.manage(await author.seesOn(QUIET_LESSON, before.body));
    await author.follow("Edit");
    await expect(author.textField).toHaveValue(before.body);
    const after = words("As it is now");
    await author.write(after);
    await author.press("Save");
    await expect(author.commentWith(after)).toBeVisible();
    const reader = await visit({ javaScript });
    await reader.seesOn(QUIET_LESSON, after);
    await reader.doesNotSeeOn(QUIET_LESSON, before.body);
  });

  test("a deleted comment goes; under an answer a tombstone stays", async ({ visit, member }) => {
    const owner = await member();
    const question = await owner.comment(QUIET_THREAD, words("To be deleted"));
    const answer = await (await member()).comment(QUIET_THREAD, words("Answer that stays"), question);
    const author = await visit({ javaScript, as: owner });
    await author.seesOn(QUIET_LESSON, answer.body);
    await author.manage(author.commentWith(question.body));
    await author.follow("Delete…");
    await author.press("Delete my comment");
    await expect(author.heading("Your comment is deleted")).toBeVisible();

    const reader = await visit({ javaScript });
    await reader.noLongerSeesOn(QUIET_LESSON, question.body);
    const tombstone = reader.page.locator(`#c-${question.id}`);
    await expect(tombstone).toContainText("deleted");
    await expect(tombstone).not.toContainText(owner.name);
    await expect(tombstone.locator(".replies")).toContainText(answer.body);
  });

  test("a text with a mistake comes back with what to mend", async ({ visit, member }) => {
    const author = await visit({ javaScript, as: await member() });
    author.saw.expectTrouble(/422/);
    const long = `${words("Too long")} ${"word ".repeat(2100)}`;
    await author.open(QUIET_LESSON);
    await author.post(long);
    await author.isTold("Please change your text");
    await expect(author.textField).toHaveValue(long);
    await author.write(words("Short enough"));
    await author.post();
    await author.isTold("Published");
  });

  test("somebody who writes too much is asked to wait, and keeps the text", async ({ visit, member }) => {
    const busy = await member();
    for (let n = 2; n <= 10; n++) await busy.comment("project-plain-glossary", `Comment ${n} of ${busy.name}`);
    const author = await visit({ javaScript, as: busy });
    author.saw.expectTrouble(/429/);
    const text = words("One more");
    await author.open(QUIET_LESSON);
    await author.post(text);
    await author.isTold("Please wait a little");
    await expect(author.textField).toHaveValue(text);
  });

  test("pressing twice makes one comment", async ({ visit, member }) => {
    const author = await visit({ javaScript, as: await member() });
    const text = words("Pressed twice");
    await author.open(QUIET_LESSON);
    await author.write(text);
    await author.page.getByRole("button", { name: "Post", exact: true }).dblclick();
    await author.isTold("Published");
    // Back to the form, and once more: browsers keep what was typed, and the form is the same form.
    if (!javaScript) {
      await author.page.goBack();
      await author.write(text);
      await author.post();
      await author.isTold("Published");
    }
    await (await visit({ javaScript })).seesOn(QUIET_LESSON, text);
  });

  test("a text written while signed in is kept when the sign-in has ended", async ({ visit, member }) => {
    const author = await visit({ javaScript, as: await member() });
    author.saw.expectTrouble(/401/);
    const text = words("Written for hours");
    await author.open(QUIET_LESSON);
    await author.write(text);
    await author.context.clearCookies();
    await author.post();
    await expect(author.page.locator(".kept-text")).toHaveText(text);
  });

  test("right-to-left text runs from the right", async ({ visit, member }) => {
    const owner = await member();
    const { body } = await owner.comment(QUIET_THREAD, `שלום לכולם ${Date.now()}${javaScript ? 1 : 0}`);
    const reader = await visit({ javaScript });
    const text = (await reader.seesOn(QUIET_LESSON, body)).locator(":scope > .comment-body");
    expect(await text.evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
  });
});

test.describe("when the network goes away", () => {
  test("the text stays, the page says so, and the draft is there after a reload", async ({ visit, member }) => {
    const author = await visit({ as: await member() });
    author.saw.expectTrouble(/ERR_INTERNET_DISCONNECTED/);
    const text = `Written in a tunnel ${Date.now()}`;
    await author.open(QUIET_LESSON);
    await author.write(text);
    await author.context.setOffline(true);
    await author.post();
    await author.isTold("could not be sent");
    await expect(author.textField).toHaveValue(text);
    await author.context.setOffline(false);
    await author.page.reload();
    await expect(author.textField).toHaveValue(text);
    await author.isTold("your text from before");
    await author.post();
    await author.isTold("Published");
    await author.page.reload();
    await expect(author.textField).toHaveValue("");
  });

  test("a service that answers nonsense loses no text either", async ({ visit, member }) => {
    const author = await visit({ as: await member() });
    author.saw.expectTrouble(/502/);
    await author.page.route("**/comments", (route) => route.fulfill({ status: 502, body: "<h1>Bad gateway</h1>", contentType: "text/html" }));
    const text = `Written during an outage ${Date.now()}`;
    await author.open(QUIET_LESSON);
    await author.post(text);
    await author.isTold("could not be sent");
    await expect(author.textField).toHaveValue(text);
  });
});
