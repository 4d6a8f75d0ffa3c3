import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const tool = fileURLToPath(new URL("search-index.mjs", import.meta.url));
const index = (...args) => spawnSync(process.execPath, [tool, ...args], { encoding: "utf8", env: { ...process.env, FORCE_COLOR: "1" } });

/** A built site of one page for each body. */
function site(...bodies) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "search-test-"));
  bodies.forEach((body, n) => {
    mkdirSync(path.join(folder, `page-${n}`));
    writeFileSync(path.join(folder, `page-${n}/index.html`), `<!DOCTYPE html><html lang="en"><title>t</title><main>${body}</main>`);
  });
  return folder;
}

const files = (folder) => readdirSync(path.join(folder, "search/pagefind"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name)).sort();

const fragments = (folder) => files(folder).filter((file) => file.endsWith(".pf_fragment"))
  .map((file) => gunzipSync(readFileSync(file)).toString());

const LESSON = '<article data-pagefind-body data-pagefind-meta="where[data-where]" data-where="Lesson"><h1>Lamps</h1><p>Two amber lines.</p><p data-pagefind-ignore>Three minutes</p></article>';

test("only what is marked can be found, with where it stands", () => {
  const folder = site(LESSON, "<h1>Sign in</h1><p>Nothing to find.</p>");
  const { status, stdout, stderr } = index(folder);
  assert.equal(status, 0, stderr);
  assert.equal(stdout, "1\n");
  const [fragment] = fragments(folder);
  assert.match(fragment, /"where":"Lesson"/);
  assert.match(fragment, /amber lines/);
  assert.doesNotMatch(fragment, /Three minutes/);
  assert.equal(fragments(folder).length, 1);
});

test("the same pages make the same bytes, and nothing of an earlier index is left", () => {
  const [once, twice] = [site(LESSON), site(LESSON)];
  index(once);
  index(twice);
  writeFileSync(path.join(twice, "search/pagefind/fragment/en_0000000.pf_fragment"), "of a page that is gone");
  index(twice);
  const all = (folder) => files(folder).map((file) => [path.relative(folder, file), readFileSync(file, "base64")]);
  assert.deepEqual(all(once), all(twice));
});

test("Pagefind’s own user interfaces stay away", () => {
  const folder = site(LESSON);
  index(folder);
  const names = files(folder).map((file) => path.basename(file)).filter((name) => !/\.pf_\w+$/.test(name));
  assert.deepEqual(names, ["pagefind-entry.json", "pagefind.js", "wasm.en.pagefind", "wasm.unknown.pagefind"]);
});

test("without a folder, or without Pagefind’s program, it says what to do and exits 1", () => {
  const nowhere = index();
  assert.equal(nowhere.status, 1);
  assert.match(nowhere.stderr, /^search: say which folder/);
  const { status, stderr } = spawnSync(process.execPath, [tool, site(LESSON)], {
    encoding: "utf8", env: { ...process.env, npm_config_arch: "of-nobody" },
  });
  assert.equal(status, 1);
  assert.match(stderr, /search: Pagefind's program for .* is not installed\. Run `make setup`/);
});
