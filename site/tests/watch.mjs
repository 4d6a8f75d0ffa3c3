// Watches what a browser meets while somebody uses the site.

import { expect } from "@playwright/test";

export class Watch {
  constructor(origin) {
    this.origin = origin;
    this.errors = [];
    this.foreign = [];
    this.requests = [];
    this.dialogs = [];
    this.expectedTrouble = [];
  }

  async of(context) {
    await context.exposeBinding("tellViolation", (_, text) => this.errors.push(text));
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => {
        window.tellViolation(`policy: ${event.violatedDirective} ${event.blockedURI} in ${event.sourceFile ?? "the page"}`);
      });
    });
    context.on("request", (request) => this.hear(request));
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.errors.push(`console: ${message.text()} (${message.location().url})`);
    });
    context.on("weberror", (error) => this.errors.push(`script: ${error.error()}`));
    context.on("dialog", async (dialog) => { this.dialogs.push(dialog.message()); await dialog.dismiss(); });
  }

  hear(request) {
    const url = new URL(request.url());
    this.requests.push({ method: request.method(), path: url.pathname });
    if (url.origin !== this.origin && url.origin !== this.elsewhere && url.protocol !== "data:") this.foreign.push(request.url());
  }

  /** A story may lead to an answer that the browser reports, such as 422 for a form to mend. */
  expectTrouble(pattern) { this.expectedTrouble.push(pattern); }

  /** Where a story leads on purpose: a company's own sign-in page. */
  expectElsewhere(origin) { this.elsewhere = origin; }

  calls() { return this.requests.filter(({ path }) => path.startsWith("/api/")); }

  expectNothingWrong() {
    const surprises = this.errors.filter((error) => !this.expectedTrouble.some((pattern) => pattern.test(error)));
    expect(surprises, "what the browser complains of").toEqual([]);
    expect(this.foreign, "requests to other sites").toEqual([]);
    expect(this.dialogs, "dialogs").toEqual([]);
  }
}
