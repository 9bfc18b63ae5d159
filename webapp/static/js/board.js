// @ts-check
/**
 * The leaderboard. While a stream is open it says when something changed, and the page fetches the
 * shared fragment then; without a stream htmx asks every few seconds. Rows glide to their new place.
 */

import { Rows } from "./lib/board-rows.js";

/** @typedef {{trigger: (element: Element, name: string) => void}} Htmx */

const SPREAD_MS = 250; // many pages hear of a change at once: they do not ask at once
const AGAIN_MS = 700; // the fragment may be a second old: ask until it has the version that was told
const TRIES = 4;
const REOPEN_MS = 60_000;

const board = document.getElementById("board");
if (board) start(board);

/** @param {HTMLElement} board */
function start(board) {
  const state = document.getElementById("board-state");
  const rows = new Rows(board);
  let isStreaming = false;
  let isAsked = false; // by us, not by the clock of htmx
  let wanted = 0;
  let tries = 0;
  let timer = 0;

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target !== board) return;
    if ((isStreaming && !isAsked) || document.hidden) event.preventDefault();
    isAsked = false;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target === board) rows.remember();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== board) return;
    rows.settle();
    if (version() < wanted && tries < TRIES) later(AGAIN_MS);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target instanceof Element && event.target.querySelector("[data-own-entry]")) rows.mark();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) ask();
  });

  if (board.dataset.liveUrl) open(board.dataset.liveUrl);
  rows.mark();

  /** @param {string} address */
  function open(address) {
    const stream = new EventSource(address);
    stream.addEventListener("hello", () => {
      show(true);
      later(Math.random() * SPREAD_MS); // what changed before the stream was open
    });
    stream.addEventListener("change", (event) => {
      const told = /** @type {{version?: number}} */ (JSON.parse(/** @type {MessageEvent} */ (event).data));
      wanted = Math.max(wanted, told.version ?? 0);
      tries = 0;
      later(Math.random() * SPREAD_MS);
    });
    stream.addEventListener("error", () => {
      show(false);
      if (stream.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      stream.close();
      window.setTimeout(() => open(address), REOPEN_MS * (1 + Math.random()));
    });
  }

  /** @param {boolean} streaming */
  function show(streaming) {
    isStreaming = streaming;
    if (!state) return;
    state.dataset.live = streaming ? "stream" : "poll";
    state.textContent = (streaming ? state.dataset.wordsStream : state.dataset.wordsPoll) ?? "";
  }

  /** @param {number} ms */
  function later(ms) {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, ms);
  }

  function ask() {
    tries += 1;
    isAsked = true;
    /** @type {Htmx} */ (/** @type {any} */ (window).htmx).trigger(/** @type {Element} */ (board), "refresh");
  }

  function version() {
    return Number(board?.querySelector("[data-version]")?.getAttribute("data-version") ?? 0);
  }
}
