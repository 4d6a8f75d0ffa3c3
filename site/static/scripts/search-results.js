// Finds pages with Pagefind, finds what people asked and began in the lists that the site bakes anyway, and
// shows both. Loaded by search.js.
const found = document.getElementById("found");
const [title, nothing, list, more] = found.children; // `more` holds a button.
const said = document.getElementById("said");
const status = document.querySelector("[role=status]");
// What it says, in the language of the page: attributes of the form.
const say = document.querySelector("form.search").dataset;
const { lang } = document.documentElement;
const plural = new Intl.PluralRules(lang);
const AT_ONCE = 8;
const PARTS = 3;

let pagefind;

export async function begin() {
  pagefind = await import("/search/pagefind/pagefind.js");
  // Without its worker, which gives up after five seconds: a slow line needs longer for the program alone.
  try {
    await pagefind.options({ baseUrl: "/", noWorker: true, excerptLength: 24 });
    await pagefind.filters(); // The first thing that waits until the index is there.
    // What is not translated yet. The whole address, because Pagefind takes the same one for the same index.
    if (say.also) await pagefind.mergeIndex(`${location.origin}/search/pagefind/`, { baseUrl: "/", language: say.also });
  } catch (error) {
    await pagefind.destroy();
    throw error;
  }
}

let asked = "";
let waiting = [];

export async function show(words) {
  asked = words;
  const [{ results }, talk] = words ? await Promise.all([pagefind.search(words), findTalk(words)]) : [{ results: [] }, []];
  const rows = await rowsOf(results.slice(0, AT_ONCE));
  if (words !== asked) return; // Somebody typed on.
  waiting = results.slice(AT_ONCE);
  list.replaceChildren(...rows);
  list.hidden = !rows.length;
  more.hidden = !waiting.length;
  nothing.hidden = rows.length > 0;
  found.hidden = !words;
  said.querySelector("ul").replaceChildren(...talk);
  said.hidden = !talk.length;
  const pages = count(results, say.pages) || say.noPage;
  const things = count(talk, say.talk);
  title.textContent = words && filled(say.found, { pages, words });
  status.textContent = things ? filled(say.both, { found: title.textContent, things }) : title.textContent;
}

const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

/** The form of a sentence that goes with a number; forms stand as `one: …|other: …`. */
function count({ length: n }, forms) {
  const all = Object.fromEntries(forms.split("|").map((form) => form.split(/: (.*)/)));
  return n && filled(all[plural.select(n)] ?? all.other, { n });
}

more.firstElementChild.addEventListener("click", async () => {
  const rows = await rowsOf(waiting.splice(0, AT_ONCE));
  list.append(...rows);
  more.hidden = !waiting.length;
  rows[0].querySelector("a").focus();
});

// Pages

const rowsOf = async (results) => (await Promise.all(results.map((result) => result.data()))).map(row);

function row({ url, meta, excerpt, sub_results: parts }) {
  const best = parts.filter((part) => part.url.includes("#"))
    .sort((a, b) => b.locations.length - a.locations.length).slice(0, PARTS)
    .map((part) => make("li", {}, make("a", { href: part.url, dir: "auto" }, part.title)));
  const language = say.also && !url.startsWith(`/${lang}/`) ? say.also : lang;
  return make("li", { className: "row", lang: language },
    make("h3", { dir: "auto" }, make("a", { href: url }, meta.title)),
    make("p", { className: "facts", dir: "auto" }, meta.where),
    make("p", { dir: "auto" }, ...marked(excerpt)),
    ...best.length ? [make("ul", { className: "row-parts" }, ...best)] : []);
}

/** The words of an excerpt with the marks around those that were found, and nothing else of its HTML. */
const marked = (html) => [...parse(html).body.childNodes]
  .map(({ nodeName, textContent }) => nodeName === "MARK" ? make("mark", {}, textContent) : textContent);

// What people asked and began: never in the index, so what is taken back is gone from here as soon as from its list.

let talk;

async function findTalk(words) {
  talk ??= Promise.all(said.dataset.lists.split(" ").map(readList));
  const wanted = plain(words).split(/\s+/);
  const seen = new Set();
  return (await talk).flat()
    .filter(({ key, text }) => wanted.every((word) => text.includes(word)) && !seen.has(key) && seen.add(key))
    .map(({ url, title: name, facts }) => make("li", { className: "row" },
      make("h3", { dir: "auto" }, make("a", { href: url }, name)), facts.cloneNode(true)));
}

/** The entries of a list and of its further pages. A list that cannot be read is left out. */
async function readList(address) {
  const response = await fetch(address).catch(() => ({}));
  if (!response.ok) return [];
  const page = parse(await response.text());
  const entries = [...page.querySelectorAll("main .row")].map((entry) => {
    const link = entry.querySelector("h2 a");
    const url = link.getAttribute("href");
    const name = link.textContent;
    const facts = Object.assign(entry.querySelector(".facts"), { lang: page.documentElement.lang, dir: "auto" });
    // A topic that asks something stands in two lists.
    return { url, title: name, text: plain(name), facts, key: url.split("#")[0] + name };
  });
  const next = page.querySelector("main a[rel=next]")?.getAttribute("href");
  return next ? [...entries, ...await readList(next)] : entries;
}

/** Letters without case and accents. */
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const parse = (html) => new DOMParser().parseFromString(html, "text/html");

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}
