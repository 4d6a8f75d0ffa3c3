// Finding things: by their words, by looking through all topics, and without loading anything before it is wanted.

import axe from "axe-core";
import { expect, nextName, test } from "./kit.mjs";

/** Compressed bytes: the script that comes with the page, and all that a first answer needs. */
const MOST_SCRIPT = 1536;
const MOST_FIRST_ANSWER = 160 * 1024;
/** A word of which no beginning is a word here: Pagefind falls back on those, and a lesson about exercises has an “x”. */
const UNKNOWN = "qwyzzyplugh";
const ENGINE = /^\/search\/pagefind\/|search-results/;

class Reader {
  constructor(person) {
    this.person = person;
    this.page = person.page;
    this.field = this.page.getByRole("searchbox", { name: "Words to look for" });
    this.found = this.page.getByRole("region", { name: /pages? for/ });
    this.said = this.page.getByRole("region", { name: "Questions and topics" });
    this.topics = this.page.getByRole("region", { name: "All topics" });
  }

  async searches(words) {
    await this.person.open("/search/");
    await this.field.fill(words);
    await this.page.keyboard.press("Enter");
    await expect(this.found.getByRole("heading", { level: 2 })).toBeFocused();
  }

  engine() { return this.person.saw.requests.filter(({ path }) => ENGINE.test(path)); }

  async barriers() {
    await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate(() => window.axe.run(document));
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
  }
}

const searching = test.extend({
  reader: async ({ visit }, use) => use(new Reader(await visit())),
});

searching("a lesson is found by its words, and the place in it", async ({ reader }) => {
  await reader.searches("vygotsky");
  const lesson = reader.found.getByRole("listitem").filter({ hasText: "Mentoring, and learners who teach" }).first();
  await expect(lesson.getByText("Lesson · Start a learning community")).toBeVisible();
  await expect(lesson.locator("mark")).toHaveText(/Vygotsky/);
  await lesson.getByRole("link", { name: "Why teaching teaches" }).click();
  await expect(reader.page).toHaveURL(/\/mentoring-and-teaching\/#why-teaching-teaches$/);
  await reader.page.goBack();
  await expect(reader.field).toHaveValue("vygotsky");
  await expect(reader.found).toBeVisible();
});

for (const [kind, words, title] of [
  ["article", "shadow bans", "Moderation without shadow bans"],
  ["digest", "friday evenings", "Small mistakes, photos of tables, and Friday evenings"],
  ["session", "first ten posts", "A plan for your first ten posts"],
  ["project", "glossary plain", "A glossary in plain language"],
]) {
  searching(`what is found: ${kind}`, async ({ reader }) => {
    await reader.searches(words);
    await expect(reader.found.getByRole("link", { name: title, exact: true })).toBeVisible();
  });
}

searching("in Arabic, Arabic pages are found, and what is not translated yet", async ({ reader }) => {
  const { page, person } = reader;
  await person.open("/ar/search/");
  const field = page.getByRole("searchbox", { name: "الكلمات التي تبحث عنها" });
  const found = page.getByRole("region", { name: /عن «/ });
  await field.fill("السؤال");
  await page.keyboard.press("Enter");
  await expect(found.getByRole("link", { name: "السؤال الجيد", exact: true })).toBeVisible();
  await field.fill("vygotsky");
  await page.keyboard.press("Enter");
  await expect(found.getByRole("link", { name: "Mentoring, and learners who teach", exact: true })).toBeVisible();
  await expect(found.locator(".row").first()).toHaveAttribute("lang", "en");
});

searching("nothing is loaded before the field is wanted, and little then", async ({ reader }, info) => {
  const sizes = [];
  reader.page.on("requestfinished", (request) => {
    const { pathname } = new URL(request.url());
    if (/search/.test(pathname)) sizes.push(request.sizes().then(({ responseBodySize: size }) => ({ pathname, size })));
  });
  await reader.person.open("/");
  await reader.person.open("/search/");
  await reader.page.waitForLoadState("networkidle");
  expect(reader.engine()).toEqual([]);
  const [{ size: script }] = (await Promise.all(sizes)).filter(({ pathname }) => pathname.startsWith("/scripts/"));
  expect(script).toBeLessThanOrEqual(MOST_SCRIPT);

  await reader.field.focus();
  await expect.poll(() => reader.engine().length).toBeGreaterThan(3);
  await reader.page.waitForLoadState("networkidle");
  await reader.field.fill("question");
  await expect(reader.found.getByRole("listitem").first()).toBeVisible();
  await reader.page.waitForLoadState("networkidle");
  const first = (await Promise.all(sizes)).filter(({ pathname }) => ENGINE.test(pathname));
  const total = first.reduce((sum, { size }) => sum + size, 0);
  info.annotations.push({ type: "bytes", description: JSON.stringify({ script, firstAnswer: total, requests: first.length }) });
  expect(total).toBeGreaterThan(50 * 1024);
  expect(total).toBeLessThanOrEqual(MOST_FIRST_ANSWER);
});

searching("the link of every page leads into the field", async ({ reader }) => {
  await reader.person.open("/courses/");
  await reader.page.getByRole("navigation", { name: "Site" }).getByRole("link", { name: "Search" }).click();
  await expect(reader.field).toBeFocused();
});

searching("with the keyboard alone, and told what was found", async ({ reader }) => {
  await reader.person.open("/search/");
  await reader.page.keyboard.press("Tab");
  await reader.page.getByRole("searchbox").focus();
  await reader.page.keyboard.type("time zone");
  await expect(reader.page.getByRole("status")).toHaveText(/^\d+ pages for “time zone”/);
  await expect(reader.field).toBeFocused();
  await reader.page.keyboard.press("Tab");
  await expect(reader.page.getByRole("button", { name: "Search" })).toBeFocused();
  await reader.page.keyboard.press("Tab");
  await expect(reader.found.getByRole("link").first()).toBeFocused();
  await reader.page.keyboard.press("Enter");
  await expect(reader.page.locator("article.document h1")).toBeVisible();
});

searching("more results come on demand, and the keyboard goes on with them", async ({ reader }) => {
  await reader.searches("people");
  const rows = reader.found.locator(".row");
  await expect(rows).toHaveCount(8);
  await reader.page.getByRole("button", { name: "Show more" }).click();
  await expect(rows.nth(8).getByRole("link").first()).toBeFocused();
});

searching("an address with words in it answers at once, and can be shared", async ({ reader }) => {
  await reader.person.open("/search/?q=glossary");
  await expect(reader.found.getByRole("link", { name: "A glossary in plain language", exact: true })).toBeVisible();
  await reader.field.fill("");
  await expect(reader.found).toBeHidden();
  await expect(reader.page).toHaveURL(/\/search\/$/);
});

searching("what is not there is said, with a way on", async ({ reader }) => {
  await reader.searches(UNKNOWN);
  await expect(reader.found.getByRole("heading", { level: 2 })).toHaveText(`No page for “${UNKNOWN}”`);
  await expect(reader.page.getByRole("status")).toHaveText(`No page for “${UNKNOWN}”`);
  await reader.found.getByRole("link", { name: "all topics" }).click();
  await expect(reader.topics).toBeInViewport();
});

searching("words that look like HTML are words", async ({ reader }) => {
  await reader.searches("<img src=x onerror=alert(1)> <mark>");
  await expect(reader.found.getByRole("heading", { level: 2 })).toContainText("<img src=x");
  await expect(reader.page.locator("main img")).toHaveCount(0);
});

searching("when the search can’t be loaded, it says so and tries again later", async ({ reader }) => {
  reader.person.saw.expectTrouble(/ERR_FAILED|Failed to (fetch|load)/);
  const broken = "**/search/pagefind/pagefind-entry.json*";
  await reader.page.route(broken, (route) => route.abort());
  await reader.person.open("/search/?q=glossary");
  await expect(reader.page.getByRole("alert")).toContainText("The search can’t be loaded right now");
  await expect(reader.topics.getByRole("link", { name: "A glossary in plain language" })).toBeVisible();
  await reader.page.unroute(broken);
  await reader.page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(reader.found.getByRole("link", { name: "A glossary in plain language", exact: true })).toBeVisible();
  await expect(reader.page.getByRole("alert")).toBeHidden();
});

searching("what people asked is found while it is there, and never in the index", async ({ reader, visit, member }) => {
  const word = `zq${nextName().replace(/\W/g, "").toLowerCase()}`;
  const author = await visit({ as: await member() });
  await author.open("/forums/general/");
  await author.page.getByLabel("Title").fill(`Where do you keep your Nótes? ${word}`);
  await author.page.getByLabel("Your text").fill("I have too many places for them.");
  await author.press("Begin the topic");
  await expect(author.heading("Your comment is published")).toBeVisible();
  const own = author.page.url();

  const topic = reader.said.getByRole("link", { name: word });
  await expect(async () => {
    await reader.searches(`notes ${word}`);
    await expect(topic).toBeVisible({ timeout: 200 });
  }).toPass({ timeout: 10_000 });
  await reader.searches(word);
  await expect(reader.found.getByRole("heading", { level: 2 })).toHaveText(/^No page for/);
  await expect(reader.page.getByRole("status")).toHaveText(/, 1 question or topic$/);

  await author.open(`${own}/delete`);
  await author.press("Delete my comment");
  await expect(async () => {
    await reader.searches(word);
    await expect(topic).toHaveCount(0, { timeout: 200 });
  }).toPass({ timeout: 10_000 });
});

searching("an answered question is found", async ({ reader }) => {
  await reader.searches("difference between a branch and a fork");
  await expect(reader.said.getByRole("link", { name: /branch and a fork/ })).toBeVisible();
});

searching("no state of the page has a barrier, in light and dark", async ({ reader }) => {
  for (const colorScheme of ["light", "dark"]) {
    await reader.page.emulateMedia({ colorScheme });
    for (const words of ["zone", UNKNOWN]) {
      await reader.searches(words);
      expect.soft(await reader.barriers(), `${words}, ${colorScheme}`).toEqual([]);
    }
  }
  await reader.page.setViewportSize({ width: 320, height: 640 });
  await reader.searches("zone");
  expect(await reader.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});

test("without JavaScript, all topics are there and no field that does nothing", async ({ visit }) => {
  const reader = new Reader(await visit({ javaScript: false }));
  await reader.person.open("/search/?q=glossary");
  await expect(reader.page.getByText("Searching needs JavaScript.")).toBeVisible();
  await expect(reader.field).toBeHidden();
  for (const title of ["Asking good questions", "What social learning is, and what a learning platform needs for it",
    "Small mistakes, photos of tables, and Friday evenings", "A plan for your first ten posts",
    "A glossary in plain language", "Introductions", "Questions"]) {
    await expect(reader.topics.getByRole("link", { name: title, exact: true })).toBeVisible();
  }
  expect(reader.engine()).toEqual([]);
});

test("only the search page may compile a program", async ({ request, community }) => {
  const policy = async (path) => (await request.get(community.url + path)).headers()["content-security-policy"];
  const search = await policy("/search/");
  expect(search).toContain("script-src 'self' 'wasm-unsafe-eval';");
  for (const path of ["/", "/courses/", "/discussions/", "/api/health/comments"]) {
    expect(await policy(path), path).toBe(search.replace(" 'wasm-unsafe-eval'", ""));
  }
});
