// Pages of other sites send forms and requests here, with the browser of somebody who is signed in.
// Another port of the same host gets the cookie along, another host does not; neither changes anything.

import { createServer } from "node:http";
import { expect, nextAddress, test } from "./kit.mjs";
import { Member } from "./member.mjs";

/** What a page elsewhere would like to do to a member. */
const WISHES = {
  "delete the account": () => ["/api/account/delete", {}],
  "sign the member out": () => ["/api/sign-out", {}],
  "post in the member’s name": () => ["/api/threads/community-purpose/comments", { body: "Not my words" }],
  "delete a comment": ({ comment }) => [`${comment.url}/delete`, {}],
  "change a comment": ({ comment }) => [`${comment.url}/edit`, { body: "Not my words" }],
  "take a seat": () => ["/api/sessions/first-posts-2027-09/seat", {}],
  "sign the member in as somebody else": ({ link }) => [link, {}],
};

const WAYS = {
  "a form": (page, action, fields) => page.evaluate(([to, values]) => {
    const form = Object.assign(document.createElement("form"), { method: "post", action: to });
    for (const [name, value] of Object.entries(values)) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    document.body.append(form);
    form.submit();
  }, [action, fields]),
  "a form of plain text": (page, action) => page.evaluate((to) => {
    const form = Object.assign(document.createElement("form"), { method: "post", action: to, enctype: "text/plain" });
    form.append(Object.assign(document.createElement("input"), { name: "body=Not my words&x", value: "" }));
    document.body.append(form);
    form.submit();
  }, action),
  "a request with the cookie": (page, action, fields) => page.evaluate(([to, values]) =>
    fetch(to, { method: "POST", mode: "no-cors", credentials: "include", body: new URLSearchParams(values) }).then(() => {}),
  [action, fields]),
  "a beacon": (page, action, fields) => page.evaluate(([to, values]) =>
    navigator.sendBeacon(to, new URLSearchParams(values)), [action, fields]),
};

for (const [host, comesAlong] of [["localhost", true], ["127.0.0.1", false]]) {
  test(`a page at another ${comesAlong ? "port" : "host"} changes nothing`, async ({ browser, community, contextOptions, member, moderator }) => {
    const elsewhere = await site(host);
    const victim = await member();
    const comment = await victim.comment("community-purpose", "These are my words");
    const attacker = new Member(moderator.request, nextAddress());
    await attacker.send("/api/sign-in", { email: attacker.email, return_to: "/" });
    const link = await attacker.linkInMailbox(/\/api\/sign-in\/[\w-]{20,}/);
    const before = await everythingOf(victim);
    const context = await browser.newContext({ ...contextOptions, storageState: await victim.storageState() });
    const cookies = await context.cookies(community.url);

    for (const [wish, of] of Object.entries(WISHES)) {
      for (const [way, send] of Object.entries(WAYS)) {
        await test.step(`${wish}, by ${way}`, async () => {
          const [path, fields] = of({ comment, link });
          // A page of its own: the form before may still be leading this one away.
          const page = await context.newPage();
          await page.goto(elsewhere.url);
          const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith(path));
          const answered = page.waitForEvent("response", (response) => response.url().endsWith(path));
          await send(page, community.url + path, fields);
          const { cookie } = await (await sent).allHeaders();
          // Of requests that are no navigation, not all headers are told.
          if (way.startsWith("a form")) expect(cookie?.includes("sodium=") ?? false, "it brings the cookie along").toBe(comesAlong);
          expect((await answered).status()).toBeGreaterThanOrEqual(400);
          expect(await context.cookies(community.url)).toEqual(cookies);
          expect(await everythingOf(victim)).toEqual(before);
          await page.close();
        });
      }
    }
    await context.close();
    await elsewhere.close();
  });
}

test("a page elsewhere reads nothing of a member and puts no page of ours into a frame", async ({ browser, community, contextOptions, member }) => {
  const elsewhere = await site("localhost");
  const victim = await member();
  const context = await browser.newContext({ ...contextOptions, storageState: await victim.storageState() });
  const page = await context.newPage();
  await page.goto(elsewhere.url);
  const read = await page.evaluate((to) =>
    fetch(to, { credentials: "include" }).then((answer) => answer.text(), () => "nothing"), `${community.url}/api/account/export`);
  expect(read).toBe("nothing");
  await page.evaluate((to) => {
    document.body.append(Object.assign(document.createElement("iframe"), { src: to, name: "ours" }));
  }, `${community.url}/api/account/delete`);
  await expect.poll(() => page.frame("ours")?.url()).not.toBe("about:blank");
  await expect(page.frameLocator("iframe").getByRole("button")).toHaveCount(0);
  await context.close();
  await elsewhere.close();
});

/** What a member has here, but for the time at which they ask. */
async function everythingOf(member) {
  const { exported, ...everything } = await (await member.request.get("/api/account/export")).json();
  expect(everything.member.name).toBe(member.name);
  return everything;
}

/** An empty page of somebody else. */
async function site(host) {
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<title>Elsewhere</title>"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
  return { url: `http://${host}:${server.address().port}/`, close };
}
