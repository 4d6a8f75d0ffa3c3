// A member as far as the server sees one: the same forms, sent without a browser. It sets the stage
// for stories that begin with somebody who is known here.

import { expect } from "@playwright/test";

export class Member {
  constructor(request, email) {
    this.request = request;
    this.email = email;
  }

  async signIn() {
    await this.send("/api/sign-in", { email: this.email, return_to: "/" });
    const link = await this.linkInMailbox(/\/api\/sign-in\/[\w-]{20,}/);
    await this.send(link);
  }

  async chooseName(name) {
    this.name = name;
    await this.send("/api/account/name", { name, return_to: "/" });
  }

  /** The first comment was published: the next ones appear at once. */
  async becomeKnown(moderator) {
    const comment = await this.comment("project-plain-glossary", `Good morning from ${this.name}.`);
    expect(comment.state).toBe("pending");
    await moderator.publish(comment);
  }

  async comment(thread, body, replyTo, more = {}) {
    const marks = await (await this.request.get(`/api/threads/${thread}/form`)).json();
    const said = await this.send(`/api/threads/${thread}/comments`, {
      body, intent: "post", form_token: marks.token, form_key: marks.key,
      ...(replyTo && { reply_to: replyTo.id }), ...more,
    }, { Accept: "application/json" });
    const { state, url } = await said.json();
    return { state, thread, url, id: url.split("/").at(-1), body };
  }

  async publish({ thread, id }) {
    await this.send(`/api/moderation/${thread}/${id}`, { intent: "approve" });
  }

  async send(path, form = {}, headers = {}) {
    const response = await this.request.post(path, { form, headers });
    expect(response.ok(), `POST ${path.replace(/[\w-]{40,}/, "…")} answers ${response.status()}`).toBe(true);
    return response;
  }

  /** The link in the newest mail to this member that has one. Mails go out a moment after the answer. */
  async linkInMailbox(pattern) {
    let link;
    await expect(async () => {
      const list = await (await this.request.get("/_mailbox/")).text();
      const rows = list.split('<li class="row">').filter((each) => each.includes(`To <bdi>${this.email}</bdi>`));
      for (const row of rows) {
        const mail = await (await this.request.get(row.match(/href="([^"]+)"/)[1])).text();
        link ??= mail.replaceAll("&#x2F;", "/").match(pattern)?.[0];
      }
      expect(link, `a mail to ${this.email} with such a link`).toBeTruthy();
    }).toPass({ intervals: [20, 50, 100], timeout: 7_000 });
    return link;
  }

  storageState() { return this.request.storageState(); }
  dispose() { return this.request.dispose(); }
}
