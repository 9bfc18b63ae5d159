// @ts-check
/** Text size and colours of the exam page, remembered in this browser. */

/**
 * @typedef {object} Choice
 * @property {string} key in the browser's store
 * @property {"size" | "look"} name of the data attribute of the buttons
 * @property {string[]} values the first one is how the page comes
 * @property {(value: string) => void} apply
 */

/** @param {HTMLElement} page */
export function initLooks(page) {
  offer(page, {
    key: "exam-text-size",
    name: "size",
    values: ["m", "l", "xl"],
    apply: (size) => {
      page.dataset.textSize = size;
    },
  });
  offer(page, {
    key: "exam-look",
    name: "look",
    values: ["plain", "contrast", "dark"],
    apply: (look) => {
      document.documentElement.dataset.look = look;
    },
  });
}

/**
 * @param {HTMLElement} page
 * @param {Choice} choice
 */
function offer(page, { key, name, values, apply }) {
  const buttons = [...page.querySelectorAll(`button[data-${name}]`)].filter((found) => found instanceof HTMLElement);
  /** @param {string} value */
  const choose = (value) => {
    apply(value);
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset[name] === value));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      choose(button.dataset[name] ?? values[0] ?? "");
      remember(key, button.dataset[name] ?? "");
    });
  }
  const kept = recall(key);
  if (kept && values.includes(kept)) choose(kept);
}

/**
 * @param {string} key
 * @param {string} value
 */
function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A private window forgets the choice; nothing else is lost.
  }
}

/** @param {string} key */
function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
