// Light, dark or as the system says. Runs before the first paint, so that nothing flashes.
// The choice stays in this browser: no cookie, nothing is sent.
(() => {
  const root = document.documentElement;
  root.dataset.js = "";

  const kept = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem("theme", theme); } catch { /* storage is off: lasts for this page */ } };
  const show = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  show(kept());
  addEventListener("DOMContentLoaded", () => {
    const choice = document.getElementById("theme");
    if (!choice) return;
    choice.value = kept() ?? "auto";
    choice.addEventListener("change", () => { keep(choice.value); show(choice.value); });
  });
  addEventListener("storage", (event) => { if (event.key === "theme") show(event.newValue); });
})();
