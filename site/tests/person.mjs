// Somebody with a browser, and what people do on this site.

import { expect } from "@playwright/test";
import { Watch } from "./watch.mjs";

export class Person {
  static async arrive(context, community, { javaScript }) {
    const saw = new Watch(community.url);
    await saw.of(context);
    return new Person(context, await context.newPage(), saw, javaScript);
  }

  constructor(context, page, saw, javaScript) {
    Object.assign(this, { context, page, saw, javaScript });
    page.on("response", (response) => { if (isPage(response)) this.lastPage = response; });
  }

  open(path) { return this.page.goto(path); }
  press(name) { return this.page.getByRole("button", { name, exact: true }).click(); }
  follow(name) { return this.page.getByRole("link", { name }).first().click(); }
  heading(name) { return this.page.getByRole("heading", { name, level: 1 }); }

  // Reading

  get discussion() { return this.page.getByRole("region", { name: "Discussion" }); }

  commentWith(text) {
    return this.page.locator("article.comment").filter({ has: this.page.locator(":scope > .comment-body", { hasText: text }) });
  }

  /** Pages are baked a moment after a change: reloads until it is there, as long as a reader would. */
  async seesOn(path, text) {
    await expect(async () => {
      await this.open(path);
      await expect(this.commentWith(text)).toHaveCount(1, { timeout: 100 });
    }).toPass({ intervals: [50, 100, 200], timeout: 7_000 });
    return this.commentWith(text);
  }

  async doesNotSeeOn(path, text) {
    await this.open(path);
    expect(await this.page.locator("body").textContent()).not.toContain(text);
  }

  /** What was taken back goes a moment later as well. */
  async noLongerSeesOn(path, text) {
    await expect(() => this.doesNotSeeOn(path, text)).toPass({ intervals: [50, 100, 200], timeout: 7_000 });
  }

  // Signing in

  async askForLink(email) {
    this.email = email;
    await this.page.getByLabel("Your e-mail address").fill(email);
    await this.press("Mail me a link");
    await expect(this.heading("Look into your mailbox")).toBeVisible();
  }

  async openMail(subject) {
    const mail = this.page.getByRole("listitem").filter({ hasText: `To ${this.email} ` }).getByRole("link", { name: subject });
    await expect(async () => {
      await this.open("/_mailbox/");
      await expect(mail).not.toHaveCount(0, { timeout: 100 });
    }).toPass({ intervals: [50, 100, 200], timeout: 7_000 });
    await mail.first().click();
    await expect(this.page.locator(".mail-text")).toBeVisible();
  }

  /** Follows the first link of the mail that is open. */
  async followLinkInMail() { await this.page.locator("main .actions a").first().click(); }

  async signIn(email, name) {
    await this.askForLink(email);
    await this.openMail(/sign/i);
    await this.followLinkInMail();
    await this.press("Sign in");
    await this.chooseName(name);
  }

  async chooseName(name) {
    await expect(this.heading("Choose your name")).toBeVisible();
    await this.page.getByLabel("Your name on this site").fill(name);
    await this.press("Use this name");
  }

  async isSignedIn() {
    const cookies = await this.context.cookies();
    return cookies.some(({ name, value }) => /^(__Host-)?sodium$/.test(name) && value);
  }

  // Writing

  get textField() { return this.page.getByLabel(/^Your (comment|reply|text)/); }

  async write(text) { await this.textField.last().fill(text); }

  /** Posts what is written and waits until the site says what became of it. */
  async post(text) {
    if (text !== undefined) await this.write(text);
    await this.press("Post");
  }

  /** A reply is written in place with JavaScript, and on a page of its own without. */
  async replyTo(comment, text) {
    await comment.locator(":scope > .comment-actions").getByRole("link", { name: /^Reply/ }).click();
    const field = this.page.getByLabel(/^Your reply/);
    await field.fill(text);
    await this.page.locator("form").filter({ has: field }).getByRole("button", { name: "Post" }).click();
  }

  /** Goes from a comment on a page to the page where its author can change it. */
  async manage(comment) {
    await comment.locator(":scope > .comment-actions").getByRole("link", { name: /^Yours/ }).click();
    await expect(this.page.getByRole("link", { name: "Edit", exact: true })).toBeVisible();
  }

  /** What the site says to somebody who just did something, on a page or beside the form. */
  get told() { return this.page.locator('[role="status"], [role="alert"]').filter({ hasText: /\S/ }); }

  /** The own comment after posting: put into the page with JavaScript, on its own page without. */
  async isTold(words) { await expect(this.told.filter({ hasText: words }).first()).toBeAttached(); }
}

const isPage = (response) => response.request().isNavigationRequest() && (response.status() < 300 || response.status() >= 400);
