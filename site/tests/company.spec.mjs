// Signing in with an account at a company: in a browser the way people go, and by requests the ways that
// somebody else might try. The provider is a certified one (oidc-provider); one that lies is in the journeys.

import { expect, nextAddress, nextName, test, withAndWithoutJavaScript } from "./kit.mjs";

const nextLogin = (kind = "staff") => `${kind}-${nextAddress().split("@")[0]}`;
const NOT_IN = "You are not signed in";

withAndWithoutJavaScript((javaScript) => {
  test("somebody signs in at their company and is here", async ({ visit, community }) => {
    const person = await visit({ javaScript });
    const login = nextLogin();
    person.saw.expectElsewhere(community.company.provider.issuer);
    await person.open("/sign-in/");
    await person.follow("Sign in with Example Works");
    await person.page.locator("input[name=login]").fill(login);
    await person.page.locator("input[name=password]").fill("anything");
    await person.page.locator("button[type=submit]").click();
    await person.page.locator("button[type=submit]").click();
    await person.chooseName(nextName());
    await expect(person.heading("Your account")).toBeVisible();
    await expect(person.page.locator("main")).toContainText(community.company.address(login));
    await expect(person.page.locator("main")).toContainText("with a company account");
  });
});

/** Goes to the company and back by requests. Returns the address that would lead back in. */
async function goAndComeBack(request, login, change = (url) => url) {
  const go = (url) => request.get(url, { maxRedirects: 0 });
  const place = (answer) => new URL(answer.headers().location, answer.url()).href;
  const send = (page, form) => request.post(page.match(/action="([^"]+)"/)[1], { form, maxRedirects: 0 });
  let at = change(place(await go("/api/sign-in/company/works?return_to=/courses/")));
  for (let steps = 0; steps < 12 && !at.includes("/back?"); steps += 1) {
    let answer = await go(at);
    if (answer.status() === 200) {
      const page = await answer.text();
      const prompt = page.match(/name="prompt" value="(\w+)"/)[1];
      answer = await send(page, prompt === "login" ? { prompt, login, password: "x" } : { prompt });
    }
    at = place(answer);
  }
  return at;
}

test.describe("by requests", () => {
  let request;
  test.beforeEach(async ({ community, playwright }) => {
    request = await playwright.request.newContext({ baseURL: community.url });
  });
  test.afterEach(() => request.dispose());

  const isRefused = async (url) => {
    const answer = await request.get(url, { maxRedirects: 0 });
    expect(answer.status()).toBe(422);
    expect(await answer.text()).toContain(NOT_IN);
    const { cookies } = await request.storageState();
    expect(cookies.filter(({ name, value }) => name === "sodium" && value)).toEqual([]);
  };

  test("the good way leads to a name, and its address leads nowhere a second time", async () => {
    const back = await goAndComeBack(request, nextLogin());
    const { cookies } = await request.storageState();
    const came = await request.get(back, { maxRedirects: 0 });
    expect(came.status()).toBe(303);
    expect(came.headers().location).toBe("/api/account/name?return_to=/courses/");
    const again = await request.get(back, {
      maxRedirects: 0, headers: { Cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") },
    });
    expect(again.status()).toBe(422);
  });

  test("another state is refused", async () => {
    await isRefused((await goAndComeBack(request, nextLogin())).replace(/state=[^&]+/, "state=another"));
  });

  test("another issuer is refused", async () => {
    await isRefused((await goAndComeBack(request, nextLogin())).replace(/iss=[^&]+/, "iss=https%3A%2F%2Fevil.example"));
  });

  test("another nonce is refused", async () => {
    await isRefused(await goAndComeBack(request, nextLogin(), (url) => url.replace(/nonce=[^&]+/, "nonce=another-one")));
  });

  test("without PKCE the provider gives no code, and with another challenge none that we can use", async () => {
    const without = (url) => url.replace(/&code_challenge(_method)?=[^&]+/g, "");
    const refused = await goAndComeBack(request, nextLogin(), without);
    expect(refused).toContain("error=invalid_request");
    await isRefused(refused);
    const other = (url) => url.replace(/code_challenge=[^&]+/, `code_challenge=${"a".repeat(43)}`);
    await isRefused(await goAndComeBack(request, nextLogin(), other));
  });

  test("a code that has expired is refused", async ({ community }) => {
    const back = await goAndComeBack(request, nextLogin("late"));
    const code = new URL(back).searchParams.get("code");
    await expect.poll(() => community.company.provider.AuthorizationCode.find(code)).toBeUndefined();
    await isRefused(back);
  });

  test("an address that nobody verified makes no account", async () => {
    const answer = await request.get(await goAndComeBack(request, nextLogin("unverified")), { maxRedirects: 0 });
    expect(answer.status()).toBe(409);
    expect(await answer.text()).toContain("Sign in by mail first");
  });
});
