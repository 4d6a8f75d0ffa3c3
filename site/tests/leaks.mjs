// Searches what a community published for what is not for everybody. It looks at every byte in the folder
// that readers get, whoever wrote it and whichever test was the cause.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

/** Where an address that got mail, or a token from a link in one, stands in a public file. */
export async function findLeaks(data) {
  const secrets = await secretsOfMails(join(data, "mailbox"));
  const found = [];
  for (const file of await filesIn(join(data, "files/public"))) {
    const text = `${file}\n${unpacked(file, await readFile(file))}`.toLowerCase();
    for (const secret of secrets) if (text.includes(secret)) found.push(`${secret} in ${file}`);
  }
  return found;
}

/** Every address that mail went to, and every token that it held. */
async function secretsOfMails(folder) {
  const secrets = new Set();
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".json")) continue;
    const { to, text } = JSON.parse(await readFile(join(folder, name), "utf8"));
    secrets.add(to.toLowerCase());
    for (const [, token] of text.matchAll(/\/api\/[\w/-]*?\/([\w-]{40,})/g)) secrets.add(token.toLowerCase());
  }
  return secrets;
}

async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function unpacked(file, bytes) {
  if (file.endsWith(".br")) return brotliDecompressSync(bytes).toString("latin1");
  if (file.endsWith(".gz") || /\.pf_\w+$/.test(file)) return gunzipSync(bytes).toString("latin1");
  return bytes.toString("latin1");
}
