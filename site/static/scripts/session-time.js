// Says when a session is on the reader's own clock, beside the event's own time.
const clockWords = document.currentScript.dataset;
const locale = document.documentElement.lang.replace(/^en$/, "en-GB");

for (const place of document.querySelectorAll(".your-time")) {
  const time = place.parentElement.querySelector("time[data-zone]");
  const starts = new Date(time?.dateTime ?? "");
  if (Number.isNaN(starts.valueOf())) continue;

  // One short line: its place is kept free in the page, so that nothing moves.
  const on = (timeZone) => new Intl.DateTimeFormat(locale, {
    weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false,
    numberingSystem: "latn", timeZone, timeZoneName: "short",
  }).format(starts);
  const own = on();
  place.textContent = own === on(time.dataset.zone) ? clockWords.sameClock : clockWords.yourClock.replace("{time}", own);
}
