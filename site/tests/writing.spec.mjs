// What an author sees who writes beside an open page: `sodium serve` without --no-reload.

import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, startCommunity } from "./community.mjs";
import { expect, LESSON, test as base } from "./kit.mjs";

const FILE = "content/courses/start-a-learning-community/purpose-and-first-members.md";
/** Longer than any build on a busy machine. */
const BUILT = { timeout: 30_000 };

const test = base.extend({
  /** A community that an author writes: its pages, and how to change a file of them. */
  writing: [async ({}, use) => {
    const project = await copyOfTheProject();
    const community = await startCommunity({ project });
    await use({
      url: community.url,
      async change(file, edit) {
        const path = join(project, file);
        const before = await readFile(path, "utf8");
        const after = edit(before);
        if (after === before) throw new Error(`nothing was changed in ${file}`);
        await writeFile(path, after);
      },
    });
    await community.stop();
    await rm(project, { recursive: true, force: true });
  }, { scope: "worker", timeout: 120_000 }],
});

async function copyOfTheProject() {
  const project = await mkdtemp(join(tmpdir(), "sodium-project-"));
  await cp(join(root, "content"), join(project, "content"), { recursive: true });
  for (const part of ["config.toml", "policy.toml", "templates", "static", "tools"]) {
    await cp(join(root, "site", part), join(project, "site", part), { recursive: true });
  }
  await symlink("../content", join(project, "site/content"));
  await symlink(join(root, "site/node_modules"), join(project, "site/node_modules"));
  return project;
}

test("an open page shows what its author saves, and other pages follow", async ({ page, writing }) => {
  test.setTimeout(120_000);
  await page.goto(writing.url + LESSON);
  await writing.change(FILE, (text) => `${text}\nA sentence that was not there.\n`);
  await expect(page.getByText("A sentence that was not there.")).toBeVisible(BUILT);

  const course = await page.context().newPage();
  await course.goto(`${writing.url}/courses/start-a-learning-community/`);
  await writing.change(FILE, (text) => text.replace(/^title = ".*"/m, 'title = "Purpose, said anew"'));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Purpose, said anew", BUILT);
  await expect(course.getByRole("link", { name: "Purpose, said anew" })).toBeVisible(BUILT);
});

test("an open page says what is wrong until it is mended", async ({ page, writing }) => {
  test.setTimeout(120_000);
  const seen = [];
  page.on("console", (message) => message.type() === "error" && seen.push(message.text()));
  await page.goto(writing.url + LESSON);
  await writing.change(FILE, (text) => `${text}\nSee [the other](@/courses/nowhere.md).\n`);
  const problems = page.locator("#sodium-problems");
  await expect(problems).toContainText("@/courses/nowhere.md", BUILT);
  await expect(problems).toContainText("purpose-and-first-members.md");
  await expect(page.getByText("See the other")).toHaveCount(0);
  await page.reload();
  await expect(problems, "whoever comes later is told, too").toContainText("@/courses/nowhere.md");

  await writing.change(FILE, (text) => text.replace("nowhere.md)", "_index.md)"));
  await expect(page.getByText("See the other")).toBeVisible(BUILT);
  await expect(problems).toHaveCount(0);
  expect(seen, "the pages' policy allows all of it").toEqual([]);
});

test("what is no page is built as well", async ({ page, writing }) => {
  test.setTimeout(120_000);
  await page.goto(writing.url + LESSON);
  await writing.change("site/templates/partials/footer.html", (text) => text.replace("<footer ", '<footer data-anew="yes" '));
  await expect(page.locator("footer[data-anew]")).toBeVisible(BUILT);
});
