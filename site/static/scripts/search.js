// The field of the search. What finds and shows is loaded when somebody goes to the field, or comes with words in
// the address; until then this file is all.
const form = document.querySelector("form.search");
const field = form.elements.q;
const [failed, found] = ["failed", "found"].map((id) => document.getElementById(id));
/** How long somebody types on before an answer would only be in the way. */
const PAUSE = 150;

let loading;
const load = () => loading ??= import(form.dataset.program).then(async (program) => {
  await program.begin();
  return program;
}).catch((error) => {
  loading = null; // The next try begins anew.
  throw error;
});

async function search() {
  const words = field.value.trim();
  history.replaceState(null, "", words ? `?q=${encodeURIComponent(words)}` : location.pathname);
  try {
    await (await load()).show(words);
    failed.hidden = true;
  } catch {
    failed.hidden = false;
  }
}

let pause;
field.addEventListener("focus", () => load().catch(() => {}), { once: true });
field.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(search, PAUSE);
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clearTimeout(pause);
  await search();
  // Where the answer begins; on a phone, the keyboard goes out of the way.
  if (!found.hidden) found.querySelector("h2").focus();
});

field.value = new URLSearchParams(location.search).get("q") ?? "";
if (field.value) search();
