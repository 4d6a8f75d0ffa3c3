// The pages as files: valid HTML, links that lead somewhere, pictures with words, headings in order.

import { HtmlValidate, FileSystemConfigLoader, esmResolver } from "html-validate";
import { fileURLToPath } from "node:url";
import { expect, test as base } from "./kit.mjs";
import { allPages, tour } from "./pages.mjs";

const validator = new HtmlValidate(new FileSystemConfigLoader([esmResolver()]));
const place = fileURLToPath(new URL("../page.html", import.meta.url));

/** All pages as they are sent, and what a browser's parser makes of them. */
const test = base.extend({
  library: async ({ visit, request, community: { url } }, use) => {
    const get = (path) => request.get(url + path);
    const parser = (await visit()).page;
    await parser.goto("about:blank");
    const sources = new Map();
    for (const path of await allPages({ get })) sources.set(path, await (await get(path)).text());
    const outlines = new Map();
    await use({
      url,
      paths: [...sources.keys()],
      source: (path) => sources.get(path),
      async outline(path) {
        if (!outlines.has(path)) outlines.set(path, await parser.evaluate(readOutline, sources.get(path)));
        return outlines.get(path);
      },
      /** The places in a file that is not one of the pages; nothing if there is no such file. */
      async answers(address) {
        const response = await get(address);
        // A function may ask who is there first; only one that is missing is a broken link.
        const isThere = response.ok() || (address.startsWith("/api/") && response.status() === 401);
        if (!isThere) return undefined;
        const isPage = (response.headers()["content-type"] ?? "").startsWith("text/html");
        return new Set(isPage ? (await parser.evaluate(readOutline, await response.text())).ids : []);
      },
    });
  },
});

function readOutline(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const all = (selector, read) => [...page.querySelectorAll(selector)].map(read);
  return {
    ids: all("[id]", ({ id }) => id),
    links: all("[href], [src]", (each) => each.getAttribute("href") ?? each.getAttribute("src")),
    pictures: all("img", (each) => ({
      src: each.getAttribute("src"), alt: each.getAttribute("alt"),
      sized: each.hasAttribute("width") && each.hasAttribute("height"),
    })),
    headings: all("h1, h2, h3, h4, h5, h6", ({ tagName }) => Number(tagName[1])),
    data: all('script[type="application/ld+json"]', ({ textContent }) => textContent),
    title: page.title,
    description: page.querySelector('meta[name="description"]')?.content,
    canonical: page.querySelector('link[rel="canonical"]')?.href,
    language: page.documentElement.lang,
  };
}

test("every page is valid HTML", async ({ library }) => {
  for (const path of library.paths) {
    expect.soft(await faults(library.source(path)), path).toEqual([]);
  }
});

test("every page that a function answers is valid HTML", async ({ visit, member, moderator }) => {
  test.setTimeout(120_000);
  await tour({ visit, member, moderator }, async (name, { lastPage }) => {
    const html = await lastPage.text();
    expect.soft(html, name).toContain("</html>");
    expect.soft(await faults(html), name).toEqual([]);
  });
});

test("every link leads to a page, and to a place in it", async ({ library }) => {
  const wrong = [];
  const targets = new Map();
  for (const path of library.paths) targets.set(path, new Set((await library.outline(path)).ids));
  for (const path of library.paths) {
    for (const link of (await library.outline(path)).links) {
      const to = new URL(link, library.url + path);
      if (to.origin !== library.url) continue;
      const address = to.pathname + to.search;
      if (!targets.has(to.pathname) && !targets.has(address)) targets.set(address, await library.answers(address));
      const ids = targets.get(to.pathname) ?? targets.get(address);
      if (!ids) wrong.push(`${path} → ${link}`);
      else if (to.hash.length > 1 && !ids.has(decodeURIComponent(to.hash.slice(1)))) wrong.push(`${path} → ${link}: no such place`);
    }
  }
  expect([...new Set(wrong)]).toEqual([]);
});

test("every picture has words and a size, and headings come in order", async ({ library }) => {
  for (const path of library.paths) {
    const { pictures, headings, title, description, canonical, language } = await library.outline(path);
    expect.soft(pictures.filter(({ alt, sized }) => alt === null || !sized), `pictures of ${path}`).toEqual([]);
    expect.soft(headings.filter((level) => level === 1), `h1 of ${path}`).toHaveLength(1);
    expect.soft(headings[0], `first heading of ${path}`).toBe(1);
    headings.forEach((level, n) => {
      if (n) expect.soft(level, `heading ${n + 1} of ${path} (${headings})`).toBeLessThanOrEqual(headings[n - 1] + 1);
    });
    expect.soft(title, `title of ${path}`).toMatch(/\S/);
    expect.soft(description?.length ?? 0, `description of ${path}`).toBeGreaterThan(20);
    expect.soft(canonical, `canonical address of ${path}`).toBe(library.url + path);
    expect.soft(language, `language of ${path}`).toBe(/^\/(ar|discussions\/.*-ar)\//.test(path) ? "ar" : "en");
  }
});

test("what pages say to search engines can be read", async ({ library }) => {
  const kinds = new Set();
  for (const path of library.paths) {
    for (const text of (await library.outline(path)).data) {
      const data = JSON.parse(text);
      const things = [data["@graph"] ?? data].flat();
      expect.soft(data["@context"], path).toBe("https://schema.org");
      for (const thing of things) {
        expect.soft(thing["@type"], path).toBeTruthy();
        kinds.add([thing["@type"]].flat()[0]);
      }
    }
  }
  expect([...kinds]).toEqual(expect.arrayContaining(["Course", "Article", "BreadcrumbList"]));
});

async function faults(html) {
  const { results } = await validator.validateString(html, place);
  return results.flatMap(({ messages }) => messages).map(({ line, message, ruleId }) => `${ruleId}: ${message} — ${html.split("\n")[line - 1].trim().slice(0, 160)}`);
}
