// The waitlist for the beta: asked for, confirmed by a button, seen and left by a link.

import { expect, nextAddress, test, withAndWithoutJavaScript } from "./kit.mjs";

withAndWithoutJavaScript((javaScript) => {
  test("somebody joins, confirms, sees the place, and leaves", async ({ visit }) => {
    const person = await visit({ javaScript });
    person.saw.expectTrouble(/404/);
    person.email = nextAddress();
    await person.open("/waitlist/");
    await person.page.getByLabel("Your e-mail address").fill(person.email);
    await person.page.getByLabel("What do you come for?").selectOption({ label: "To learn in a guided group" });
    await person.press("Join the waitlist");
    await expect(person.heading("Look into your mailbox")).toBeVisible();

    await person.openMail(/waitlist/i);
    await person.followLinkInMail();
    await expect(person.heading("Join the waitlist")).toBeVisible();
    await person.page.reload();
    await person.press("Yes, put me on the list");
    await expect(person.heading("Your place on the waitlist")).toBeVisible();
    await expect(person.page.locator(".position-number")).toHaveText(/^\d+$/);
    await expect(person.page.locator("main")).toContainText(person.email);
    const place = person.page.url();

    await person.press("Leave the waitlist");
    await expect(person.heading("You have left the waitlist")).toBeVisible();
    await person.open(place);
    await expect(person.heading("There is nothing here")).toBeVisible();
    expect(await person.context.cookies()).toEqual([]);
  });

  test("an address that is none comes back with what to mend", async ({ visit }) => {
    const person = await visit({ javaScript });
    person.saw.expectTrouble(/422/);
    await person.open("/waitlist/");
    await person.page.getByLabel("Your e-mail address").fill("somebody@localhost");
    await person.press("Join the waitlist");
    await person.isTold("Please check the address");
    await expect(person.page.getByLabel("Your e-mail address")).toHaveValue("somebody@localhost");
  });
});
