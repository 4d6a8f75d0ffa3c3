// Makes the comment forms smoother: drafts, preview and replies in place, posting without leaving the page.
// Every form works without this file; nothing here is the only way to do something.

// What it says, in the language of the page: attributes of the element that loads it.
const talkWords = document.currentScript.dataset;
const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

const draftOf = (form) => `draft:${new URL(form.action).pathname}:${form.elements.reply_to?.value ?? ""}:${form.dataset.mode}`;
const drafts = {
  // Storage can be switched off or full; then a draft lasts as long as the page.
  read(form) { try { return localStorage.getItem(draftOf(form)) ?? ""; } catch { return ""; } },
  write(form, text) {
    try {
      if (text.trim()) localStorage.setItem(draftOf(form), text);
      else localStorage.removeItem(draftOf(form));
    } catch { /* see above */ }
  },
};

const textOf = (form) => form.elements.body;

function say(form, message, tone = "info") {
  const place = form.querySelector(".form-status");
  place.dataset.tone = tone;
  place.textContent = message;
}

function setField(form, name, value) {
  let field = form.elements[name];
  if (!value) return field?.remove();
  if (!field) {
    field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    form.append(field);
  }
  field.value = value;
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

// A static page has no token. It is fetched when somebody begins to write, not when somebody reads.
async function prepare(form) {
  const thread = form.closest("[data-thread]")?.dataset.thread ?? form.dataset.board;
  if (!thread || form.elements.form_key || form.dataset.preparing) return;
  form.dataset.preparing = "";
  try {
    const answer = await fetch(`/api/threads/${thread}/form`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { token, key, message } = await answer.json();
    setField(form, "form_token", token);
    setField(form, "form_key", key);
    if (message && !form.querySelector(".form-status").textContent) say(form, message);
  } catch { /* the POST itself will tell */ } finally {
    delete form.dataset.preparing;
  }
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body });
  // A changed comment is answered with the way to its page.
  if (answer.redirected) return { ok: true, said: { state: "saved", url: answer.url } };
  const isJson = /json/.test(answer.headers.get("Content-Type") ?? "");
  if (!isJson) throw new Error(`an answer that is not JSON: ${answer.status}`);
  return { ok: answer.ok, said: await answer.json() };
}

// Signing in needs a page of its own. The server keeps the text over it.
function leaveToSignIn(form, intent) {
  setField(form, "intent", intent);
  HTMLFormElement.prototype.submit.call(form);
}

function showPreview(form, html, intent) {
  let place = form.querySelector(".preview");
  if (!place) {
    place = fragment('<section class="preview" tabindex="-1"><p class="facts"></p><div class="comment-body" dir="auto"></div></section>');
    place.querySelector(".facts").textContent = talkWords.preview;
    form.querySelector(".actions").after(place);
  }
  place.querySelector(".comment-body").innerHTML = html;
  say(form, intent === "preview" ? talkWords.previewBelow : talkWords.look);
}

function showComment(form, { html, message, url }) {
  const thread = form.closest(".thread");
  const comment = html && thread ? fragment(html) : null;
  if (!comment) return location.assign(url);

  const parent = form.closest(".comment");
  const list = parent ? repliesOf(parent) : thread.querySelector(".comments");
  const item = document.createElement("li");
  item.append(comment);
  list.append(item);
  comment.classList.add("is-new");
  thread.querySelector(":scope > .empty")?.remove();
  if (parent) closeReply(form);
  else clear(form);
  announce(thread, message);
  comment.focus();
}

function repliesOf(comment) {
  const list = comment.querySelector(":scope > .replies");
  if (list) return list;
  comment.append(fragment('<ol class="replies"></ol>'));
  return comment.lastElementChild;
}

function clear(form) {
  textOf(form).value = "";
  form.querySelector(".preview")?.remove();
  setField(form, "form_token", null);
  setField(form, "form_key", null);
  say(form, "");
}

function announce(thread, message) {
  let place = thread.querySelector(":scope > [data-announce]");
  if (!place) {
    place = fragment('<p class="visually-hidden" role="status" data-announce></p>');
    thread.append(place);
  }
  // A live region must be in the page before its text changes.
  setTimeout(() => { place.textContent = message ?? talkWords.onPage; }, 100);
}

async function submit(event) {
  event.preventDefault();
  const form = event.currentTarget;
  if (form.dataset.busy) return;
  const button = event.submitter ?? form.querySelector("button[value=post]");
  const intent = button.value;
  form.dataset.busy = intent;
  for (const each of form.querySelectorAll("button")) each.setAttribute("aria-disabled", "true");
  say(form, intent === "preview" ? talkWords.makingPreview : talkWords.sending);
  try {
    const { ok, said } = await send(form, button);
    // The service may answer a post with a preview: a newcomer's form that had no token yet.
    if (ok && !said.state) { showPreview(form, said.html, intent); await prepare(form); }
    else if (ok) { drafts.write(form, ""); showComment(form, said); }
    else if (said.code === "sign-in" || said.code === "name") leaveToSignIn(form, intent);
    else { say(form, [said.title, said.detail].filter(Boolean).join(". "), "bad"); textOf(form).focus(); }
  } catch {
    drafts.write(form, textOf(form).value);
    say(form, talkWords.notSent, "bad");
  } finally {
    delete form.dataset.busy;
    for (const each of form.querySelectorAll("button")) each.removeAttribute("aria-disabled");
  }
}

function watchLength(form) {
  const { value, dataset } = textOf(form);
  const left = Number(dataset.max) - [...value].length;
  if (left < 0) say(form, filled(talkWords.tooMany, { n: -left }), "bad");
  else if (form.querySelector(".form-status").dataset.tone === "bad") say(form, "");
}

function upgrade(form) {
  form.addEventListener("submit", submit);
  form.addEventListener("focusin", () => prepare(form));
  textOf(form).addEventListener("input", () => { drafts.write(form, textOf(form).value); watchLength(form); });
  if (textOf(form).value) return;
  textOf(form).value = drafts.read(form);
  if (textOf(form).value) say(form, talkWords.fromBefore);
}

// The reply form is the page's own form once more, with ids of its own.
function openReply(link) {
  const comment = link.closest(".comment");
  const own = link.closest(".thread")?.querySelector(".thread-write .comment-form");
  if (!own) return false;
  const open = comment.querySelector(":scope > .comment-form");
  if (open) { textOf(open).focus(); return true; }

  const form = own.cloneNode(true);
  form.querySelectorAll(".preview, .notice").forEach((each) => each.remove());
  for (const each of form.querySelectorAll("[id]")) each.id += `-${link.dataset.reply}`;
  form.querySelector("label[for]").htmlFor = textOf(form).id;
  form.querySelector("label[for]").textContent = link.dataset.name ? filled(talkWords.replyTo, { name: link.dataset.name }) : talkWords.reply;
  textOf(form).setAttribute("aria-describedby", form.querySelector(".field .hint").id);
  form.dataset.mode = "reply";
  clear(form);
  setField(form, "reply_to", link.dataset.reply);
  const cancel = fragment('<button type="button" class="button button-quiet"></button>');
  cancel.textContent = talkWords.cancel;
  cancel.addEventListener("click", () => { closeReply(form); link.focus(); });
  form.querySelector(".actions").append(cancel);
  comment.querySelector(":scope > .comment-actions").after(form);
  upgrade(form);
  textOf(form).focus();
  return true;
}

function closeReply(form) { form.remove(); }

// A mark is set or taken back by what the button says it does, never by “the other of what was there”.
async function mark(event) {
  const form = event.target;
  if (!form.matches(".mark")) return;
  event.preventDefault();
  const button = form.querySelector("button");
  const { value: intent } = button;
  form.querySelector(".mark-said")?.remove();
  let refusal = talkWords.markNotSent;
  try {
    const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams({ intent }) });
    const said = await answer.json();
    if (answer.ok) return showMark(button, said);
    // Signing in needs a page of its own, with the same button.
    if (said.code === "sign-in" || said.code === "name") return location.assign(form.action);
    refusal = `${said.title}. ${said.detail}`;
  } catch { /* told below */ }
  form.append(fragment(`<span class="mark-said" role="alert"></span>`));
  form.lastElementChild.textContent = ` ${refusal}`;
}

function showMark(button, { marked, helpful }) {
  button.value = marked ? "take-back" : "mark";
  button.setAttribute("aria-pressed", marked);
  if (!button.querySelector(".mark-count")) button.append(" ", fragment('<span class="mark-count"></span>'));
  button.querySelector(".mark-count").textContent = helpful || "";
}

// The file has the oldest first; this moves what stands on the page and asks for nothing.
function reorder(button) {
  const list = button.closest(".thread").querySelector(".comments");
  const items = [...list.children];
  const count = (item) => Number(item.querySelector(":scope > .comment > .comment-actions .mark-count")?.textContent ?? 0);
  button.addEventListener("click", () => {
    const helpful = button.getAttribute("aria-pressed") === "false";
    button.setAttribute("aria-pressed", helpful);
    list.prepend(...(helpful ? [...items].sort((a, b) => count(b) - count(a)) : items));
  });
}

document.addEventListener("submit", mark);
document.querySelectorAll(".order").forEach(reorder);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-reply]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (openReply(link)) event.preventDefault();
});
for (const form of document.querySelectorAll(".comment-form")) upgrade(form);
