// WCAG 2.2 AA as far as a machine can tell, in light and dark; and everything with the keyboard alone.

import axe from "axe-core";
import { expect, LESSON, nextAddress, nextName, QUIET_LESSON, test, withAndWithoutJavaScript } from "./kit.mjs";
import { tour, TYPES } from "./pages.mjs";

const RULES = {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  // Off unless asked for: targets of at least 24 pixels, or with that much room.
  rules: { "target-size": { enabled: true } },
  resultTypes: ["violations"],
};

/** What may differ between light and dark. */
const COLOURS = { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] }, resultTypes: ["violations"] };

for (const colours of ["light", "dark"]) {
  test(`no page type has a barrier, ${colours}`, async ({ visit }) => {
    test.setTimeout(300_000);
    const reader = await visit({ colorScheme: colours });
    reader.saw.expectTrouble(/404/);
    for (const [name, path] of Object.entries(TYPES)) {
      await reader.open(path);
      expect.soft(await barriers(reader.page), `barriers on ${name}`).toEqual([]);
    }
  });
}

test("no page of the functions has a barrier, light and dark, and all fit 320 pixels", async ({ visit, member, moderator }) => {
  test.setTimeout(480_000);
  await tour({ visit, member, moderator }, async (name, { page }) => {
    await page.emulateMedia({ colorScheme: "light" });
    expect.soft(await barriers(page), `barriers on “${name}”`).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect.soft(await barriers(page, COLOURS), `barriers on “${name}”, dark`).toEqual([]);
    await page.setViewportSize({ width: 320, height: 640 });
    expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), `width of “${name}”`).toBeLessThanOrEqual(320);
    await page.setViewportSize({ width: 1280, height: 720 });
  });
});

test("a phone has no barrier either", async ({ visit }) => {
  const reader = await visit({ viewport: { width: 360, height: 740 }, hasTouch: true });
  for (const name of ["home", "lesson", "session", "discussion", "sign in"]) {
    await reader.open(TYPES[name]);
    expect.soft(await barriers(reader.page), `barriers on ${name}`).toEqual([]);
  }
});

withAndWithoutJavaScript((javaScript) => {
  test("a first comment with the keyboard alone", async ({ visit }) => {
    const person = await visit({ javaScript });
    const { page } = person;
    const keys = new Keyboard(page);
    await person.open("/sign-in/");
    await keys.press("Tab");
    await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
    await expect(page.getByRole("link", { name: "Skip to the content" })).toBeInViewport();
    await keys.press("Enter");
    await keys.tabTo(page.getByLabel("Your e-mail address"));
    person.email = nextAddress();
    await keys.type(person.email);
    await keys.press("Enter");
    await expect(person.heading("Look into your mailbox")).toBeVisible();

    await person.openMail(/sign/i);
    await page.reload();
    await keys.tabTo(page.locator("main .actions a").first());
    await keys.press("Enter");
    await keys.tabTo(page.getByRole("button", { name: "Sign in", exact: true }));
    await keys.press("Enter");
    await keys.tabTo(page.getByLabel("Your name on this site"));
    await keys.type(nextName());
    await keys.press("Enter");
    await expect(person.heading("Your account")).toBeVisible();

    await person.open(QUIET_LESSON);
    await keys.tabTo(person.textField);
    await keys.type("Written without a mouse");
    await keys.tabTo(page.getByRole("button", { name: "Post", exact: true }));
    await keys.press("Enter");
    // From a page that is a file, the first answer without JavaScript is a preview in a fresh form.
    if (!javaScript) {
      await keys.tabTo(page.getByRole("button", { name: "Post", exact: true }));
      await keys.press("Enter");
    }
    await person.isTold(/A person reads it before others see it/);
    const comment = person.commentWith("Written without a mouse");
    if (javaScript) await expect(comment).toBeFocused();
    else await expect(comment).toBeVisible();
  });

  test("an error takes the keyboard to itself", async ({ visit }) => {
    const person = await visit({ javaScript });
    person.saw.expectTrouble(/422/);
    await person.open("/sign-in/");
    await person.page.getByLabel("Your e-mail address").fill("somebody@localhost");
    await person.page.keyboard.press("Enter");
    await expect(person.page.getByRole("alert")).toBeFocused();
    await expect(person.page.getByLabel("Your e-mail address")).toHaveAccessibleDescription(/check the address/);
  });
});

test("a reply opens and closes where the keyboard is", async ({ visit }) => {
  const person = await visit();
  const keys = new Keyboard(person.page);
  await person.open(LESSON);
  const comment = person.commentWith("That is a purpose one can act on");
  const link = comment.locator(":scope > .comment-actions").getByRole("link", { name: /^Reply/ });
  await link.focus();
  await keys.press("Enter");
  await expect(person.page.getByLabel("Your reply to Sample Mentor B")).toBeFocused();
  await keys.tabTo(comment.getByRole("button", { name: "Cancel" }));
  await keys.press("Enter");
  await expect(link).toBeFocused();
});

/** Somebody who has no mouse, and looks where the focus is. */
class Keyboard {
  constructor(page) { this.page = page; }

  press(key) { return this.page.keyboard.press(key); }
  type(text) { return this.page.keyboard.type(text); }

  async tabTo(target) {
    await expect(target).toBeVisible();
    for (let step = 0; step < 150; step++) {
      await this.press("Tab");
      await this.seesFocus();
      if (await target.evaluate((element) => element === document.activeElement)) return;
    }
    throw new Error(`150 times Tab do not lead to ${target}`);
  }

  async seesFocus() {
    const focus = await this.page.evaluate(() => {
      const element = document.activeElement;
      if (element === document.body) return "visible";
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const { bottom, top, width } = element.getBoundingClientRect();
      const shown = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && width > 0 && bottom > 0 && top < innerHeight;
      return shown ? "visible" : `not visible on ${element.outerHTML.slice(0, 120)}`;
    });
    expect(focus).toBe("visible");
  }
}

async function barriers(page, rules = RULES) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((options) => window.axe.run(document, options), rules);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} — ${failureSummary.replaceAll("\n", " ").slice(0, 240)}`));
}
