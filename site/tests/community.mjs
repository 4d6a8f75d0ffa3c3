// A whole community of one's own: `sodium serve` on a free port, with a new data folder.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startCompany } from "./company.mjs";
import { findLeaks } from "./leaks.mjs";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const drawn = join(root, "target/sodium-cache");
const program = process.env.SODIUM ?? join(root, "target/debug/sodium");

/** The header in which a test says from which network a person comes; a proxy would set it. */
export const NETWORK = "x-network";
export const MODERATOR = "moderator@example.org";

/** `project` is another folder than this project's, with pages that reload themselves. */
export async function startCommunity({ project } = {}) {
  if (!existsSync(program)) {
    throw new Error(`${program} is missing: run \`cargo build --package sodium-cli\`, or \`make browser-test\`, which does.`);
  }
  const folder = await mkdtemp(join(tmpdir(), "sodium-browser-"));
  // What `sodium build` has drawn and compressed is there already; only pages are made for this address.
  if (existsSync(drawn)) await cp(drawn, join(folder, "data/cache"), { recursive: true });
  const policy = await writePolicy(folder);
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const company = await startCompany(url);
  await writeFile(join(folder, "companies.toml"), company.list);
  const child = spawn(program, [
    "--root", project ?? root, "serve", ...(project ? [] : ["--no-reload"]), "--port", String(port), "--data", join(folder, "data"),
    "--policy", policy, "--moderator", MODERATOR, "--client-address-header", NETWORK,
    "--companies", join(folder, "companies.toml"),
  ], { stdio: ["ignore", "pipe", "pipe"] });
  await ready(child, url);
  return {
    url,
    company,
    public: join(folder, "data"),
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      const leaks = await findLeaks(join(folder, "data"));
      await company.stop();
      await rm(folder, { recursive: true, force: true });
      if (leaks.length > 0) throw new Error(`published for everybody:\n${leaks.join("\n")}`);
    },
  };
}

/** The site's own policy, but nobody has to let a form lie for two seconds, and newcomers come by the dozen. */
async function writePolicy(folder) {
  const text = await readFile(join(root, "site/policy.toml"), "utf8");
  const quick = text.replace(/^form_seconds = \d+$/m, "form_seconds = 0");
  if (quick === text) throw new Error("site/policy.toml has no form_seconds any more");
  const roomy = quick.replace(/^held_comments = \d+$/m, "held_comments = 100000");
  if (roomy === quick) throw new Error("site/policy.toml has no held_comments any more");
  const path = join(folder, "policy.toml");
  await writeFile(path, roomy);
  return path;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** It is ready when it says its address, which it does after the sample discussion is on the pages. */
function ready(child, url) {
  let said = "";
  return new Promise((resolve, reject) => {
    const hear = (chunk) => {
      said += chunk;
      if (said.includes(`${url}/`)) resolve();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`sodium serve ended with ${code} and said:\n${said}`)));
  });
}
