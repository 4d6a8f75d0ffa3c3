// The style guide shows what there is: every class of the parts, and a discussion built like a real one.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./community.mjs";
import { expect, LESSON, test, withAndWithoutJavaScript } from "./kit.mjs";
import { TYPES } from "./pages.mjs";

const GUIDE = TYPES["style guide"];
/** A discussion that has no comment yet, below a page with a heading `what-stays`. */
const THREAD = "authors-ids";

/** Classes of parts.css that the guide does not show, each with the reason. */
const NOT_SHOWN = {
  // The columns of two pages, which have no place inside another page.
  home: "the home page's columns", "home-intro": "the home page's columns", "home-part": "the home page's columns",
  "home-now": "the home page's columns", "course-body": "the course page's columns", "course-main": "the course page's columns",
  // The opening of the home page, which is as wide as the window.
  hero: "as wide as the window", "hero-text": "as wide as the window", "hero-picture": "as wide as the window",
  // Frames of layout.css, named where a part looks different inside one.
  page: "the frame of other pages", outline: "a lesson's way through its course",
};

/** Each class that a style sheet names in a selector. */
function classesOf(css) {
  const selectors = css.replace(/\/\*[\s\S]*?\*\//g, "").replace(/"[^"]*"/g, "").match(/[^{};]+(?=\{)/g) ?? [];
  const named = selectors.filter((selector) => !selector.trim().startsWith("@")).join(" ");
  return new Set([...named.matchAll(/\.(-?[_a-zA-Z][\w-]*)/g)].map(([, name]) => name));
}

const styles = (name) => readFile(join(root, "site/static/styles", name), "utf8");

/** What takes room on the page, as somebody sees it who uses what can be used. */
async function seenClasses(person) {
  await person.open(GUIDE);
  const choice = person.page.locator('.exercise[data-kind="choice"]').first();
  const check = choice.getByRole("button", { name: "Check" });
  if (await check.isVisible()) {
    await choice.getByRole("radio").last().check();
    await check.click();
  }
  return person.page.evaluate(() => [...document.querySelectorAll("[class]")]
    .filter((each) => each.getClientRects().length > 0 && each.getBoundingClientRect().height > 0)
    .flatMap((each) => [...each.classList]));
}

test("every class of the parts is shown, or there is a reason why not", async ({ visit }) => {
  const classes = classesOf(await styles("parts.css"));
  expect(classes.size).toBeGreaterThan(80);
  const seen = new Set([...await seenClasses(await visit()), ...await seenClasses(await visit({ javaScript: false }))]);
  const missing = [...classes].filter((name) => !seen.has(name) && !(name in NOT_SHOWN));
  expect(missing, "in parts.css, and not in the style guide").toEqual([]);
  const needless = Object.keys(NOT_SHOWN).filter((name) => seen.has(name) || !classes.has(name));
  expect(needless, "excepted without need").toEqual([]);
});

test("every colour and size that has a meaning is shown, and is what the guide says", async ({ visit }) => {
  const tokens = [...(await styles("base.css")).matchAll(/^ {4}--([a-z][\w-]*):/gm)].map(([, name]) => name);
  const values = /^(paper|ink|night|mist|amber|green|red)-\d$|^stone$/;
  const other = /^(sans|serif|mono|measure|round|edge-space|space-\d)$/;
  const meant = tokens.filter((name) => !values.test(name) && !other.test(name));
  expect(meant.length).toBeGreaterThan(15);

  const { page, open } = await reader(visit);
  await open(GUIDE);
  const shown = await page.evaluate(() => {
    const colours = [...document.querySelectorAll(".swatch")].map((each) => [each.textContent, getComputedStyle(each, "::before").backgroundColor]);
    const sizes = [...document.querySelectorAll(".step")].map((each) => [each.querySelector("code").textContent, getComputedStyle(each).fontSize]);
    return [...colours, ...sizes];
  });
  expect(shown.map(([name]) => name).toSorted()).toEqual(meant.map((name) => `--${name}`).toSorted());
  for (const [name, value] of shown) {
    const asked = await page.evaluate(([token, isSize]) => {
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.setProperty(isSize ? "font-size" : "color", `var(${token})`);
      const { color, fontSize } = getComputedStyle(probe);
      probe.remove();
      return isSize ? fontSize : color;
    }, [name, name.startsWith("--step")]);
    expect.soft(value, name).toBe(asked);
  }
});

test("the discussion in it is built like real ones", async ({ visit, member }) => {
  // What the sample discussions lack: a comment about a heading, changed after an answer; a deleted one; answers so deep that they
  // say whom they answer.
  const [asking, answering] = [await member(), await member()];
  const about = await asking.comment(THREAD, "What changed?", undefined, { heading: "what-stays" });
  const deleted = await asking.comment(THREAD, "What was here?");
  let last = await answering.comment(THREAD, "The title did.", about);
  for (let depth = 2; depth < 7; depth++) last = await asking.comment(THREAD, `Answer ${depth} of a chain`, last);
  await answering.comment(THREAD, "This answer stays.", deleted);
  const reader = await visit();
  const talk = `/discussions/${THREAD}/`;
  await reader.seesOn(talk, last.body);
  await reader.seesOn(talk, "This answer stays.");
  await asking.send(`${about.url}/edit`, { body: "What has changed?" });
  await asking.send(`${deleted.url}/delete`);
  await reader.seesOn(talk, "What has changed?");
  await reader.noLongerSeesOn(talk, deleted.body);

  const real = new Set();
  for (const path of [LESSON, talk, "/discussions/community-first-posts/"]) {
    await reader.open(path);
    for (const joint of await joints(reader.page, ".thread")) real.add(joint);
  }
  await reader.open(GUIDE);
  const shown = await joints(reader.page, ".sample .thread");
  expect(shown.length).toBeGreaterThan(30);
  expect(shown.filter((joint) => !real.has(joint)), "in the guide, and in no discussion").toEqual([]);
});

withAndWithoutJavaScript((javaScript) => {
  test("its forms send nothing", async ({ visit }) => {
    const { person, page, open } = await reader(visit, { javaScript });
    await open(GUIDE);
    const buttons = page.locator(".sample button[type=submit]");
    expect(await buttons.count()).toBeGreaterThan(8);
    for (const button of await buttons.all()) {
      if (await button.isVisible()) await button.click();
    }
    await expect(page).toHaveURL(new RegExp(`${GUIDE}$`));
    expect(person.saw.calls()).toEqual([]);
    expect(person.saw.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });
});

async function reader(visit, options) {
  const person = await visit(options);
  return { person, page: person.page, open: (path) => person.open(path) };
}

/**
 * How a discussion is put together: each element with a class, below the next one with a class around it.
 * Left out is what only its author sees, and what the guide takes from the fragment itself.
 */
function joints(page, within) {
  return page.locator(within).first().evaluate((thread) => {
    const name = (each) => `${each.localName}.${[...each.classList].filter((one) => !/^kind-/.test(one)).toSorted().join(".")}`;
    const parts = [...thread.querySelectorAll("[class]")].filter((each) => !each.closest('[data-state="pending"], .pages, .more'));
    return [...new Set(parts.map((each) => `${name(each.parentElement.closest("[class]"))} ${name(each)}`))];
  });
}
