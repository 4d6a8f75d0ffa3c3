// Feeds, held against RFC 4287 (Atom) and JSON Feed 1.1. The XML parser is the browser's.

import { expect, test } from "./kit.mjs";
import { allPages } from "./pages.mjs";

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

test("every Atom feed follows RFC 4287", async ({ visit, request, community: { url } }) => {
  const { page } = await visit();
  await page.goto("about:blank");
  const get = (path) => request.get(url + path);
  const feeds = new Set(["/atom.xml", "/discussions/feed.xml"]);
  for (const path of await allPages({ get })) {
    for (const [, feed] of (await (await get(path)).text()).matchAll(/href="([^"]*?\.xml)"/g)) feeds.add(new URL(feed, url).pathname);
  }
  expect(feeds.size).toBeGreaterThan(20);
  for (const path of feeds) {
    const response = await get(path);
    expect.soft(response.status(), path).toBe(200);
    expect.soft(response.headers()["content-type"], path).toMatch(/xml/);
    const feed = await page.evaluate(readAtom, await response.text());
    expect.soft(feed.error, path).toBeNull();
    expect.soft(feed.faults, path).toEqual([]);
    expect.soft(feed.self, `rel="self" of ${path}`).toBe(url + path);
    for (const date of feed.dates) expect.soft(date, `a date in ${path}`).toMatch(RFC_3339);
    for (const link of feed.links) expect.soft(link, `a link in ${path}`).toMatch(/^https?:\/\//);
  }
});

test("a new comment is in the feed of its discussion, and a deleted one is not", async ({ visit, request, community: { url }, member }) => {
  const author = await member();
  const comment = await author.comment("git-writing-a-lesson", `For feed readers <b>& others</b> ${Date.now()}`);
  const feeds = ["/discussions/git-writing-a-lesson/feed.xml", "/discussions/feed.xml"];
  const { page } = await visit();
  const entryIn = async (feed) => (await page.evaluate(readAtom, await (await request.get(url + feed)).text())).entries.find(({ id }) => id.includes(comment.id));
  for (const feed of feeds) {
    await expect(async () => expect(await entryIn(feed)).toMatchObject({ author: author.name })).toPass({ timeout: 7_000 });
    expect((await entryIn(feed)).link).toContain(`#c-${comment.id}`);
  }
  await author.send(`${comment.url}/delete`);
  for (const feed of feeds) {
    await expect(async () => expect(await entryIn(feed)).toBeUndefined()).toPass({ timeout: 7_000 });
  }
});

test("the JSON Feed follows version 1.1", async ({ request, community: { url } }) => {
  const response = await request.get(`${url}/feed.json`);
  expect(response.headers()["content-type"]).toMatch(/json/);
  const feed = await response.json();
  expect(feed.version).toBe("https://jsonfeed.org/version/1.1");
  expect(feed.title).toMatch(/\S/);
  expect(feed.feed_url).toBe(`${url}/feed.json`);
  expect(feed.home_page_url).toBe(`${url}/`);
  expect(feed.items.length).toBeGreaterThan(0);
  expect(new Set(feed.items.map(({ id }) => id)).size).toBe(feed.items.length);
  for (const item of feed.items) {
    expect(typeof item.id).toBe("string");
    expect(item.url).toMatch(/^https?:\/\//);
    expect(item.content_html ?? item.content_text).toMatch(/\S/);
    if (item.date_published) expect(item.date_published).toMatch(RFC_3339);
    for (const author of item.authors ?? []) expect(author.name ?? author.url).toMatch(/\S/);
    expect((await request.get(item.url)).status(), item.url).toBe(200);
  }
});

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
    return { id, link: linkOf(entry, "alternate"), author: children(entry, "author")[0]?.textContent.trim() };
  });
  const ids = entries.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) faults.push("two entries with one id");
  return {
    error, faults, entries,
    self: linkOf(feed, "self"),
    dates: [...xml.querySelectorAll("updated, published")].map(({ textContent }) => textContent.trim()),
    links: [...xml.querySelectorAll("link")].map((each) => each.getAttribute("href")),
  };
}
