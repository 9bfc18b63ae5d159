// @ts-check
/** Three text sizes, remembered in this browser. */

const KEY = "exam-text-size";

/** @param {HTMLElement} page */
export function initTextSize(page) {
  const buttons = [...page.querySelectorAll("[data-text-size]")].filter((found) => found instanceof HTMLElement);
  /** @param {string} size */
  const apply = (size) => {
    page.dataset.size = size;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.textSize === size));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const size = button.dataset.textSize ?? "m";
      apply(size);
      try {
        localStorage.setItem(KEY, size);
      } catch {
        // A private window forgets the size; nothing else is lost.
      }
    });
  }
  try {
    apply(localStorage.getItem(KEY) ?? "m");
  } catch {
    apply("m");
  }
}
