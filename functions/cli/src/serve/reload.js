// For authors only: `sodium serve` puts this into its pages. A new build reloads the page, and what is wrong
// stands over its foot until it is mended.
let build = null;
let panel = null;

new EventSource("/_dev/builds").onmessage = ({ data }) => {
  const news = JSON.parse(data);
  build ??= news.build;
  if (news.build !== build) location.reload();
  else show(news.problems);
};

function show(problems) {
  panel?.remove();
  panel = null;
  if (!problems) return;
  panel = document.createElement("details");
  panel.id = "sodium-problems";
  panel.open = true;
  const name = document.createElement("summary");
  name.textContent = "Something in the content is wrong";
  const text = document.createElement("pre");
  text.tabIndex = 0;
  text.textContent = problems;
  panel.append(name, text);
  panel.setAttribute("role", "status");
  // Set one by one: the pages' policy allows no style attribute.
  Object.assign(panel.style, {
    position: "fixed", insetInline: "0", insetBlockEnd: "0", zIndex: "1000", padding: "0.75rem 1rem",
    background: "Canvas", color: "CanvasText", borderBlockStart: "3px solid #b3261e",
  });
  Object.assign(text.style, { maxBlockSize: "40vh", overflow: "auto", margin: "0.5rem 0 0", fontSize: "0.875rem" });
  document.body.append(panel);
}
