// A seat in a live session: taking it, finding the link, giving it back.

import { expect, SESSION, nextAddress, nextName, test, withAndWithoutJavaScript } from "./kit.mjs";

withAndWithoutJavaScript((javaScript) => {
  test("somebody new takes a seat and gives it back", async ({ visit }) => {
    const person = await visit({ javaScript });
    person.saw.expectTrouble(/40[13]/);
    await person.open(SESSION);
    const before = await seatsTaken(person);
    await person.follow("Sign up");
    await expect(person.heading("Sign in first")).toBeVisible();
    await person.signIn(nextAddress(), nextName());
    await person.press("Take a seat");
    await person.isTold("You have a seat.");
    await expect(async () => { await person.open(SESSION); expect(await seatsTaken(person)).toBe(before + 1); }).toPass({ timeout: 7_000 });
    await person.openMail(/You have a seat/);

    await person.open(SESSION);
    await person.follow("Sign up");
    await person.press("Give my seat back");
    await person.isTold("You have not signed up yet");
    await expect(async () => { await person.open(SESSION); expect(await seatsTaken(person)).toBe(before); }).toPass({ timeout: 7_000 });
  });

  test("the link for joining is for people with a seat only", async ({ visit, member, moderator }) => {
    const link = `https://meet.example.org/room-${javaScript ? 1 : 2}`;
    const host = await visit({ javaScript, as: moderator });
    await host.open("/api/sessions/review-together-2028-03");
    await host.page.getByLabel("Address of the meeting").fill(link);
    await host.press("Save the link");

    const person = await visit({ javaScript, as: await member({ known: false }) });
    await person.open("/api/sessions/review-together-2028-03");
    await expect(person.page.locator("main")).not.toContainText(link);
    await person.press("Take a seat");
    await expect(person.page.getByRole("link", { name: link })).toBeVisible();
    await (await visit({ javaScript })).doesNotSeeOn("/sessions/review-a-lesson-together/", link);
  });

  test("the session's time is given in its own zone, and on the reader's clock with JavaScript", async ({ visit }) => {
    const reader = await visit({ javaScript, timezoneId: "Asia/Tokyo" });
    await reader.open(SESSION);
    await expect(reader.page.locator("time[data-zone]").first()).toContainText("18:00");
    const own = reader.page.locator(".your-time");
    if (javaScript) await expect(own).toContainText("On your clock: Fri 17 Sept, 01:00");
    else await expect(own).toBeEmpty();
  });
});

async function seatsTaken(person) {
  const text = await person.page.locator(".seats-count").innerText();
  return Number(text.match(/(\d+) of \d+/)?.[1]);
}
