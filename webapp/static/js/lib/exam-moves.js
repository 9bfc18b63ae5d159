// @ts-check
/** Going from question to question: by scrolling on a whole page, or with one question shown at a time. */

/**
 * @typedef {object} Mover
 * @property {(step: number) => void} go to the question before (-1) or after (1)
 * @property {(slot: number) => boolean} to a question of this page; false when it is left to the browser
 */

/**
 * @param {HTMLElement} page
 * @returns {Mover}
 */
export function initMoves(page) {
  const questions = [...page.querySelectorAll("[data-slot]")].filter((found) => found instanceof HTMLElement);
  const mover = page.dataset.layout === "single" ? oneByOne(page, questions) : scrolling(page, questions);
  page.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { PageDown: 1, PageUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    mover.go(step);
  });
  return mover;
}

/**
 * @param {HTMLElement} page
 * @param {HTMLElement[]} questions
 * @returns {Mover}
 */
function scrolling(page, questions) {
  return {
    go(step) {
      const top = (page.querySelector(".exam-bar")?.getBoundingClientRect().bottom ?? 0) + 40;
      const passed = questions.filter((question) => question.getBoundingClientRect().top <= top).length;
      const question = questions[Math.min(questions.length - 1, Math.max(0, passed - 1 + step))];
      const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      question?.scrollIntoView({ behavior: calm ? "auto" : "smooth" });
      focusOn(question);
    },
    to: () => false,
  };
}

/**
 * One question at a time. Which one stands in the address, so that a reload and the links of the submit
 * page come back to it. Without script all questions stand below one another.
 * @param {HTMLElement} page
 * @param {HTMLElement[]} questions
 * @returns {Mover}
 */
function oneByOne(page, questions) {
  const heads = [...page.querySelectorAll("[data-section-head]")].filter((found) => found instanceof HTMLElement);
  const last = questions.length - 1;
  let at = 0;

  const show = () => {
    const question = questions[at];
    if (!question) return;
    questions.forEach((one, place) => {
      one.hidden = place !== at;
    });
    const passed = heads.filter((head) => head.compareDocumentPosition(question) & Node.DOCUMENT_POSITION_FOLLOWING);
    for (const head of heads) head.hidden = head !== passed[passed.length - 1];
    for (const cell of page.querySelectorAll("[data-card]")) {
      if (cell.getAttribute("data-card") === question.dataset.slot) cell.setAttribute("aria-current", "step");
      else cell.removeAttribute("aria-current");
    }
    for (const button of page.querySelectorAll("[data-go]")) {
      if (!(button instanceof HTMLButtonElement)) continue;
      const isEnd = at === (button.dataset.go === "1" ? last : 0);
      button.setAttribute("aria-disabled", String(isEnd));
    }
  };
  /** @param {number} place */
  const move = (place) => {
    at = Math.min(last, Math.max(0, place));
    show();
    history.replaceState(null, "", `#${questions[at]?.id ?? ""}`);
    window.scrollTo(0, 0);
    focusOn(questions[at]);
  };
  const named = () => questions.findIndex((question) => `#${question.id}` === window.location.hash);

  at = Math.max(0, named());
  page.dataset.single = "";
  show();
  window.scrollTo(0, 0);
  window.addEventListener("hashchange", () => {
    if (named() >= 0) move(named());
  });
  return {
    go: (step) => move(at + step),
    to(slot) {
      const place = questions.findIndex((question) => question.dataset.slot === String(slot));
      if (place < 0) return false;
      move(place);
      return true;
    },
  };
}

/** @param {HTMLElement | undefined} question */
function focusOn(question) {
  const input = question?.querySelector("input:checked") ?? question?.querySelector("input");
  if (input instanceof HTMLElement) input.focus({ preventScroll: true });
}
