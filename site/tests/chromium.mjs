// Which browser runs the tests: the one that is named, the one that is installed, or Playwright's own.

import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The path of a Chromium; nothing means that Playwright finds its own. */
export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter)];
  const installed = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(canRun);
  if (installed) return installed;
  if (!existsSync(chromium.executablePath())) installOwn();
  return undefined;
}

function canRun(path) {
  try { accessSync(path, constants.X_OK); return true; } catch { return false; }
}

function installOwn() {
  console.log("No Chromium is installed; Playwright gets its own (about 150 MB, once).");
  const { status } = spawnSync("npx", ["playwright", "install", "chromium"], { stdio: "inherit" });
  if (status === 0 && existsSync(chromium.executablePath())) return;
  throw new Error(
    "There is no Chromium for the browser tests, and Playwright could not get one.\n"
    + "Install one (for example `apt install chromium`), or name one: CHROMIUM=/path/to/chromium npm run test:browser",
  );
}
