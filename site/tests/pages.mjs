// Every page there is: the ones that are files, and the ones that functions answer.

import { expect, nextAddress, nextName, QUIET_LESSON } from "./kit.mjs";

/** One page of each type that is a file. */
export const TYPES = {
  home: "/",
  courses: "/courses/",
  course: "/courses/start-a-learning-community/",
  lesson: "/courses/start-a-learning-community/purpose-and-first-members/",
  "quiet lesson": QUIET_LESSON,
  "lesson with exercises": "/courses/write-for-this-community/exercises-that-teach/",
  "lesson with code": "/courses/write-for-this-community/pictures-tables-and-code/",
  articles: "/articles/",
  article: "/articles/what-social-learning-is/",
  digests: "/digests/",
  digest: "/digests/2026-w46/",
  sessions: "/sessions/",
  session: "/sessions/plan-your-first-ten-posts/",
  "held session": "/sessions/what-a-lesson-discussion-is-for/",
  projects: "/projects/",
  project: "/projects/a-glossary-in-plain-language/",
  forums: "/forums/",
  forum: "/forums/general/",
  "forum, filtered": "/forums/general/unanswered/",
  "forum, from the beginning": "/forums/general/begun/1/",
  needs: "/forums/learning-needs/",
  questions: "/questions/",
  "answered questions": "/questions/answered/",
  corrections: "/corrections/",
  discussions: "/discussions/",
  discussion: "/discussions/community-first-posts/",
  topic: "/discussions/topic-01a1ce72ea407cb1bce0874c00e11267/",
  "moderation log": "/moderation/",
  search: "/search/",
  feeds: "/feeds/",
  "sign in": "/sign-in/",
  waitlist: "/waitlist/",
  "take part": "/take-part/",
  solutions: "/solutions/",
  "use cases": "/use-cases/",
  privacy: "/privacy/",
  accessibility: "/accessibility/",
  "api description": "/api-description/",
  "style guide": "/style-guide/",
  unavailable: "/unavailable/",
  "not found": "/nothing-is-here/",
  "Arabic home": "/ar/",
  "Arabic course": "/ar/courses/start-a-learning-community/",
  "Arabic lesson": "/ar/courses/start-a-learning-community/asking-good-questions/",
  "Arabic sessions": "/ar/sessions/",
  "Arabic forums": "/ar/forums/",
  "Arabic forum": "/ar/forums/general/",
  "Arabic questions": "/ar/questions/",
  "Arabic corrections": "/ar/corrections/",
  "Arabic discussions": "/ar/discussions/",
  "Arabic search": "/ar/search/",
  "Arabic feeds": "/ar/feeds/",
  "Arabic sign in": "/ar/sign-in/",
  "Arabic take part": "/ar/take-part/",
};

/** The address of each page that is a file: what the sitemap names, and all discussions. */
export async function allPages(request) {
  const sitemap = await (await request.get("/sitemap.xml")).text();
  const paths = [...sitemap.matchAll(/<loc>(.*?)<\/loc>/g)].map(([, address]) => new URL(address).pathname);
  const threads = new Set();
  for (const path of paths) {
    const html = await (await request.get(path)).text();
    for (const [, thread] of html.matchAll(/data-thread="([^"]+)"/g)) threads.add(`/discussions/${thread}/`);
  }
  expect(paths.length).toBeGreaterThan(30);
  expect(threads.size).toBeGreaterThan(15);
  return [...new Set([...paths, ...threads])];
}

/**
 * Walks through everything that functions answer, and calls `look(name, person)` at each page. The
 * script of the forms does not arrive, so that each page is seen as the server made it.
 */
export async function tour({ visit, member, moderator }, seen) {
  const look = async (name, who) => {
    await who.page.waitForLoadState();
    await seen(name, who);
  };
  const person = await visitPlainly(visit);
  await signInSlowly(person, look);
  await writeSlowly(person, look);

  const known = await member();
  const comment = await known.comment("git-writing-a-lesson", "A comment that was **published** at once.\n\n> With a quote\n\nand `code`.");
  await (await member({ known: false })).comment("git-writing-a-lesson", "This is the first comment of somebody new, so a person reads it first.");
  const owner = await visitPlainly(visit, known);
  const at = (path) => owner.open(path);
  await at(comment.url); await look("own comment, published", owner);
  await at(`${comment.url}/edit`); await look("edit a comment", owner);
  await at(`${comment.url}/delete`); await look("delete a comment", owner);
  await at("/api/threads/community-purpose/comments/new?reply_to=01a1bf8a-ff40-7ee3-b361-21184d70b56c"); await look("reply", owner);
  await at(`${comment.url}/report`); await look("report a comment", owner);
  await at("/api/threads/community-purpose/follow"); await look("follow a discussion", owner);
  await suggestSlowly(owner, look);
  await at("/api/sessions/first-posts-2027-09"); await look("a session without a seat", owner);
  await owner.press("Take a seat"); await look("a session with a seat", owner);
  await learnSlowly(owner, look);
  await at("/api/account"); await look("account", owner);
  await at("/api/account/delete"); await look("delete the account", owner);
  await owner.press("Delete everything and leave"); await look("left", owner);

  const host = await visitPlainly(visit, moderator);
  await appealSlowly({ visit, member, moderator }, host, look);
  await host.open("/api/moderation"); await look("moderation queue", host);
  await host.follow("More about them"); await look("a member, for moderators", host);
  await host.open("/api/threads/git-writing-a-lesson/moderation"); await look("who may write", host);
  await host.open("/api/decisions"); await look("what was decided", host);
  await host.open("/api/sessions/first-posts-2027-09"); await look("a session as its host", host);

  await waitSlowly(await visitPlainly(visit), look);
  await meetProblems(await visitPlainly(visit), look);
}

async function visitPlainly(visit, as) {
  const person = await visit({ as });
  await person.page.route("**/scripts/talk.*.js", (route) => route.fulfill({ body: "", contentType: "text/javascript" }));
  person.saw.expectTrouble(/status of 4\d\d/);
  return person;
}

async function signInSlowly(person, look) {
  await person.open("/api/sign-in"); await look("sign in, from a function", person);
  await person.page.getByLabel("Your e-mail address").fill("somebody@localhost");
  await person.press("Mail me a link"); await look("sign in, with an error", person);
  await person.open(QUIET_LESSON);
  await person.post("What I wrote before I signed in.");
  await look("sign in to post", person);
  await person.askForLink(nextAddress()); await look("a mail is on its way", person);
  await person.open("/_mailbox/"); await look("mailbox", person);
  await person.openMail(/sign/i); await look("mail", person);
  await person.followLinkInMail(); await look("confirm signing in", person);
  await person.press("Sign in"); await look("choose a name", person);
  await person.chooseName("Moderator"); await look("choose a name, with an error", person);
  await person.chooseName(nextName());
}

async function writeSlowly(person, look) {
  await look("compose, with the kept text", person);
  await person.write("Some **bold** words, a list\n\n- one\n- two\n\nand [a link](https://example.org).");
  await person.press("Preview"); await look("compose, with a preview", person);
  await person.write("word ".repeat(2100));
  await person.press("Post"); await look("compose, with an error", person);
  await person.write("A first comment.");
  await person.press("Post");
  await expect(person.heading("Your comment waits for a person")).toBeVisible();
  await look("own comment, waiting", person);
}

async function learnSlowly(person, look) {
  const course = "/api/progress/write-and-review-together";
  await person.open("/api/progress"); await look("progress, nothing yet", person);
  await person.open(`${course}/lessons/git-writing-a-lesson`); await look("mark a lesson", person);
  await person.press("I have done this lesson"); await look("progress in a course", person);
  await person.open("/api/progress"); await look("progress", person);
  await person.open(`${course}/certificate`); await look("certificate, not yet", person);
  await finishCourse(person);
  await person.open(`${course}/certificate`); await look("certificate", person);
}

/** Marks what is left to be done, on the page of a course's progress. */
export async function finishCourse(person) {
  const open = person.page.getByRole("button", { name: /^Mark as done/ });
  for (let left = await open.count(); left > 0; left--) {
    await open.first().click();
    await expect(open).toHaveCount(left - 1);
  }
}

async function suggestSlowly(person, look) {
  await person.open("/api/threads/git-writing-a-lesson/suggestions/new"); await look("suggest an edit", person);
  const text = person.page.getByLabel("The text of the page");
  const now = await text.inputValue();
  await person.press("See what changes"); await look("suggest an edit, with an error", person);
  await text.fill(now.replace("\n\n", `\n\nA line that is far longer than any telephone is wide, ${"word ".repeat(30)}\n\n`));
  await person.press("See what changes"); await look("suggest an edit, with the change", person);
  await person.page.getByText("Preview", { exact: true }).click(); await look("suggest an edit, with a preview", person);
  await person.press("Send the suggestion");
  await expect(person.heading("Your suggestion")).toBeVisible(); await look("own suggestion", person);
}

async function appealSlowly({ visit, member, moderator }, host, look) {
  const author = await member({ known: false });
  const refused = await author.comment("git-writing-a-lesson", "Only a hint at a book.");
  await moderator.send(`/api/moderation/git-writing-a-lesson/${refused.id}`, { reason: "spam" });
  const person = await visitPlainly(visit, author);
  await person.open(refused.url); await look("own comment, not published", person);
  await person.page.getByLabel("You think that this is wrong?").fill("It is no shop of mine.");
  await person.press("Send the appeal"); await look("own comment, with an appeal", person);
  await host.open("/api/moderation"); await look("moderation queue, with an appeal", host);
}

async function waitSlowly(person, look) {
  person.email = nextAddress();
  await person.open("/waitlist/");
  await person.page.getByLabel("Your e-mail address").fill("somebody@localhost");
  await person.press("Join the waitlist"); await look("waitlist, with an error", person);
  await person.page.getByLabel("Your e-mail address").fill(person.email);
  await person.press("Join the waitlist"); await look("waitlist, a mail is on its way", person);
  await person.openMail(/waitlist/i);
  await person.followLinkInMail(); await look("waitlist, confirm", person);
  await person.press("Yes, put me on the list"); await look("waitlist, place", person);
  await person.press("Leave the waitlist"); await look("waitlist, left", person);
}

async function meetProblems(person, look) {
  await person.open("/api/account"); await look("problem: sign in first", person);
  await person.open("/api/nothing"); await look("problem: nothing here", person);
  await person.open(`/api/sign-in/${"x".repeat(43)}`); await look("problem: a used link", person);
}

