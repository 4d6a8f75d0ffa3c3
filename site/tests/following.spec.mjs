// Following a discussion by mail: from the page to the mail, and from the mail to a stop that needs no sign-in.

import { expect, nextAddress, nextName, QUIET_LESSON, test, withAndWithoutJavaScript } from "./kit.mjs";

const THREAD = "git-writing-a-lesson";
const LESSON = "/courses/write-and-review-together/writing-a-lesson/";

withAndWithoutJavaScript((javaScript) => {
  test("somebody follows a discussion, gets a mail, stops it and undoes that", async ({ visit, member }) => {
    const writer = await member();
    const reader = await visit({ javaScript });
    reader.saw.expectTrouble(/401/);
    await reader.open(LESSON);
    await reader.follow("Follow by mail");
    await expect(reader.heading("Sign in first")).toBeVisible();
    await reader.signIn(nextAddress(), nextName());
    await expect(reader.heading("Follow this discussion")).toBeVisible();
    await expect(reader.page.getByRole("radio", { name: /^Once a day/ })).toBeChecked();
    await reader.page.getByRole("radio", { name: /^At once/ }).check();
    await reader.press("Follow");
    await reader.isTold("You get a mail for each new comment.");

    const text = `Fresh words for followers, ${javaScript ? "with" : "without"} a script.`;
    await writer.comment(THREAD, text);
    await reader.openMail(/^New comment: /);
    await expect(reader.page.locator(".mail-text")).toContainText(text);

    // Whoever has the mail stops it, on a device that is signed in nowhere.
    const stop = (await reader.page.locator(".mail-text").innerText()).match(/No more mails about this discussion: (\S+)/)[1];
    const elsewhere = await visit({ javaScript });
    await elsewhere.open(new URL(stop).pathname);
    await expect(elsewhere.heading(/^Stop mails about/)).toBeVisible();
    await elsewhere.press("Stop these mails");
    await expect(elsewhere.heading("These mails are stopped")).toBeVisible();
    await reader.open("/api/account");
    await expect(reader.page.getByText("You follow no discussion.")).toBeVisible();
    await elsewhere.press(/^Undo/);
    await expect(elsewhere.heading(/^Stop mails about/)).toBeVisible();
    await reader.open("/api/account");
    await expect(reader.page.locator("main")).toContainText("At once, a mail for each comment");
    await reader.press(/^Stop following/);
    await expect(reader.page.getByText("You follow no discussion.")).toBeVisible();
  });

  test("the box below a comment follows its discussion, and is empty", async ({ visit, member }) => {
    const writer = await visit({ javaScript, as: await member() });
    await writer.open(QUIET_LESSON);
    const box = writer.page.getByLabel("Mail me what others write here").last();
    await expect(box).not.toBeChecked();
    await box.check();
    const text = `I want to hear more, ${javaScript ? "with" : "without"} a script.`;
    await writer.post(text);
    await writer.seesOn(QUIET_LESSON, text);
    await writer.open("/api/account");
    await expect(writer.page.locator("main")).toContainText("Once a day, all together in one mail");
  });
});
