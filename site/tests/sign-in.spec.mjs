// Signing in by mail link, the name that others see, one's own page, and leaving.

import { readFile } from "node:fs/promises";
import { expect, QUIET_LESSON, nextAddress, nextName, test, withAndWithoutJavaScript } from "./kit.mjs";

withAndWithoutJavaScript((javaScript) => {
  test("the link alone signs nobody in; its button does, once", async ({ visit }) => {
    const person = await visit({ javaScript });
    person.saw.expectTrouble(/410/);
    await person.open("/sign-in/");
    await person.askForLink(nextAddress());
    await person.openMail(/sign/i);
    await person.followLinkInMail();
    await expect(person.heading("Sign in")).toBeVisible();
    expect(await person.isSignedIn()).toBe(false);
    const link = person.page.url();
    await person.page.reload();
    expect(await person.isSignedIn()).toBe(false);

    await person.press("Sign in");
    await person.chooseName(nextName());
    expect(await person.isSignedIn()).toBe(true);
    await expect(person.heading("Your account")).toBeVisible();

    await person.open(link);
    await expect(person.heading("This link does not work any more")).toBeVisible();
  });

  test("a link that is opened in another browser says so", async ({ visit }) => {
    const [desk, phone] = [await visit({ javaScript }), await visit({ javaScript })];
    await desk.open("/sign-in/");
    await desk.askForLink(nextAddress());
    phone.email = desk.email;
    await phone.openMail(/sign/i);
    await phone.followLinkInMail();
    await expect(phone.page.locator("main")).toContainText("another browser");
  });

  test("a reserved name is refused, and what was typed stays", async ({ visit }) => {
    const person = await visit({ javaScript });
    person.saw.expectTrouble(/422/);
    await person.open("/sign-in/");
    await person.signIn(nextAddress(), "Moderator");
    await person.isTold("Please choose another name");
    const field = person.page.getByLabel("Your name on this site");
    await expect(field).toHaveValue("Moderator");
    await expect(field).toHaveAttribute("aria-invalid", "true");
    await person.chooseName(nextName());
    await expect(person.heading("Your account")).toBeVisible();
  });

  test("nobody gets a name that looks like somebody else's", async ({ visit, member }) => {
    const first = await member({ known: false });
    const person = await visit({ javaScript });
    person.saw.expectTrouble(/409/);
    await person.open("/sign-in/");
    await person.signIn(nextAddress(), first.name.toUpperCase());
    await person.isTold("looks like it");
  });

  test("an address that is none comes back with what to mend", async ({ visit }) => {
    const person = await visit({ javaScript });
    person.saw.expectTrouble(/422/);
    await person.open("/sign-in/");
    await person.page.getByLabel("Your e-mail address").fill("somebody@localhost");
    await person.press("Mail me a link");
    await person.isTold("Please check the address");
    await expect(person.page.getByLabel("Your e-mail address")).toHaveValue("somebody@localhost");
  });

  test("a device can be signed out from the own page", async ({ visit, member }) => {
    const owner = await member({ known: false });
    const person = await visit({ javaScript, as: owner });
    person.saw.expectTrouble(/401/);
    await person.open("/api/account");
    await person.page.getByRole("button", { name: "Sign out", exact: true }).click();
    await person.open("/api/account");
    await expect(person.heading("Sign in first")).toBeVisible();
  });

  test("everything that is stored can be taken along as one JSON file", async ({ visit, member }) => {
    const owner = await member();
    const { body } = await owner.comment("git-writing-a-lesson", `To take along ${Date.now()}`);
    const person = await visit({ javaScript, as: owner });
    await person.open("/api/account");
    await expect(person.page.locator("main")).toContainText(owner.email);
    const [download] = await Promise.all([person.page.waitForEvent("download"), person.follow("Export everything")]);
    expect(download.suggestedFilename()).toBe("sodium-learn-my-data.json");
    const data = JSON.parse(await readFile(await download.path(), "utf8"));
    expect(data.member.name).toBe(owner.name);
    expect(JSON.stringify(data.comments)).toContain(body);
  });

  test("who leaves takes everything along", async ({ visit, member }) => {
    const owner = await member();
    const { body } = await owner.comment("git-writing-a-lesson", `Not for ever ${Date.now()}`);
    const reader = await visit({ javaScript });
    await reader.seesOn(QUIET_LESSON, body);

    const person = await visit({ javaScript, as: owner });
    await person.open("/api/account");
    await person.follow("Delete account");
    await person.press("Delete everything and leave");
    await expect(person.heading("You have left")).toBeVisible();
    expect(await person.isSignedIn()).toBe(false);

    await reader.noLongerSeesOn(QUIET_LESSON, body);
    await reader.noLongerSeesOn(QUIET_LESSON, owner.name);
  });
});
