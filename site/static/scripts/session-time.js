// Says when a session is on the reader's own clock, beside the event's own time.
const locale = document.documentElement.lang.replace(/^en$/, "en-GB");

for (const place of document.querySelectorAll(".your-time")) {
  const time = place.parentElement.querySelector("time[data-zone]");
  const starts = new Date(time?.dateTime ?? "");
  if (Number.isNaN(starts.valueOf())) continue;

  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const on = (timeZone) => new Intl.DateTimeFormat(locale, {
    weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hour12: false, timeZone,
  }).format(starts);
  place.textContent = on(own) === on(time.dataset.zone)
    ? "The same on your clock."
    : `On your clock: ${on(own)} (${own.replaceAll("_", " ")})`;
}
