// @ts-check
/** Three text sizes, remembered in this browser. */

const KEY = "exam-text-size";
const SIZES = ["m", "l", "xl"];

/** @param {HTMLElement} page */
export function initTextSize(page) {
  const buttons = [...page.querySelectorAll("button[data-size]")].filter((found) => found instanceof HTMLElement);
  /** @param {string} size */
  const apply = (size) => {
    page.dataset.textSize = size;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.size === size));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      apply(button.dataset.size ?? "m");
      remember(button.dataset.size ?? "m");
    });
  }
  const kept = recall();
  if (kept && SIZES.includes(kept)) apply(kept);
}

/** @param {string} size */
function remember(size) {
  try {
    localStorage.setItem(KEY, size);
  } catch {
    // A private window forgets the size; nothing else is lost.
  }
}

function recall() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
