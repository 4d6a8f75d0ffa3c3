// Exercises: says at once whether an answer is right, and why. Nothing of it is sent or kept.

// What it says, in the language of the page: attributes of the element that loads it.
const exerciseWords = document.currentScript.dataset;

for (const exercise of document.querySelectorAll(".exercise")) {
  const all = (selector) => [...exercise.querySelectorAll(selector)];
  const [result] = all(".exercise-result");
  const [answer] = all("details");
  const [check] = all(".exercise-check button");

  const mark = ({ dataset }, right) => {
    dataset.tone = tone(right);
    dataset.mark = right ? exerciseWords.markRight : exerciseWords.markWrong;
  };
  const clear = () => {
    for (const { dataset } of all("[data-tone]")) delete dataset.tone;
    for (const why of all(".exercise-why")) why.hidden = true;
    if (result) result.textContent = "";
  };

  /** Each kind says "right" or "wrong", or nothing while there is nothing to judge. */
  const judge = {
    choice() {
      const boxes = all("input");
      const chosen = boxes.filter(({ checked }) => checked);
      for (const { parentElement: label, dataset } of chosen) {
        mark(label, "right" in dataset);
        const why = label.nextElementSibling;
        if (why.matches(".exercise-why")) why.hidden = false;
      }
      return chosen.length && tone(boxes.every(({ checked, dataset }) => checked === "right" in dataset));
    },
    short() {
      const [{ value, dataset }] = all("input");
      return value.trim() && tone(dataset.accepted.split("\n").map(plain).includes(plain(value)));
    },
    order() {
      const steps = all("li[data-place]");
      const inPlace = steps.map(({ dataset }, n) => Number(dataset.place) === n + 1);
      steps.forEach((step, n) => { mark(step.firstElementChild, inPlace[n]); });
      return tone(inPlace.every(Boolean));
    },
    open() {
      answer.open = true;
      answer.querySelector("summary").focus();
    },
  }[exercise.dataset.kind];

  const say = () => {
    clear();
    const what = judge() || "none";
    if (!result) return;
    result.dataset.tone = what;
    result.textContent = exerciseWords[what] ?? result.dataset.none;
    if (what === "right") answer.open = true;
  };
  check.addEventListener("click", say);
  exercise.addEventListener("input", clear);
  exercise.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) say();
  });

  for (const button of all(".exercise-moves button")) {
    button.addEventListener("click", () => {
      const step = button.closest("li");
      const next = step[`${button.dataset.to}ElementSibling`];
      next?.[button.dataset.to === "next" ? "after" : "before"](step);
      button.focus();
      clear();
      const steps = all("li[data-place]");
      const values = { step: step.querySelector("span").textContent, place: steps.indexOf(step) + 1, all: steps.length };
      result.textContent = exerciseWords.moved.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
    });
  }
}

function tone(right) { return right ? "right" : "wrong"; }

/**
 * What somebody meant, however they typed it: without case, accents and the spaces around; in Arabic without vowel
 * signs, hamza and stretched letters, and with either kind of digits.
 */
function plain(text) {
  return text.normalize("NFKD").replace(/[\p{M}\p{Cf}ـ]/gu, "").replace(/[٠-٩۰-۹]/g, (digit) => digit.charCodeAt() & 15)
    .toLowerCase().trim().replace(/\s+/g, " ");
}
