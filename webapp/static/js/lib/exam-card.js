// @ts-check
/** Moving about the paper: previous and next question, and the answer card as a sheet on phones. */

/** @param {HTMLElement} page */
export function initCard(page) {
  const sheet = page.querySelector("dialog[data-card-sheet]");
  const body = page.querySelector("[data-card-body]");
  const home = page.querySelector("[data-card-home]");
  if (!(sheet instanceof HTMLDialogElement) || !body || !home) return;
  sheet.addEventListener("close", () => home.append(body));
  page.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("[data-opens-answer-card]")) {
      sheet.append(body);
      sheet.showModal();
    } else if (target?.closest("[data-closes-answer-card]") || target === sheet) {
      sheet.close();
    } else if (target?.closest("[data-card]") && sheet.open) {
      sheet.close();
    }
    const step = target?.closest("[data-go]");
    if (step instanceof HTMLElement) go(page, Number(step.dataset.go));
  });
}

/**
 * To the question before or after the one in view.
 * @param {HTMLElement} page
 * @param {number} step
 */
function go(page, step) {
  const questions = [...page.querySelectorAll("[data-slot]")];
  const top = (page.querySelector(".exam-bar")?.getBoundingClientRect().bottom ?? 0) + 40;
  const passed = questions.filter((question) => question.getBoundingClientRect().top <= top).length;
  const at = Math.min(questions.length - 1, Math.max(0, passed - 1 + step));
  const question = questions[at];
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  question?.scrollIntoView({ behavior: calm ? "auto" : "smooth" });
  const input = question?.querySelector("input");
  if (input instanceof HTMLElement) input.focus({ preventScroll: true });
}
