// Pictures of every page, for people to look at: `SCREENS=folder npm run test:screens`.

import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "./kit.mjs";
import { tour, TYPES } from "./pages.mjs";

const folder = resolve(process.env.SCREENS ?? "test-results/screens");
const WIDTHS = [360, 768, 1440];

test.describe.configure({ timeout: 600_000 });
test.beforeAll(() => mkdir(folder, { recursive: true }));

test("pages that are files", async ({ visit }) => {
  const reader = await visit();
  reader.saw.expectTrouble(/404/);
  for (const [name, path] of Object.entries(TYPES)) {
    await reader.open(path);
    await shoot(name, reader);
  }
});

test("pages that functions answer", async ({ visit, member, moderator }) => {
  await tour({ visit, member, moderator }, shoot);
});

async function shoot(name, { page }) {
  const file = name.replace(/[^a-z]+/gi, "-");
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(folder, `${file}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
}
