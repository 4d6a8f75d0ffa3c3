// Passkeys: asks the browser's authenticator, and sends what it answers by the form that is in the page. The
// form works without this file too: it then says what is missing. The link by mail works everywhere.

// What it says, in the language of the page: attributes of the element that loads it.
const passkeyWords = document.currentScript.dataset;

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const withBytes = (list) => list?.map((each) => ({ ...each, id: bytes(each.id) }));

async function make(options) {
  return navigator.credentials.create({ publicKey: {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: withBytes(options.excludeCredentials),
  } });
}

async function prove(options) {
  return navigator.credentials.get({ publicKey: {
    ...options, challenge: bytes(options.challenge), allowCredentials: withBytes(options.allowCredentials),
  } });
}

function written({ id, rawId, type, response }) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const sent = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
  return JSON.stringify({ id, rawId: text(rawId), type, response: Object.fromEntries(sent) });
}

function say(form, message, tone = "bad") {
  const place = form.querySelector(".form-status");
  place.dataset.tone = tone;
  place.textContent = message;
}

async function question(form) {
  const answer = await fetch(`${form.action}/challenge`, { method: "POST", headers: { Accept: "application/json" } });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail);
  return said;
}

// What the browser says of a refusal is for programmers; these are for people.
function reason(error) {
  if (error.name === "NotAllowedError") return passkeyWords.nothingChosen;
  if (error.name === "InvalidStateError") return passkeyWords.hasPasskey;
  if (error instanceof TypeError) return passkeyWords.noNetwork;
  return error.message || passkeyWords.didNotWork;
}

async function send(form, button) {
  button.setAttribute("aria-disabled", "true");
  say(form, passkeyWords.browserAsks, "info");
  try {
    const { options, challenge } = await question(form);
    const credential = await (form.dataset.passkey === "make" ? make : prove)(options);
    form.elements.challenge.value = challenge;
    form.elements.credential.value = written(credential);
    form.submit();
  } catch (error) {
    say(form, reason(error));
    button.removeAttribute("aria-disabled");
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    if (button.getAttribute("aria-disabled")) return;
    if (window.PublicKeyCredential) send(form, button);
    else say(form, passkeyWords.noPasskeys);
  });
}
