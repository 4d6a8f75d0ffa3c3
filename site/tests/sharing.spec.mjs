// What a page says of itself to those who link to it: search engines, messengers, the Fediverse. The vocabulary is
// checked by a compiler: schema-dts describes schema.org as types, so a property that does not exist, or a
// value of the wrong kind, is a type error. What search engines ask for beyond that is in a table here.

import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./community.mjs";
import { expect, test as base } from "./kit.mjs";
import { allPages, TYPES } from "./pages.mjs";

/** What each kind of page is, in the words of schema.org. */
const KINDS = {
  home: "WebSite",
  courses: "CollectionPage",
  course: "Course",
  lesson: "LearningResource",
  article: "Article",
  digest: "Article",
  session: "EducationEvent",
  "held session": "EducationEvent",
  project: "LearningResource",
  forum: "WebPage",
  "forum, from the beginning": "CollectionPage",
  questions: "CollectionPage",
  corrections: "CollectionPage",
  discussion: "WebPage",
  search: "WebPage",
  privacy: "WebPage",
};

/** What search engines ask for, beside a valid vocabulary. */
const NEEDED = {
  WebSite: ["name", "url"],
  WebPage: ["name", "description", "url"],
  CollectionPage: ["name", "description", "url"],
  Course: ["name", "description", "provider.name", "image"],
  LearningResource: ["name", "description", "url", "learningResourceType", "image"],
  Article: ["headline", "datePublished", "author", "image"],
  EducationEvent: ["name", "startDate", "location.url", "eventStatus", "eventAttendanceMode", "image"],
  BreadcrumbList: ["itemListElement"],
  DiscussionForumPosting: ["headline", "text", "author.name", "datePublished", "url"],
  QAPage: ["mainEntity.name", "mainEntity.text", "mainEntity.answerCount", "mainEntity.author.name", "mainEntity.datePublished"],
};

const test = base.extend({
  pages: async ({ visit, request, community: { url } }, use) => {
    const get = (path) => request.get(url + path);
    const parser = (await visit()).page;
    await parser.goto("about:blank");
    await use({
      url,
      all: () => allPages({ get }),
      async read(path) {
        return parser.evaluate(readHead, await (await get(path)).text());
      },
    });
  },
});

function readHead(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const metas = [...page.querySelectorAll("meta[name], meta[property]")];
  return {
    title: page.title,
    canonical: page.querySelector('link[rel="canonical"]')?.getAttribute("href"),
    language: page.documentElement.lang,
    translations: [...page.querySelectorAll('link[rel="alternate"][hreflang]')].map(({ hreflang, href }) => ({ hreflang, href })),
    meta: Object.fromEntries(metas.map((each) => [each.getAttribute("name") ?? each.getAttribute("property"), each.content])),
    data: [...page.querySelectorAll('script[type="application/ld+json"]')].map(({ textContent }) => JSON.parse(textContent)),
    links: [...page.querySelectorAll("a[href]")].map((link) => link.getAttribute("href")),
    share: [...page.querySelectorAll(".share a")].map((link) => link.getAttribute("href")),
  };
}

const things = ({ data }) => data.flatMap((each) => each["@graph"] ?? [each]);

test("a page and its translations name each other", async ({ pages }) => {
  let translated = 0;
  for (const path of await pages.all()) {
    const { canonical, language, translations } = await pages.read(path);
    if (!translations.length) continue;
    translated += 1;
    expect.soft(translations.map(({ hreflang }) => hreflang), path).toEqual(["ar", "en", "x-default"]);
    expect.soft(translations, path).toContainEqual({ hreflang: language, href: canonical });
    for (const { href } of translations) {
      const there = await pages.read(new URL(href).pathname);
      expect.soft(there.translations, `${href}, from ${path}`).toEqual(translations);
    }
  }
  expect(translated).toBeGreaterThan(20);
});

test("every page says what it is, under its own address", async ({ pages }) => {
  const paths = [...await pages.all(), TYPES["forum, from the beginning"], TYPES["forum, filtered"], TYPES["answered questions"]];
  for (const path of paths) {
    const { title, canonical, meta } = await pages.read(path);
    expect.soft(canonical, `canonical address of ${path}`).toBe(pages.url + path);
    expect.soft(meta.description?.length ?? 0, `description of ${path}`).toBeGreaterThan(20);
    expect.soft(meta, path).toMatchObject({
      "og:url": canonical,
      "og:description": meta.description,
      "og:site_name": "Sodium Learn",
    });
    expect.soft(meta["og:type"], path).toMatch(/^(article|website)$/);
    expect.soft(title, path).toContain(meta["og:title"]);
  }
});

test("every page has structured data of its kind, as schema.org defines it", async ({ pages }) => {
  const found = new Map();
  for (const [name, kind] of Object.entries(KINDS)) {
    const all = things(await pages.read(TYPES[name]));
    expect.soft(all.map((thing) => thing["@type"]), name).toContain(kind);
    found.set(name, all);
  }
  for (const path of await pages.all()) found.set(path, things(await pages.read(path)));
  for (const [name, all] of found) {
    for (const thing of all) expect.soft(lacks(thing), `${thing["@type"]} of ${name} lacks`).toEqual([]);
    for (const address of addresses(all)) expect.soft(address, name).toMatch(/^https?:\/\/\S+$/);
  }
  expect(await faults([...found])).toEqual([]);
});

test("a topic says who asks what, and which answer helped", async ({ pages }) => {
  const sections = await Promise.all(["general", "introductions", "learning-needs", "show-your-work"]
    .map((section) => pages.read(`/forums/${section}/`)));
  const topics = new Map();
  for (const path of sections.flatMap(({ links }) => links).filter((link) => /^\/discussions\/topic-[0-9a-f]+\/$/.test(link))) {
    const [thing] = things(await pages.read(path));
    topics.set(thing["@type"], thing);
    expect.soft(lacks(thing), path).toEqual([]);
    expect.soft(await faults([[path, [thing]]])).toEqual([]);
  }
  expect([...topics.keys()].toSorted()).toEqual(["DiscussionForumPosting", "QAPage"]);
  const { mainEntity: question } = topics.get("QAPage");
  expect(question.acceptedAnswer).toMatchObject({ "@type": "Answer", text: expect.stringMatching(/\S/), author: { "@type": "Person" } });
  expect(question.acceptedAnswer.url).toMatch(/\/discussions\/topic-[0-9a-f]+\/#c-/);
});

test("what people write stays inside the data, and goes with their text", async ({ pages, visit, member }) => {
  const author = await visit({ as: await member() });
  const title = `Is </script><b>this & "that"</b> allowed? ${Date.now()}`;
  await author.open("/forums/general/");
  await author.page.getByLabel("Title").fill(title);
  await author.page.getByRole("radio", { name: "Question" }).check();
  await author.page.getByLabel("Your text").fill("It ends here: </script><script>alert(1)</script>");
  await author.press("Begin the topic");
  await expect(author.heading("Your comment is published")).toBeVisible();
  const [, thread] = author.page.url().match(/threads\/(topic-\w+)\//);

  const question = async () => things(await pages.read(`/discussions/${thread}/`))[0];
  await expect.poll(async () => (await question())?.mainEntity?.name).toBe(title);
  expect((await question()).mainEntity.text).toContain("</script>");
  expect((await question()).mainEntity.answerCount).toBe(0);

  await author.open(`${new URL(author.page.url()).pathname}/delete`);
  await author.press("Delete my comment");
  await expect.poll(async () => JSON.stringify(await question() ?? {})).not.toContain("It ends here");
});

test("the compiler would notice what schema.org does not know", async () => {
  const wrong = await faults([
    ["a misspelt property", [{ "@type": "Course", nam: "x" }]],
    ["a value of the wrong kind", [{ "@type": "EducationEvent", startDate: { "@type": "Place", name: "x" } }]],
  ]);
  expect(wrong).toHaveLength(2);
});

test("every page names a card of its own size, and asks for none", async ({ pages, request, visit }) => {
  const files = new Map();
  for (const path of await pages.all()) {
    const { meta } = await pages.read(path);
    expect.soft(meta["twitter:card"], path).toBe("summary_large_image");
    expect.soft(meta["og:image:alt"], path).toMatch(/\S/);
    const { origin, pathname } = new URL(meta["og:image"]);
    expect.soft(origin, path).toBe(pages.url);
    if (!files.has(pathname)) files.set(pathname, await request.get(pages.url + pathname));
    const picture = files.get(pathname);
    expect.soft(picture.headers()["content-type"], pathname).toBe("image/png");
    const bytes = await picture.body();
    const size = { width: String(bytes.readUInt32BE(16)), height: String(bytes.readUInt32BE(20)) };
    expect.soft(size, path).toEqual({ width: meta["og:image:width"], height: meta["og:image:height"] });
  }
  expect(files.size).toBeGreaterThan(50);

  const reader = await visit();
  const asked = [];
  reader.page.on("request", (each) => asked.push(new URL(each.url()).pathname));
  await reader.open(TYPES.lesson);
  await reader.page.waitForLoadState("networkidle");
  expect(asked.filter((path) => path.startsWith("/cards"))).toEqual([]);
});

test("links for sharing are links", async ({ pages }) => {
  for (const type of ["lesson", "article", "digest", "session", "project"]) {
    const { share, canonical } = await pages.read(TYPES[type]);
    expect.soft(share.length, type).toBeGreaterThanOrEqual(3);
    for (const link of share) {
      expect.soft(link, type).toMatch(/^(mailto:\?|https:\/\/)/);
      expect.soft(decodeURIComponent(link), type).toContain(canonical);
    }
  }
});

/** The needed properties that a thing has not got. */
function lacks(thing) {
  const at = (path) => path.split(".").reduce((value, key) => [value].flat()[0]?.[key], thing);
  const empty = (value) => value === undefined || value === null || value.length === 0;
  return (NEEDED[thing["@type"]] ?? ["a row in NEEDED"]).filter((path) => empty(at(path)));
}

/** Every address in structured data. */
function addresses(value) {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => ["url", "item"].includes(key) ? [inner] : addresses(inner));
}

/** What the compiler says of things, given with the name of their page. */
async function faults(found) {
  const lines = found.flatMap(([name, all]) => all.map(({ "@context": _, ...thing }) => ({ name, thing })));
  const source = lines.map(({ thing }, n) =>
    `export const thing${n}: Extract<Thing, { "@type": ${JSON.stringify(thing["@type"])} }> = ${JSON.stringify(thing)};`);
  const file = test.info().outputPath(`data-${found.length}.ts`);
  await writeFile(file, ['import type { Thing } from "schema-dts";', ...source, ""].join("\n"));
  const compiler = join(root, "site/node_modules/typescript/bin/tsc");
  const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--pretty", "false", file];
  try {
    await promisify(execFile)(process.execPath, [compiler, ...options]);
    return [];
  } catch ({ stdout }) {
    const errors = [...stdout.matchAll(/^.*\((\d+),\d+\): error (.*)$/gm)];
    if (errors.length === 0) throw new Error(`the compiler says: ${stdout}`);
    return errors.map(([, line, message]) => `${lines[line - 2]?.name}: ${message}`);
  }
}
