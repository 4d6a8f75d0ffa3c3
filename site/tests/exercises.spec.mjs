// Exercises in lessons: answered with a script, and read without.

import axe from "axe-core";
import { expect, LESSON, test, withAndWithoutJavaScript } from "./kit.mjs";

const PULL_REQUEST = "/courses/write-and-review-together/your-first-pull-request/";
const CONFLICTS = "/courses/write-and-review-together/when-two-edits-meet/";
const QUESTIONS = "/courses/start-a-learning-community/asking-good-questions/";
const QUESTIONS_IN_ARABIC = "/ar/courses/start-a-learning-community/asking-good-questions/";
const POSTS_IN_ARABIC = "/ar/courses/start-a-learning-community/the-first-ten-posts/";
const MOST_SCRIPT = 2048;

class Exercise {
  constructor(page, question) {
    this.group = page.getByRole("group", { name: question });
    this.all = page.locator(".exercise").filter({ has: this.group });
    this.result = this.group.getByRole("status");
    this.answer = this.all.locator("details");
  }

  check() { return this.group.getByRole("button", { name: "Check" }).click(); }
  steps() { return this.group.getByRole("listitem").evaluateAll((items) => items.map((item) => item.querySelector("span").textContent)); }
}

const firstPullRequest = (page) => new Exercise(page, /Which of these makes a good first pull request/);
const whatGitMisses = (page) => new Exercise(page, /Which conflicts does Git not notice/);
const wayBack = (page) => new Exercise(page, /Which command does that/);
const commandLine = (page) => new Exercise(page, /In which order do you do this/);
const ownWords = (page) => new Exercise(page, /Write the message for this change/);

test("one answer is right, and each says why", async ({ visit }) => {
  const { page, open } = await reader(visit);
  await open(PULL_REQUEST);
  const exercise = firstPullRequest(page);
  await exercise.check();
  await expect(exercise.result).toHaveText("Choose an answer first.");

  await exercise.group.getByRole("radio", { name: /A better order/ }).check();
  await expect(exercise.result).toBeEmpty();
  await exercise.check();
  await expect(exercise.result).toHaveText(/^Not yet/);
  await expect(exercise.group.getByText("it needs a conversation first")).toBeVisible();
  await expect(exercise.answer).not.toHaveAttribute("open");

  await exercise.group.getByRole("radio", { name: /A link that leads nowhere/ }).check();
  await exercise.check();
  await expect(exercise.result).toHaveText("Right.");
  await expect(exercise.group.getByText("it needs a conversation first")).toBeHidden();
  await expect(exercise.answer.getByText("you notice the steps of the way itself")).toBeVisible();
});

test("of several right answers, all must be chosen and no other", async ({ visit }) => {
  const { page, open } = await reader(visit);
  await open(CONFLICTS);
  const exercise = whatGitMisses(page);
  const choose = (name) => exercise.group.getByRole("checkbox", { name });
  await choose(/renames a term/).check();
  await exercise.check();
  await expect(exercise.result).toHaveText(/^Not yet/);
  await choose(/removes a heading/).check();
  await choose(/deletes a paragraph/).check();
  await exercise.check();
  await expect(exercise.result).toHaveText(/^Not yet/);
  await choose(/deletes a paragraph/).uncheck();
  await exercise.check();
  await expect(exercise.result).toHaveText("Right.");
});

test("a short answer counts however it is typed, and Enter is enough", async ({ visit }) => {
  const { page, open } = await reader(visit);
  await open(CONFLICTS);
  const exercise = wayBack(page);
  const field = exercise.group.getByLabel("Your answer");
  await field.press("Enter");
  await expect(exercise.result).toHaveText("Write an answer first.");
  await field.fill("git reset");
  await field.press("Enter");
  await expect(exercise.result).toHaveText(/^Not yet/);
  await field.fill("  GIT  merge --abort ");
  await field.press("Enter");
  await expect(exercise.result).toHaveText("Right.");
  await expect(page).toHaveURL(new RegExp(`${CONFLICTS}$`));
});

test("steps are put in order with the keyboard, and each move is told", async ({ visit }) => {
  const { page, open } = await reader(visit);
  await open(PULL_REQUEST);
  const exercise = commandLine(page);
  const mixed = await exercise.steps();
  const right = ["Make a branch with a telling name", "Change the file", "Look at what you did with git diff",
    "Commit, with a message that says why", "Push the branch", "Open the pull request"];
  expect(mixed).not.toEqual(right);
  expect(mixed.toSorted()).toEqual(right.toSorted());
  await exercise.check();
  await expect(exercise.result).toHaveText(/^Not yet/);

  for (const [place, step] of right.entries()) {
    const up = exercise.group.getByRole("button", { name: `Up: ${step}` });
    await up.focus();
    for (let now = (await exercise.steps()).indexOf(step); now > place; now--) {
      await page.keyboard.press("Enter");
      await expect(exercise.result).toHaveText(`${step}: ${now} of 6`);
      await expect(up).toBeFocused();
    }
  }
  expect(await exercise.steps()).toEqual(right);
  await exercise.check();
  await expect(exercise.result).toHaveText("Right.");
});

test("an answer in one's own words is compared, and stays in the page", async ({ visit }) => {
  const { page, open, person } = await reader(visit);
  await open(PULL_REQUEST);
  const exercise = ownWords(page);
  await exercise.group.getByLabel("Your answer").fill("Say where the meeting is");
  await exercise.group.getByRole("button", { name: "Compare" }).click();
  await expect(exercise.answer.getByText("One that would do:")).toBeVisible();
  await expect(exercise.answer.locator("summary")).toBeFocused();
  expect(person.saw.calls()).toEqual([]);
  expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]))).not.toContain("where the meeting");
});

test("in Arabic everything is said in Arabic, from right to left", async ({ visit }) => {
  const { page, open } = await reader(visit);
  await open(QUESTIONS_IN_ARABIC);
  const [choice, order] = await page.locator(".exercise").all();
  const check = (exercise) => exercise.getByRole("button", { name: "تحقّق" }).click();
  await check(choice);
  await expect(choice.getByRole("status")).toHaveText("اختر جوابًا أولًا.");
  await choice.getByRole("radio", { name: "ما الوسيط؟" }).check();
  await check(choice);
  await expect(choice.getByRole("status")).toHaveText(/^ليس بعد/);
  await expect(choice.getByRole("radio", { name: "ما الوسيط؟ غير صحيح" })).toBeChecked();

  const up = order.getByRole("button", { name: /^إلى أعلى: / }).last();
  const down = order.getByRole("button", { name: /^إلى أسفل: / }).last();
  expect((await up.boundingBox()).x).toBeGreaterThan((await down.boundingBox()).x);
  await up.click();
  await expect(order.getByRole("status")).toHaveText(/: 3 من 4$/);

  for (const each of await page.locator(".exercise details").all()) await each.evaluate((details) => { details.open = true; });
  for (const said of await page.locator(".exercise").allInnerTexts()) expect(said).not.toMatch(/[a-z]/i);
  for (const name of await page.locator(".exercise [aria-label]").evaluateAll((all) => all.map((each) => each.ariaLabel))) {
    expect(name).not.toMatch(/[a-z]/i);
  }
});

test("an Arabic answer counts with and without vowel signs, and with either digits", async ({ visit }) => {
  const { page, open } = await reader(visit);
  await open(POSTS_IN_ARABIC);
  const field = page.getByRole("group", { name: /في أي يوم/ }).getByLabel("جوابك");
  const result = page.locator(".exercise").getByRole("status");
  for (const [answer, said] of [["8", /^ليس بعد/], ["9", "صحيح."], ["٩", "صحيح."], ["التَّاسِع", "صحيح."], ["٨", /^ليس بعد/]]) {
    await field.fill(answer);
    await field.press("Enter");
    await expect(result, answer).toHaveText(said);
  }
});

test("the script is small, and only where there is an exercise", async ({ visit }) => {
  const { page, open } = await reader(visit);
  const scripts = [];
  page.on("requestfinished", (request) => {
    if (/\/exercises\./.test(request.url())) scripts.push(request.sizes());
  });
  await open(LESSON);
  await page.waitForLoadState("networkidle");
  expect(scripts).toHaveLength(0);
  await open(QUESTIONS);
  await page.waitForLoadState("networkidle");
  const [{ responseBodySize }] = await Promise.all(scripts);
  expect(responseBodySize).toBeGreaterThan(0);
  expect(responseBodySize).toBeLessThanOrEqual(MOST_SCRIPT);
});

test("no state has a barrier, in light and dark, and all fit 320 pixels", async ({ visit }) => {
  const { page, open } = await reader(visit);
  for (const [path, right] of [[PULL_REQUEST, firstPullRequest], [CONFLICTS, whatGitMisses]]) {
    await open(path);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const exercise = right(page);
      await exercise.group.locator("input").first().check();
      await exercise.check();
      for (const each of await page.locator(".exercise details").all()) await each.evaluate((details) => { details.open = true; });
      expect.soft(await barriers(page), `${path}, ${colorScheme}`).toEqual([]);
    }
    await page.setViewportSize({ width: 320, height: 640 });
    expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(320);
    await page.setViewportSize({ width: 1280, height: 720 });
  }
});

withAndWithoutJavaScript((javaScript) => {
  test("the answer can be unfolded", async ({ visit }) => {
    const { page, open } = await reader(visit, { javaScript });
    await open(PULL_REQUEST);
    for (const [exercise, answer] of [
      [firstPullRequest(page), "In a small change that nobody can object to"],
      [commandLine(page), "The branch comes first"],
      [ownWords(page), "One that would do:"],
    ]) {
      await expect(exercise.answer.getByText(answer)).toBeHidden();
      await exercise.answer.locator("summary").click();
      await expect(exercise.answer.getByText(answer)).toBeVisible();
    }
    // A button that does nothing is worse than none.
    await expect(page.locator(".exercise button:visible")).toHaveCount(javaScript ? 2 + 12 + 1 : 0);
  });
});

async function reader(visit, options) {
  const person = await visit(options);
  return { person, page: person.page, open: (path) => person.open(path) };
}

async function barriers(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`);
}
