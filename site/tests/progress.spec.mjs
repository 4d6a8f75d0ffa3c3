// A learner's own progress: from the button below a lesson to the certificate on paper.

import { expect, nextAddress, nextName, test, withAndWithoutJavaScript } from "./kit.mjs";
import { finishCourse } from "./pages.mjs";

const FIRST_LESSON = "/courses/write-and-review-together/why-text-in-git/";
const COURSE = "/api/progress/write-and-review-together";
const TRANSLATED = "/ar/courses/start-a-learning-community/the-first-ten-posts/";

withAndWithoutJavaScript((javaScript) => {
  test("somebody new marks a lesson, and loses nothing on the way through signing in", async ({ visit }) => {
    const person = await visit({ javaScript });
    person.saw.expectTrouble(/401/);
    await person.open(FIRST_LESSON);
    expect(person.saw.calls()).toEqual([]);
    await person.press("I have done this lesson");
    await expect(person.heading("Sign in first")).toBeVisible();
    await person.signIn(nextAddress(), nextName());
    await expect(person.heading("Have you done this lesson?")).toBeVisible();
    await person.press("I have done this lesson");
    await expect(person.heading("Your progress in this course")).toBeVisible();
    await person.isTold("1 of 6 lessons done");
    await person.follow(/^Go on: /);
    await expect(person.heading("Your first pull request")).toBeVisible();

    await person.follow("Your progress in this course");
    await person.page.getByRole("button", { name: /^Not done after all/ }).click();
    await person.isTold("0 of 6 lessons done");
  });

  test("a course that is done has a certificate, and one that is not says what is missing", async ({ visit, member }) => {
    const learner = await member({ known: false });
    const person = await visit({ javaScript, as: learner });
    person.saw.expectTrouble(/404/);
    await person.open(`${COURSE}/certificate`);
    await expect(person.heading("Not all lessons are done yet")).toBeVisible();
    await finishCourse(person);
    await person.isTold("6 of 6 lessons done");
    await person.follow("Your certificate");
    await expect(person.heading("Certificate")).toBeVisible();
    const certificate = person.page.getByRole("article");
    for (const words of [learner.name, "Write and review together with Git pull requests", "6 lessons", "Nobody examined them"]) {
      await expect(certificate).toContainText(words);
    }
    const another = await visit({ javaScript, as: await member({ known: false }) });
    another.saw.expectTrouble(/404/);
    await another.open(`${COURSE}/certificate`);
    await expect(another.heading("Not all lessons are done yet")).toBeVisible();
  });

  test("a lesson that was read in Arabic counts for the same course", async ({ visit, member }) => {
    const person = await visit({ javaScript, as: await member({ known: false }) });
    await person.open(TRANSLATED);
    await person.press("أنهيت هذا الدرس");
    await person.isTold("1 of 9 lessons done");
    await expect(person.page.getByRole("listitem").filter({ hasText: "The first ten posts" })).toContainText("Done since");
  });
});

test("a certificate is one sheet of paper, with nothing else on it", async ({ visit, member }) => {
  const learner = await member({ known: false, name: `${nextName()} of Long Valley` });
  const { page, open } = await reader(visit, learner);
  await open(COURSE);
  await finishCourse({ page });
  for (const language of ["en", "ar"]) {
    await learner.send("/api/account/language", { language });
    await open(`${COURSE}/certificate`);
    for (const format of ["A4", "Letter"]) {
      expect(sheets(await page.pdf({ format })), `${format}, ${language}`).toBe(1);
    }
    await page.emulateMedia({ media: "print" });
    const shown = await page.locator("body *").evaluateAll((all) => all
      .filter((each) => !each.closest(".certificate") && each.innerText?.trim() && each.checkVisibility() && !each.querySelector(".certificate"))
      .map((each) => each.outerHTML.slice(0, 80)));
    expect(shown, "beside the certificate").toEqual([]);
    await page.emulateMedia({ media: "screen" });
  }
});

async function reader(visit, as) {
  const person = await visit({ as });
  return { page: person.page, open: (path) => person.open(path) };
}

/** How many pages a PDF has. */
const sheets = (pdf) => pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
