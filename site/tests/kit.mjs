// The words in which the tests are told: a community, people who visit it, and what they do there.
// Everybody is watched: whatever page they open, its security policy holds and it reports no error.

import { expect, test as base } from "@playwright/test";
import { withAuthenticator } from "./authenticator.mjs";
import { MODERATOR, NETWORK, startCommunity } from "./community.mjs";
import { Member } from "./member.mjs";
import { Person } from "./person.mjs";

export { expect, MODERATOR };

export const LESSON = "/courses/start-a-learning-community/purpose-and-first-members/";
export const LESSON_THREAD = "community-purpose";
/** A lesson without any comment in the sample discussion. */
export const QUIET_LESSON = "/courses/write-and-review-together/writing-a-lesson/";
export const SESSION = "/sessions/plan-your-first-ten-posts/";

let people = 0;

/** A network of their own for everybody: limits per network are not what these tests are about. */
const nextNetwork = () => `198.18.${(people >> 8) & 255}.${people++ & 255}`;

export const test = base.extend({
  community: [async ({}, use) => {
    const community = await startCommunity();
    await use(community);
    await community.stop();
  }, { scope: "worker", timeout: 120_000 }],

  /** Somebody who may publish what others wrote, signed in once for all tests of a worker. */
  moderator: [async ({ browser, community, playwright }, use) => {
    const moderator = await newMember(playwright, community, MODERATOR);
    await moderator.signIn();
    await moderator.chooseName("Rosa Lindqvist");
    moderator.passkeys = await makePasskey(browser, community, moderator);
    await use(moderator);
    await moderator.dispose();
  }, { scope: "worker", timeout: 30_000 }],

  /** Somebody arrives with a browser: `const reader = await visit({ javaScript: false })`. */
  visit: async ({ browser, community, contextOptions }, use) => {
    const visitors = [];
    await use(async ({ javaScript = true, as, ...options } = {}) => {
      const context = await browser.newContext({
        ...contextOptions,
        baseURL: community.url,
        javaScriptEnabled: javaScript,
        extraHTTPHeaders: { [NETWORK]: nextNetwork() },
        storageState: as && await as.storageState(),
        ...options,
      });
      const person = await Person.arrive(context, community, { javaScript });
      visitors.push(person);
      return person;
    });
    for (const visitor of visitors) visitor.saw.expectNothingWrong();
    for (const visitor of visitors) await visitor.context.close();
  },

  /** A member, made through the same forms without a browser; known ones may publish at once. */
  member: async ({ community, moderator, playwright }, use) => {
    const members = [];
    await use(async ({ name = nextName(), known = true } = {}) => {
      const member = await newMember(playwright, community, nextAddress());
      members.push(member);
      await member.signIn();
      await member.chooseName(name);
      if (known) await member.becomeKnown(moderator);
      return member;
    });
    for (const member of members) await member.dispose();
  },
});

async function newMember(playwright, community, email) {
  const request = await playwright.request.newContext({
    baseURL: community.url,
    extraHTTPHeaders: { Origin: community.url, [NETWORK]: nextNetwork() },
  });
  return new Member(request, email);
}

/** Moderators need a passkey. The device on which they make the first one may moderate at once. */
async function makePasskey(browser, community, member) {
  const context = await browser.newContext({ baseURL: community.url, storageState: await member.storageState() });
  const page = await context.newPage();
  const authenticator = await withAuthenticator(page);
  await page.goto("/api/account");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByText("Used on this device")).toBeVisible();
  const passkeys = await authenticator.credentials();
  await context.close();
  return passkeys;
}

/** Each story is told twice: with JavaScript, and without. */
export function withAndWithoutJavaScript(tell) {
  for (const javaScript of [true, false]) {
    test.describe(javaScript ? "with JavaScript" : "without JavaScript", () => tell(javaScript));
  }
}

const stamp = Date.now().toString(36);
export const nextAddress = () => `person-${stamp}-${people++}@example.com`;

const FIRST = ["Amara", "Bogdan", "Chiara", "Dilnoza", "Eluned", "Farid", "Gudrun", "Haruka"];
const LAST = ["Okafor", "Ionescu", "Moretti", "Karimova", "Prosser", "Haddad", "Steiner", "Mori"];
/** A name that nobody has yet: names are unique, also the ones that only look alike. */
export const nextName = () => {
  const n = people++;
  const letters = n.toString().replace(/\d/g, (digit) => "abcdefghij"[digit]);
  return `${FIRST[n % 8]} ${LAST[(n >> 3) % 8]} ${letters}x`;
};
