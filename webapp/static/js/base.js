// What every page gets: connection banner, focus on error summaries, one submission per click,
// refused htmx requests shown in view, fresh form tokens after a refusal. Pages work without it.

import { refill } from "./lib/refill.js";

/**
 * @typedef {object} SwapDetail
 * @property {XMLHttpRequest} xhr
 * @property {string} serverResponse
 * @property {boolean} shouldSwap
 * @property {Element} target
 * @property {string} [swapOverride]
 * @property {{ elt: Element }} requestConfig
 */

const SENDING_LIMIT_MS = 20_000;

/** @param {string} selector @returns {HTMLElement | null} */
const find = (selector) => document.querySelector(selector);

function showConnection() {
  const banner = find("#connection");
  if (!banner) return;
  banner.hidden = navigator.onLine;
  document.documentElement.dataset.network = navigator.onLine ? "online" : "offline";
}

function focusErrorSummary() {
  find("[data-error-summary]")?.focus();
}

/** A form leaves once: the second click within the limit is ignored. @param {SubmitEvent} event */
function guardSubmission(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.method !== "post" || form.hasAttribute("data-repeatable")) return;
  if (form.dataset.sending) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sending = "1";
  event.submitter?.setAttribute("aria-disabled", "true");
  window.setTimeout(() => release(form), SENDING_LIMIT_MS);
}

/** @param {ParentNode} scope */
function release(scope) {
  const forms = scope instanceof HTMLFormElement ? [scope] : [...scope.querySelectorAll("form[data-sending]")];
  for (const form of forms) {
    if (!(form instanceof HTMLFormElement)) continue;
    delete form.dataset.sending;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
}

/** @param {string} name Shows the words of <template data-words=name> where refusals stand. */
function showRefusal(name) {
  const words = /** @type {HTMLTemplateElement | null} */ (find(`template[data-words="${name}"]`));
  const place = find("#refusals");
  if (words && place) refill(place, words.content.cloneNode(true));
}

/** @param {Event} event */
function tellNoConnection(event) {
  if (event.target instanceof Element && event.target.closest("[data-quiet]")) return;
  showRefusal("no-connection");
}

/** A refusal brings a fresh form token: the page keeps what was typed and can be sent again. */
function takeToken() {
  const token = find("#refusals [data-csrf]")?.dataset.csrf;
  if (!token) return;
  for (const input of document.querySelectorAll('input[name="csrf_token"]')) input.setAttribute("value", token);
  find("#page")?.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
}

/** Opened menus close on Escape and on a click elsewhere. @param {Event} event */
function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    const inside = event.target instanceof Node && menu.contains(event.target);
    if (event instanceof KeyboardEvent) {
      if (event.key !== "Escape") continue;
      menu.removeAttribute("open");
      if (inside) menu.querySelector("summary")?.focus();
    } else if (!inside) {
      menu.removeAttribute("open");
    }
  }
}

/** Refusals of htmx requests go to their own place instead of the part that was asked for. @param {Event} event */
function redirectRefusal(event) {
  const { detail } = /** @type {CustomEvent<SwapDetail>} */ (event);
  const place = find("#refusals");
  if (!place || detail.xhr.status < 400 || !detail.serverResponse.includes("data-refusal")) return;
  // What refreshes by itself keeps its last state: nobody asked, so nobody is told.
  if (detail.requestConfig.elt.closest("[data-quiet]")) {
    detail.shouldSwap = false;
    return;
  }
  detail.target = place;
  detail.swapOverride = "innerHTML";
}

window.addEventListener("online", showConnection);
window.addEventListener("offline", showConnection);
window.addEventListener("pageshow", () => release(document));
document.addEventListener("submit", guardSubmission, true);
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", closeMenus);
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-dismiss]") : null;
  const refusals = find("#refusals");
  if (button && refusals) refill(refusals);
  const print = event.target instanceof Element ? event.target.closest("[data-print]") : null;
  if (print) window.print();
});
document.addEventListener("htmx:beforeSwap", redirectRefusal);
document.addEventListener("htmx:afterRequest", (event) => release(/** @type {ParentNode} */ (event.target)));
document.addEventListener("htmx:afterSettle", () => {
  takeToken();
  focusErrorSummary();
});
document.addEventListener("htmx:sendError", tellNoConnection);
document.addEventListener("htmx:timeout", tellNoConnection);

showConnection();
focusErrorSummary();
