// @ts-check
/**
 * The waiting room: counts down by the server's word, fetches what the exam needs, shows the start by
 * itself at this page's own place in the queue, and starts again politely when the server is busy.
 * Without this script the page has a link to look again, and the start is a plain form.
 */

import { clockText } from "./lib/exam-clock.js";
import { fetchAll } from "./lib/fetch-ahead.js";

/**
 * @typedef {object} State
 * @property {string} phase
 * @property {number} opens_in_ms
 * @property {number} ask_in_ms
 * @property {boolean} wants_paper
 * @property {boolean} late
 * @property {string} attempt_url
 * @property {string} prepare_url
 * @property {string[]} assets
 * @property {string[]} pictures
 */

const FETCH_AT_MOST_MS = 10_000;
const DAY_MS = 86_400_000;
const RETRY_S = 5;

const room = document.getElementById("waiting-room");
if (room) void wait(room);

/** @param {HTMLElement} room */
async function wait(room) {
  /** @type {State & {words: Record<string, string>}} */
  const { words, ...first } = JSON.parse(room.dataset.page ?? "{}");
  const form = room.querySelector("[data-start-form]");
  if (!(form instanceof HTMLFormElement)) return;
  const box = form.closest("[data-start-box]");
  const button = form.querySelector("button");
  if (!(box instanceof HTMLElement) || !button) return;

  /** @type {State} */
  let state = first;
  let opensAt = performance.now() + state.opens_in_ms;
  let starting = false;
  let ready = fetchFor(state);

  const face = room.querySelector("[data-countdown]");
  const faceBox = room.querySelector("[data-countdown-box]");
  const prepared = state.wants_paper ? ask() : Promise.resolve(later(state.ask_in_ms));
  const ticking = setInterval(tick, 250);
  tick();

  function tick() {
    const left = opensAt - performance.now();
    if (face) face.textContent = clockText(Math.max(0, Math.ceil(left / 1000)));
    if (faceBox instanceof HTMLElement) faceBox.hidden = left <= 0 || left >= DAY_MS;
    if (left > 0) return;
    clearInterval(ticking);
    void open();
  }

  /** The button waits for the pictures, but not for ever: the clock of the exam is not running yet. */
  async function open() {
    if (!button || !(box instanceof HTMLElement)) return;
    button.disabled = true;
    box.hidden = false;
    await Promise.race([prepared.then(() => ready), sleep(FETCH_AT_MOST_MS)]);
    button.disabled = false;
    room.dataset.open = "true";
    if (document.activeElement === document.body) button.focus({ preventScroll: true });
  }

  /** @param {number} ms */
  function later(ms) {
    setTimeout(() => void ask(), Math.max(1000, ms));
  }

  /** What is new: a moved window, a paper that is drawn now, pictures that are released. */
  async function ask() {
    if (starting) return;
    try {
      const response = await send(state.prepare_url);
      if (response.status === 401 || response.status === 404) return;
      if (response.ok) adopt(/** @type {State} */ (await response.json()));
      later(response.ok ? state.ask_in_ms : retryAfterMs(response));
    } catch {
      later(10_000 + Math.random() * 5000);
    }
  }

  /** @param {State} next */
  function adopt(next) {
    if (starting) return;
    const before = state;
    state = next;
    if ((next.phase !== "upcoming" && next.phase !== "open") || next.late !== before.late) {
      window.location.reload();
      return;
    }
    if (room.dataset.open !== "true") opensAt = performance.now() + next.opens_in_ms;
    if (next.pictures.length > before.pictures.length) ready = fetchFor(next);
  }

  /** @param {State} now @returns {Promise<void>} */
  async function fetchFor(now) {
    const place = room.querySelector("[data-fetching]");
    const all = [...now.assets, ...now.pictures];
    const missing = await fetchAll(all, (done) => {
      if (place) place.textContent = fill(words.fetching, { n: done, all: all.length });
    });
    if (place) place.textContent = (missing ? words.notFetched : words.fetched) ?? "";
    room.dataset.fetched = String(all.length - missing);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!starting) void start();
  });

  /** Send the start until the server takes it; any other answer than "started" is shown as it is. */
  async function start() {
    if (!(form instanceof HTMLFormElement) || !button) return;
    starting = true;
    button.disabled = true;
    for (;;) {
      say(words.starting ?? "");
      let waitMs = RETRY_S * 1000 + Math.random() * 2000;
      try {
        const response = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
        if (response.type === "opaqueredirect") {
          window.location.assign(state.attempt_url || window.location.pathname); // which leads to the paper
          return;
        }
        if (response.status !== 503 && response.status !== 429) {
          form.submit();
          return;
        }
        waitMs = retryAfterMs(response);
        say(fill(words.busy, { n: Math.ceil(waitMs / 1000) }));
      } catch {
        say(words.offline ?? "");
      }
      await sleep(waitMs);
    }
  }

  /** @param {string} text */
  function say(text) {
    const place = room.querySelector("[data-start-words]");
    if (place) place.textContent = text;
  }

  /** @param {string} url */
  function send(url) {
    const token = form?.querySelector("[name=csrf_token]");
    return fetch(url, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token instanceof HTMLInputElement ? token.value : "" },
    });
  }
}

/**
 * As long as the server asks for, and up to half as long again, so that all do not come back together.
 * @param {Response} response
 */
function retryAfterMs(response) {
  const asked = Number(response.headers.get("Retry-After"));
  const seconds = Number.isFinite(asked) && asked > 0 ? asked : RETRY_S;
  return seconds * 1000 * (1 + Math.random() / 2);
}

/** @param {number} ms @returns {Promise<void>} */
function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * @param {string | undefined} text
 * @param {Record<string, number>} values
 */
function fill(text, values) {
  return Object.entries(values).reduce((made, [name, value]) => made.replace(`{${name}}`, String(value)), text ?? "");
}
