// Passkeys with Chromium's own authenticator: made on the account page, used on the sign-in page.

import { expect, MODERATOR, nextAddress, test } from "./kit.mjs";
import { withAuthenticator } from "./authenticator.mjs";

test("a member makes a passkey, signs out, and comes in with it without an address", async ({ visit, member }) => {
  const owner = await member({ known: false });
  const person = await visit({ as: owner });
  const authenticator = await withAuthenticator(person.page);
  await person.open("/api/account");
  await person.page.getByLabel("A name for the new passkey").fill("Phone in my pocket");
  await person.press("Add a passkey");
  const row = person.page.getByRole("listitem").filter({ hasText: "Phone in my pocket" });
  await expect(row).toContainText("Used on this device");
  expect(await authenticator.credentials()).toHaveLength(1);

  await person.page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(person.page).toHaveURL(/\/$/);
  expect(await person.isSignedIn()).toBe(false);
  await person.open("/sign-in/");
  await person.press("Sign in with a passkey");
  await expect(person.heading("Your account")).toBeVisible();
  await expect(person.page.locator("main")).toContainText(owner.name);
  await expect(row).toContainText("last used");

  await row.getByText("Rename").click();
  await row.getByLabel("New name").fill("Old phone");
  await row.getByRole("button", { name: "Save" }).click();
  const renamed = person.page.getByRole("listitem").filter({ hasText: "Old phone" });
  await renamed.getByRole("button", { name: "Remove" }).click();
  await expect(renamed).toHaveCount(0);
});

test("a device holds one passkey for an account, and says so", async ({ visit, member }) => {
  const person = await visit({ as: await member({ known: false }) });
  await withAuthenticator(person.page);
  await person.open("/api/account");
  await person.press("Add a passkey");
  await expect(person.page.getByText("Used on this device")).toBeVisible();
  await person.press("Add a passkey");
  await person.isTold("has a passkey for your account already");
});

test("who has no passkey here, or does not answer, is told so and can go on by mail", async ({ visit }) => {
  const person = await visit();
  await withAuthenticator(person.page, { verifies: false });
  await person.open("/sign-in/");
  await person.press("Sign in with a passkey");
  await person.isTold(/Nothing was chosen/);
  await person.askForLink(nextAddress());
});

test("without JavaScript a passkey form says what is missing", async ({ visit, member }) => {
  const person = await visit({ javaScript: false });
  person.saw.expectTrouble(/422/);
  await person.open("/sign-in/");
  await person.press("Sign in with a passkey");
  await expect(person.heading("No passkey came along")).toBeVisible();
  const owner = await visit({ javaScript: false, as: await member({ known: false }) });
  owner.saw.expectTrouble(/422/);
  await owner.open("/api/account");
  await owner.press("Add a passkey");
  await expect(owner.heading("No passkey came along")).toBeVisible();
});

test("a moderator who came in by mail proves the passkey and is where they wanted to be", async ({ visit, moderator }) => {
  const thief = await visit();
  thief.saw.expectTrouble(/401/);
  await thief.open("/sign-in/");
  await thief.askForLink(MODERATOR);
  await thief.openMail(/sign/i);
  await thief.followLinkInMail();
  await thief.press("Sign in");
  await thief.open("/api/moderation");
  await expect(thief.heading("This takes a passkey")).toBeVisible();
  await thief.follow("Use your passkey");
  await expect(thief.page.getByRole("button", { name: "Add a passkey" })).toHaveCount(0);

  const authenticator = await withAuthenticator(thief.page);
  await authenticator.take(moderator.passkeys);
  await thief.press("Sign in with a passkey");
  await expect(thief.page).toHaveURL(/\/api\/moderation/);
  await expect(thief.heading("This takes a passkey")).toHaveCount(0);
});

test("only pages with a passkey form load its script", async ({ visit, member }) => {
  const person = await visit({ as: await member({ known: false }) });
  const scripts = () => person.page.locator('script[src*="passkeys"]');
  for (const [path, count] of [["/api/account", 1], ["/sign-in/", 1], ["/api/sign-in", 1], ["/", 0], ["/api/account/delete", 0]]) {
    await person.open(path);
    await expect(scripts(), path).toHaveCount(count);
  }
});
