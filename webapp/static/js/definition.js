// Line numbers beside a long text, and links that put the cursor on a line. Without this script the text
// field works as it is; problems still name their lines.

/** @param {HTMLTextAreaElement} area */
function number(area) {
  const gutter = document.createElement("pre");
  gutter.className = "line-numbers";
  gutter.setAttribute("aria-hidden", "true");
  const frame = document.createElement("div");
  frame.className = "numbered";
  area.replaceWith(frame);
  frame.append(gutter, area);
  let shown = 0;
  const draw = () => {
    const count = area.value.split("\n").length;
    if (count !== shown) {
      shown = count;
      gutter.textContent = Array.from({ length: count }, (_, at) => String(at + 1)).join("\n");
    }
    gutter.scrollTop = area.scrollTop;
  };
  area.addEventListener("input", draw);
  area.addEventListener("scroll", () => {
    gutter.scrollTop = area.scrollTop;
  });
  draw();
}

/**
 * @param {HTMLTextAreaElement} area
 * @param {number} line
 */
function goTo(area, line) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  area.scrollTop = Math.max(0, (area.scrollHeight / lines.length) * (line - 6));
  area.scrollIntoView({ block: "start" });
}

const area = /** @type {HTMLTextAreaElement | null} */ (document.querySelector("textarea[data-lines]"));
if (area) {
  number(area);
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("[data-line]") : null;
    if (!(link instanceof HTMLElement)) return;
    event.preventDefault();
    goTo(area, Number(link.dataset.line));
  });
}
