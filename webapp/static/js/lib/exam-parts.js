// @ts-check
/** Parts of a paper that are entered by themselves: going on only when everything is saved, and their clock. */

import { Countdown } from "./exam-clock.js";

/**
 * @typedef {object} Around
 * @property {() => Promise<boolean>} saved sends what is pending; whether nothing waits any more
 * @property {() => void} notYet tells that something still waits
 * @property {() => void} lock
 * @property {string} minutes words with {n}
 * @property {string} over words
 */

/**
 * @param {HTMLElement} page
 * @param {number | null} remainingS of the part on the page; null: it has no time of its own
 * @param {Around} around
 * @returns {(remainingS: number | null) => void} tell what the server has just said
 */
export function initParts(page, remainingS, around) {
  page.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-enter-part]") : null;
    if (!(button instanceof HTMLButtonElement) || !(page instanceof HTMLFormElement)) return;
    event.preventDefault();
    void goOn(page, button, around);
  });
  const box = page.querySelector("[data-part-box]");
  const face = page.querySelector("[data-part-clock]");
  const voice = page.querySelector("[data-voice]");
  if (remainingS === null || !(box instanceof HTMLElement)) return () => undefined;
  if (!(face instanceof HTMLElement) || !(voice instanceof HTMLElement)) return () => undefined;
  const countdown = new Countdown(box, face, voice, around.minutes, () => void timeIsOver());
  countdown.set(remainingS);

  async function timeIsOver() {
    around.lock();
    if (voice) voice.textContent = around.over;
    // What waits stays in the outbox and is sent again by the next page, within the public grace.
    await around.saved();
    window.location.reload();
  }
  return (left) => countdown.set(left ?? 0);
}

/**
 * @param {HTMLFormElement} page
 * @param {HTMLButtonElement} button
 * @param {Around} around
 */
async function goOn(page, button, around) {
  if (!(await around.saved())) {
    around.notYet();
    return;
  }
  const to = document.createElement("input");
  to.type = "hidden";
  to.name = button.name;
  to.value = button.value;
  page.append(to);
  page.action = button.formAction;
  page.submit();
}
