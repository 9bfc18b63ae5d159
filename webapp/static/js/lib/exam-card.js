// @ts-check
/** The answer card beside the paper or as a sheet on phones, and the buttons that go from question to question. */

/** @typedef {import("./exam-moves.js").Mover} Mover */

/**
 * @param {HTMLElement} page
 * @param {Mover} mover
 */
export function initCard(page, mover) {
  const sheet = page.querySelector("dialog[data-card-sheet]");
  const body = page.querySelector("[data-card-body]");
  const home = page.querySelector("[data-card-home]");
  // Some web views know no dialogs: there the card stays where it is.
  const dialog =
    typeof HTMLDialogElement === "function" && sheet instanceof HTMLDialogElement && body && home ? sheet : null;
  dialog?.addEventListener("close", () => body && home?.append(body));
  if (!dialog) page.toggleAttribute("data-card-below", true);
  page.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("[data-opens-answer-card]")) {
      if (dialog && body) {
        dialog.append(body);
        dialog.showModal();
      } else home?.scrollIntoView();
    } else if (target?.closest("[data-closes-answer-card]") || target === dialog) dialog?.close();
    const cell = target?.closest("a[data-card]");
    if (cell instanceof HTMLElement) {
      if (dialog?.open) dialog.close();
      if (mover.to(Number(cell.dataset.card))) event.preventDefault();
    }
    const step = target?.closest("[data-go]");
    if (step instanceof HTMLElement && step.getAttribute("aria-disabled") !== "true") mover.go(Number(step.dataset.go));
  });
}
