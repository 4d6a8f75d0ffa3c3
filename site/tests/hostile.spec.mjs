// Hostile Markdown, rendered by the product, parsed by a real browser on a page without any policy:
// what the sanitizer lets through would run here.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./community.mjs";
import { expect, LESSON_THREAD, test } from "./kit.mjs";

/** Elements of a comment, each with its attributes; README of the Markdown module has the list. */
const ALLOWED = {
  p: [], br: [], em: [], strong: [], del: [], code: ["class"], pre: [], ul: [], ol: ["start"], li: [],
  blockquote: [], hr: [], a: ["href", "rel"], table: [], thead: [], tbody: [], tr: [], th: [], td: [],
};

test("no hostile text does anything but stand there", async ({ visit, community: { url }, playwright }) => {
  const payloads = JSON.parse(await readFile(join(root, "functions/domain/tests/corpus/hostile.json"), "utf8"));
  const request = await playwright.request.newContext({ extraHTTPHeaders: { Origin: url, Accept: "application/json" } });
  const rendered = [];
  for (const { name, markdown } of payloads) {
    const response = await request.post(`${url}/api/threads/${LESSON_THREAD}/comments`, { form: { body: markdown, intent: "preview" } });
    expect.soft([200, 422], `${name} answers ${response.status()}`).toContain(response.status());
    if (response.ok()) rendered.push({ name, html: (await response.json()).html });
  }
  await request.dispose();
  expect(rendered.length).toBeGreaterThanOrEqual(150);

  const reader = await visit();
  await reader.page.addInitScript(() => { window.name = ""; });
  const sections = rendered.map(({ name, html }) => `<section data-name="${name}">${html}</section>`);
  await reader.page.route("**/stage", (route) => route.fulfill({
    contentType: "text/html; charset=utf-8", body: `<!DOCTYPE html><title>Stage</title><body>${sections.join("\n")}</body>`,
  }));
  await reader.open("/stage");
  const before = reader.saw.requests.length;

  // Once as the parser reads a page, once as a script puts a preview into one.
  expect(await strange(reader.page, ALLOWED)).toEqual([]);
  await reader.page.evaluate((all) => {
    for (const { name, html } of all) document.querySelector(`[data-name="${name}"]`).innerHTML = html;
  }, rendered);
  expect(await strange(reader.page, ALLOWED)).toEqual([]);
  await touchEverything(reader.page);

  expect(await reader.page.locator("[data-name]").count()).toBe(rendered.length);
  expect(reader.saw.requests.slice(before), "requests that a text caused").toEqual([]);
  expect(await reader.page.evaluate(() => window.name)).toBe("");
  await expect(reader.page).toHaveTitle("Stage");
  await expect(reader.page).toHaveURL(`${url}/stage`);
});

/** Elements and attributes outside the list, and addresses that are neither of the web nor of this site. */
function strange(page, allowed) {
  return page.evaluate((list) => {
    const found = [];
    for (const section of document.body.children) {
      if (section.localName !== "section") found.push(`${section.localName} beside the sections`);
      for (const element of section.querySelectorAll("*")) {
        const tell = (what) => found.push(`${section.dataset.name}: ${what} in ${element.outerHTML.slice(0, 120)}`);
        const attributes = list[element.localName];
        if (!attributes || element.namespaceURI !== "http://www.w3.org/1999/xhtml") { tell("an element"); continue; }
        for (const name of element.getAttributeNames()) if (!attributes.includes(name)) tell(`attribute ${name}`);
        if (element.localName === "a") {
          if (!/^(https?:\/\/|\/(?![/\\]))/i.test(element.getAttribute("href") ?? "")) tell("an address");
          if (!["http:", "https:"].includes(element.protocol)) tell(`the protocol ${element.protocol}`);
          if (element.rel !== "nofollow ugc noopener") tell("a link without its rel");
        }
        if (element.className && !/^language-[\w+#.-]+$/.test(element.className)) tell("a class");
      }
    }
    return found;
  }, allowed);
}

/** Handlers may wait for a pointer, a key or the focus. */
function touchEverything(page) {
  return page.evaluate(() => {
    addEventListener("click", (event) => event.preventDefault(), true);
    for (const element of document.querySelectorAll("[data-name] *")) {
      for (const kind of ["mouseover", "mouseenter", "pointerdown", "focus", "keydown", "toggle", "animationend", "click"]) {
        element.dispatchEvent(new Event(kind, { bubbles: true, cancelable: true }));
      }
    }
  });
}
