// Pictures of every page, for people to look at: `SCREENS=folder npm run test:screens`.

import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "./kit.mjs";
import { tour, TYPES } from "./pages.mjs";

const folder = resolve(process.env.SCREENS ?? "test-results/screens");
const WIDTHS = [360, 768, 1440];
const ARABIC_LESSON = "/ar/courses/start-a-learning-community/asking-good-questions/";

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

test("what readers do on them", async ({ visit }) => {
  const reader = await visit();
  for (const [name, path, words] of [
    ["search, with results", "/search/", "question"],
    ["search, without results", "/search/", "qwyzzyplugh"],
    ["Arabic search, with results", "/ar/search/", "سؤال"],
  ]) {
    await reader.open(`${path}?q=${encodeURIComponent(words)}`);
    await expect(reader.page.locator("#found")).toBeVisible();
    await shoot(name, reader);
  }
  for (const [name, path] of [["exercises", TYPES["lesson with exercises"]], ["Arabic exercises", ARABIC_LESSON]]) {
    await reader.open(path);
    for (const exercise of await reader.page.locator(".exercise").all()) await answer(exercise);
    await shoot(`${name}, answered`, reader);
  }
  await reader.open(TYPES.discussions);
  for (const summary of await reader.page.locator("main summary").all()) await summary.click();
  await shoot("discussions, unfolded", reader);
});

test("discussions that are long, or changed", async ({ visit, member }) => {
  const people = [];
  for (let n = 0; n < 7; n++) people.push(await member());
  const [first, second] = people;
  const gone = await first.comment("git-corrections", "What was here?");
  await second.comment("git-corrections", "This answer stays.", gone);
  await first.send(`${gone.url}/delete`);
  // Nobody may write more in so short a time.
  for (let n = 0; n < 56; n++) await people[n % 7].comment("git-corrections", `Comment ${n} of many.`);
  const reader = await visit();
  reader.saw.expectTrouble(/404/);
  const last = await reader.seesOn("/discussions/git-corrections/2/", "Comment 55 of many.");
  await shoot("discussion, second page", reader);
  await reader.open(await last.locator(".comment-time").getAttribute("href"));
  await shoot("discussion, with the comment of a link", reader);
  await reader.open("/discussions/git-corrections/");
  await shoot("discussion, with a deleted comment", reader);

  const asking = await visit({ as: await member() });
  await asking.open("/forums/general/");
  await asking.page.getByLabel("Title").fill("How do I begin?");
  await asking.page.getByRole("radio", { name: "Question" }).check();
  await asking.write("I have read the first lesson.");
  await asking.press("Begin the topic");
  await shoot("a topic of one's own", asking);
});

test("pages in Arabic that functions answer", async ({ visit, member }) => {
  const person = await visit({ as: await member(), locale: "ar" });
  person.saw.expectTrouble(/status of 4\d\d/);
  for (const [name, path] of [
    ["Arabic account", "/api/account"],
    ["Arabic session without a seat", "/api/sessions/first-posts-2027-09"],
    ["Arabic follow", "/api/threads/community-purpose/follow"],
    ["Arabic problem", "/api/nothing"],
  ]) {
    await person.open(path);
    await shoot(name, person);
  }
});

test("pages that functions answer", async ({ visit, member, moderator }) => {
  await tour({ visit, member, moderator }, shoot);
});

/** Answers an exercise with what comes first, right or wrong, and unfolds what would be right. */
async function answer(exercise) {
  const choice = exercise.locator(".choice input").first();
  const field = exercise.locator(".field").locator("input, textarea").first();
  if (await choice.count()) await choice.check();
  else if (await field.count()) await field.fill("…");
  await exercise.locator(".exercise-check button").first().click();
  await exercise.locator("details").evaluateAll((all) => all.forEach((details) => { details.open = true; }));
}

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
