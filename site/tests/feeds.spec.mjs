// Feeds, held against RFC 4287 (Atom) and JSON Feed 1.1. The XML parser is the browser's.

import { expect, test as base } from "./kit.mjs";
import { allPages } from "./pages.mjs";

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const test = base.extend({
  /** Every feed that a page names, by its path in Atom, with a browser to read it in. */
  feeds: async ({ visit, request, community: { url } }, use) => {
    const { page } = await visit();
    await page.goto("about:blank");
    const get = (path) => request.get(url + path);
    const text = async (path) => (await get(path)).text();
    await use({
      url, get, text,
      named: () => (known[url] ??= findFeeds(url, get, text)),
      atom: async (path) => page.evaluate(readAtom, await text(path)),
      json: async (path) => (await get(besides(path))).json(),
      list: async (path) => page.evaluate(readOpml, await text(path)),
      contents: (html) => page.evaluate(readContents, html),
    });
  },
});

/** What was found once is the same for all tests of a community. */
const known = {};

async function findFeeds(url, get, text) {
  const found = new Set();
  for (const path of await allPages({ get })) {
    for (const [, feed] of (await text(path)).matchAll(/href="([^"]*?\.xml)"/g)) found.add(new URL(feed, url).pathname);
  }
  expect(found.size).toBeGreaterThan(40);
  return found;
}

/** The JSON Feed beside a feed in Atom. */
const besides = (path) => path.replace(/[a-z]+\.xml$/, "feed.json");

test("every Atom feed follows RFC 4287", async ({ feeds }) => {
  for (const path of await feeds.named()) {
    const response = await feeds.get(path);
    expect.soft(response.status(), path).toBe(200);
    expect.soft(response.headers()["content-type"], path).toMatch(/xml/);
    const feed = await feeds.atom(path);
    expect.soft(feed.error, path).toBeNull();
    expect.soft(feed.faults, path).toEqual([]);
    expect.soft(feed.self, `rel="self" of ${path}`).toBe(feeds.url + path);
    expect.soft(feed.language, `language of ${path}`).toBe(languageOf(path));
    for (const date of feed.dates) expect.soft(date, `a date in ${path}`).toMatch(RFC_3339);
    for (const link of feed.links) expect.soft(link, `a link in ${path}`).toMatch(/^https?:\/\//);
  }
});

test("beside every Atom feed lies a JSON Feed of version 1.1 that says the same", async ({ feeds }) => {
  for (const path of await feeds.named()) {
    const response = await feeds.get(besides(path));
    expect.soft(response.status(), besides(path)).toBe(200);
    expect.soft(response.headers()["content-type"], besides(path)).toMatch(/json/);
    const [atom, json] = [await feeds.atom(path), await response.json()];
    expect.soft(faultsOf(json), besides(path)).toEqual([]);
    expect.soft(json.feed_url).toBe(feeds.url + besides(path));
    expect.soft(json.language, besides(path)).toBe(languageOf(path));
    expect.soft([json.title, json.home_page_url], besides(path)).toEqual([atom.title, atom.alternate]);
    const items = json.items.map(({ id, url, title, content_html, content_text }) => ({ id, link: url, title, content: content_html ?? content_text }));
    expect.soft(items, besides(path)).toEqual(atom.entries.map(({ id, link, title, content }) => ({ id, link, title, content })));
  }
});

test("what feeds hold can be read elsewhere: full addresses, no forms, nothing of the page's own machinery", async ({ feeds }) => {
  let read = 0;
  for (const path of await feeds.named()) {
    for (const { id, content_html } of (await feeds.json(path)).items) {
      if (content_html === undefined) continue;
      const found = await feeds.contents(content_html);
      expect.soft(found, `${id} in ${path}`).toEqual({ short: [], foreign: [] });
      read += 1;
    }
  }
  expect(read).toBeGreaterThan(100);
});

test("an exercise in a feed is its question and the way to the page", async ({ feeds }) => {
  const lesson = `${feeds.url}/courses/write-for-this-community/exercises-that-teach/`;
  const page = await feeds.text(new URL(lesson).pathname);
  const { items } = await feeds.json("/courses/write-for-this-community/atom.xml");
  const { content_html: content } = items.find(({ url }) => url === lesson);
  const exercises = page.match(/<div class="exercise panel"/g).length;
  expect(exercises).toBeGreaterThan(2);
  expect(content.split(`<p><a href="${lesson}">There is an exercise here.`).length - 1).toBe(exercises);
  for (const [, question] of page.matchAll(/<legend><span class="exercise-kind">[^<]*<\/span> ([^<]+)/g)) expect(content).toContain(question.trim());
});

test("the list of feeds names those of the site, and the pages about feeds name the same", async ({ feeds }) => {
  const response = await feeds.get("/feeds.opml");
  expect(response.headers()["content-type"]).toMatch(/^text\/x-opml/);
  const list = await feeds.list("/feeds.opml");
  expect(list.error).toBeNull();
  expect([list.version, list.title]).toEqual(["2.0", "Sodium Learn: feeds"]);
  const paths = list.feeds.map(({ xmlUrl }) => xmlUrl.replace(feeds.url, ""));
  expect(paths.length).toBeGreaterThan(15);
  for (const { type, text, xmlUrl, htmlUrl, language } of list.feeds) {
    const path = new URL(xmlUrl).pathname;
    expect.soft([type, language], path).toEqual(["rss", languageOf(path)]);
    expect.soft(text, path).toMatch(/\S/);
    expect.soft((await feeds.get(path)).status(), path).toBe(200);
    expect.soft((await feeds.atom(path)).alternate, path).toBe(htmlUrl);
  }
  const named = new Set();
  for (const page of ["/feeds/", "/ar/feeds/"]) {
    const links = [...(await feeds.text(page)).matchAll(/<a href="([^"]*?)"/g)].map(([, href]) => href);
    expect(links).toContain("/feeds.opml");
    const atom = links.filter((href) => href.endsWith(".xml"));
    for (const href of atom) expect.soft(links, page).toContain(besides(href));
    for (const href of links.filter((href) => href.endsWith(".ics"))) expect.soft((await feeds.get(href)).status(), href).toBe(200);
    expect(links.filter((href) => href.endsWith(".ics")).length, page).toBeGreaterThan(1);
    atom.forEach((href) => named.add(href));
  }
  expect([...named].sort()).toEqual(paths.sort());
});

test("pages name their feeds in both forms", async ({ feeds }) => {
  for (const [page, site, own] of [
    ["/", "/atom.xml", null],
    ["/ar/", "/ar/atom.xml", null],
    ["/articles/", "/atom.xml", "/articles/atom.xml"],
    ["/courses/start-a-learning-community/", "/atom.xml", "/courses/start-a-learning-community/atom.xml"],
    ["/ar/courses/start-a-learning-community/", "/ar/atom.xml", "/ar/courses/start-a-learning-community/atom.xml"],
    ["/articles/what-social-learning-is/", "/atom.xml", "/discussions/article-social-learning/feed.xml"],
    ["/forums/general/", "/atom.xml", "/forums/general/feed.xml"],
    ["/questions/", "/atom.xml", "/questions/feed.xml"],
    ["/discussions/", "/atom.xml", "/discussions/feed.xml"],
  ]) {
    const html = await feeds.text(page);
    const named = (type) => [...html.matchAll(/<link rel="alternate" type="([^"]*)" title="[^"]+" href="([^"]*)">/g)].filter(([, its]) => its === type).map(([,, href]) => href);
    const expected = own ? [site, own] : [site];
    expect.soft(named("application/atom+xml"), page).toEqual(expected);
    expect.soft(named("application/feed+json"), page).toEqual(expected.map(besides));
  }
});

test("a new comment is in the feeds of its discussion, and a deleted one is not", async ({ feeds, member }) => {
  const author = await member();
  const comment = await author.comment("git-writing-a-lesson", `For feed readers <b>& others</b> ${Date.now()}`);
  for (const path of ["/discussions/git-writing-a-lesson/feed.xml", "/discussions/feed.xml"]) {
    const entryIn = async () => (await feeds.atom(path)).entries.find(({ id }) => id.includes(comment.id));
    const itemIn = async () => (await feeds.json(path)).items.find(({ id }) => id.includes(comment.id));
    await expect(async () => expect(await entryIn()).toMatchObject({ author: author.name })).toPass({ timeout: 7_000 });
    expect((await entryIn()).link).toContain(`#c-${comment.id}`);
    await expect(async () => expect(await itemIn()).toMatchObject({ authors: [{ name: author.name }] })).toPass({ timeout: 7_000 });
  }
  await author.send(`${comment.url}/delete`);
  for (const path of ["/discussions/git-writing-a-lesson/feed.xml", "/discussions/feed.xml"]) {
    await expect(async () => expect((await feeds.text(path)) + (await feeds.text(besides(path)))).not.toContain(comment.id)).toPass({ timeout: 7_000 });
  }
});

test("answered questions have a feed, and samples are marked in it", async ({ feeds, visit }) => {
  const { items } = await feeds.json("/questions/answered/feed.xml");
  expect(items.length).toBeGreaterThan(0);
  for (const { url, authors, content_html } of items) {
    expect(url).toContain("/discussions/");
    for (const { name } of authors) expect(name).toMatch(/ \(sample\)$/);
    expect(content_html).toContain("<blockquote>");
  }
  const reader = await visit({ javaScript: false });
  await reader.open("/questions/");
  await expect(reader.page.getByRole("link", { name: "Feed of answered questions" })).toHaveAttribute("href", "/questions/answered/feed.xml");
});

/** The language of a feed, by its path: a discussion is in that of its page. */
function languageOf(path) {
  return path.startsWith("/ar/") || /-ar\/feed\.xml$/.test(path) ? "ar" : "en";
}

/** Which rules of JSON Feed 1.1 a feed breaks. */
function faultsOf(feed) {
  const faults = [];
  const must = (holds, fault) => { if (!holds) faults.push(fault); };
  const text = (value) => typeof value === "string" && /\S/.test(value);
  const address = (value) => text(value) && /^https?:\/\/\S+$/.test(value);
  const people = (authors, where) => {
    must(authors === undefined || (Array.isArray(authors) && authors.length > 0), `${where}: authors are no list`);
    for (const author of authors ?? []) must(text(author.name) || address(author.url), `${where}: an author without a name`);
  };
  must(feed.version === "https://jsonfeed.org/version/1.1", "another version");
  must(text(feed.title), "no title");
  must(address(feed.feed_url) && address(feed.home_page_url), "an address that is not whole");
  must(text(feed.language), "no language");
  people(feed.authors, "feed");
  must(Array.isArray(feed.items), "no items");
  must(new Set(feed.items.map(({ id }) => id)).size === feed.items.length, "two items with one id");
  for (const item of feed.items) {
    must(text(item.id), "an item without an id");
    must(address(item.url), `${item.id}: its address is not whole`);
    must(text(item.content_html) || text(item.content_text), `${item.id}: no content`);
    for (const date of [item.date_published, item.date_modified]) must(RFC_3339.test(date), `${item.id}: ${date} is no date`);
    people(item.authors, item.id);
    must(item.authors || feed.authors, `${item.id}: nobody wrote it`);
  }
  return faults;
}

/** What of an entry's HTML makes no sense outside the page: addresses that are not whole, and foreign elements. */
function readContents(html) {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  const addresses = [...body.querySelectorAll("[href], [src]")].map((each) => each.getAttribute("href") ?? each.getAttribute("src"));
  const foreign = "form, fieldset, legend, input, button, textarea, select, label, script, style, iframe, [hidden], .anchor";
  return {
    short: addresses.filter((address) => !/^https?:\/\//.test(address)),
    foreign: [...body.querySelectorAll("*")].filter((each) => each.matches(foreign) || each.localName.includes("-")).map(({ outerHTML }) => outerHTML.slice(0, 80)),
  };
}

/** Reads a list of feeds (OPML 2.0). */
function readOpml(text) {
  const xml = new DOMParser().parseFromString(text, "application/xml");
  const outlines = [...xml.querySelectorAll("opml > body outline[xmlUrl]")];
  return {
    error: xml.querySelector("parsererror")?.textContent ?? null,
    version: xml.documentElement.getAttribute("version"),
    title: xml.querySelector("opml > head > title")?.textContent,
    feeds: outlines.map((each) => Object.fromEntries([...each.attributes].map(({ name, value }) => [name, value]))),
  };
}

/** Reads a feed in the browser and says which rules of RFC 4287, section 4, it breaks. */
function readAtom(text) {
  const ATOM = "http://www.w3.org/2005/Atom";
  const xml = new DOMParser().parseFromString(text, "application/xml");
  const error = xml.querySelector("parsererror")?.textContent ?? null;
  const faults = [];
  const feed = xml.documentElement;
  const children = (of, name) => [...of.children].filter((each) => each.namespaceURI === ATOM && each.localName === name);
  const one = (of, name, where) => {
    const found = children(of, name);
    if (found.length !== 1) faults.push(`${where}: ${found.length} × ${name}`);
    else if (!found[0].textContent.trim() && name !== "content") faults.push(`${where}: ${name} is empty`);
    return found[0]?.textContent.trim();
  };
  const atMostOne = (of, name, where) => { if (children(of, name).length > 1) faults.push(`${where}: more than one ${name}`); };
  const linkOf = (of, rel) => children(of, "link").find((each) => (each.getAttribute("rel") ?? "alternate") === rel)?.getAttribute("href") ?? null;
  if (feed.namespaceURI !== ATOM || feed.localName !== "feed") faults.push("the root is not an Atom feed");
  for (const name of ["id", "title", "updated"]) one(feed, name, "feed");
  for (const name of ["subtitle", "generator", "icon", "logo", "rights"]) atMostOne(feed, name, "feed");

  const entries = children(feed, "entry").map((entry, n) => {
    const where = `entry ${n + 1}`;
    const id = one(entry, "id", where);
    for (const name of ["title", "updated"]) one(entry, name, where);
    for (const name of ["content", "published", "rights", "summary"]) atMostOne(entry, name, where);
    if (!/^[a-z][a-z0-9+.-]*:\S+$/i.test(id ?? "")) faults.push(`${where}: the id is no IRI`);
    const authors = [...children(entry, "author"), ...children(feed, "author")];
    if (!authors.length) faults.push(`${where}: no author here or in the feed`);
    for (const author of authors) one(author, "name", `${where}, author`);
    if (!linkOf(entry, "alternate") && !children(entry, "content").length) faults.push(`${where}: neither content nor link`);
    const content = children(entry, "content")[0];
    if (content && !["text", "html", "xhtml", null].includes(content.getAttribute("type"))) faults.push(`${where}: content of another type`);
    return {
      id, link: linkOf(entry, "alternate"), author: children(entry, "author")[0]?.textContent.trim(),
      title: children(entry, "title")[0]?.textContent, content: content?.textContent,
    };
  });
  const ids = entries.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) faults.push("two entries with one id");
  return {
    error, faults, entries,
    title: children(feed, "title")[0]?.textContent,
    language: feed.getAttribute("xml:lang"),
    self: linkOf(feed, "self"), alternate: linkOf(feed, "alternate"),
    dates: [...xml.querySelectorAll("updated, published")].map(({ textContent }) => textContent.trim()),
    links: [...xml.querySelectorAll("link")].map((each) => each.getAttribute("href")),
  };
}
