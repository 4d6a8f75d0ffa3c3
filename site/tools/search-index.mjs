// Makes the search index of a built site: `node site/tools/search-index.mjs <folder of the site>`.
//
// Pagefind reads every page that has a `data-pagefind-body` and writes the index in small pieces, of which a
// query loads the few that it needs. Kept of its files are the index and what reads it in the browser; its own
// user interfaces stay away, because `static/scripts/search.js` is ours. Prints how many pages can be found.

import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** Below the site's root. The search page's own address, so that one security policy covers both. */
const FOLDER = "search/pagefind";

/** The program for the browser (not its form for workers), what it looks up first, and the pieces. */
const KEPT = /^(pagefind\.js|pagefind-entry\.json|wasm\..+\.pagefind|.+\.pf_(meta|index|fragment|filter|sort))$/;

try {
  const pages = await makeIndex(process.argv[2]);
  // Not console.log, which colours a number where FORCE_COLOR says so.
  process.stdout.write(`${pages}\n`);
} catch (error) {
  console.error(`search: ${explain(error)}`);
  process.exitCode = 1;
}

async function makeIndex(site) {
  if (!site) throw new Error("say which folder the built site is in");
  const pagefind = await loadPagefind();
  try {
    const { index } = must(await pagefind.createIndex());
    must(await index.addDirectory({ path: path.resolve(site) }));
    const { files } = must(await index.getFiles());
    await write(path.join(site, FOLDER), files);
    return countPages(files);
  } finally {
    await pagefind.close();
  }
}

/** Pagefind reports some of its failures beside the result. */
function must(answer) {
  if (answer.errors.length > 0) throw new Error(answer.errors.join("\n"));
  return answer;
}

/** As the index itself says: the pages of each language. */
function countPages(files) {
  const { content } = files.find(({ path: name }) => name === "pagefind-entry.json");
  const { languages } = JSON.parse(Buffer.from(content).toString());
  return Object.values(languages).reduce((sum, { page_count: pages }) => sum + pages, 0);
}

async function write(folder, files) {
  await rm(folder, { recursive: true, force: true });
  for (const { path: name, content } of files.filter(({ path: name }) => KEPT.test(path.basename(name)))) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

async function loadPagefind() {
  try {
    return await import("pagefind");
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new Error("the npm package pagefind is not installed. Run `make setup`.", { cause: error });
  }
}

/** The package's own words ask the reader to report a system that is only not installed. */
function explain(error) {
  const text = String(error.message ?? error);
  if (!text.startsWith("Failed to install")) return text;
  return (
    `Pagefind's program for ${process.platform}-${process.arch} is not installed. Run \`make setup\`; where npm has ` +
    "none for this system, say with PAGEFIND_EXTENDED_BINARY_PATH where one is."
  );
}
