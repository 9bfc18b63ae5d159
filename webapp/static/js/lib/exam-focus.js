// @ts-check
/**
 * What happens to the window of an exam: hidden, left, made small, copied from, printed. It is only
 * counted and sent; nothing is decided here. Copying, selecting and printing are hindered, which keeps
 * nobody from taking a photo. Nothing in this file may ever stand in the way of writing the exam.
 */

const SEND_AFTER_MS = 15_000;
const MOST_WAITING = 40;
const SMALL_SHARE = 0.6;

/**
 * @param {HTMLElement} page the exam
 * @param {() => string} csrf the form token of the moment: it changes after signing in again
 */
export function watchFocus(page, csrf) {
  const home = page.querySelector("[data-focus-url]");
  const url = home instanceof HTMLElement ? (home.dataset.focusUrl ?? "") : "";
  if (!url) return;
  const log = new FocusLog(url, csrf);
  log.add("opened");
  const widest = { area: window.innerWidth * window.innerHeight, isSmall: false };
  document.addEventListener("visibilitychange", () => {
    log.add(document.visibilityState === "hidden" ? "hidden" : "visible");
    if (document.visibilityState === "hidden") log.send();
  });
  window.addEventListener("blur", () => log.add("blur"));
  window.addEventListener("focus", () => log.add("focus"));
  window.addEventListener("pagehide", () => {
    log.add("left");
    log.send();
  });
  window.addEventListener("resize", () => noteSmall(widest, log));
  window.addEventListener("beforeprint", () => log.add("print"));
  page.addEventListener("copy", (event) => hinder(event, log));
  page.addEventListener("cut", (event) => hinder(event, log));
  page.addEventListener("contextmenu", (event) => {
    if (!isField(event.target)) event.preventDefault();
  });
}

/** One page's log: happenings with their time since loading, sent in batches that survive leaving. */
class FocusLog {
  /**
   * @param {string} url
   * @param {() => string} csrf the form token of the moment: it changes after signing in again
   */
  constructor(url, csrf) {
    this.url = url;
    this.csrf = csrf;
    this.name = Math.random().toString(36).slice(2, 12) || "page";
    this.device = window.matchMedia("(pointer: coarse)").matches ? "phone" : "computer";
    /** @type {[string, number][]} */
    this.waiting = [];
    /** @type {number | undefined} */
    this.timer = undefined;
  }

  /** @param {string} kind */
  add(kind) {
    if (this.waiting.length >= MOST_WAITING) return;
    this.waiting.push([kind, Math.round(performance.now())]);
    this.timer ??= window.setTimeout(() => this.send(), kind === "opened" ? 1000 : SEND_AFTER_MS);
  }

  send() {
    window.clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.waiting.length || !navigator.sendBeacon) return;
    const body = new URLSearchParams({ csrf_token: this.csrf(), page: this.name, device: this.device });
    for (const [kind, ms] of this.waiting) {
      body.append("kind", kind);
      body.append("ms", String(ms));
    }
    if (navigator.sendBeacon(this.url, body)) this.waiting = [];
  }
}

/**
 * A window much smaller than it was: a split screen, perhaps. Opening the keyboard of a phone only
 * changes the height, so both sides count together.
 * @param {{area: number, isSmall: boolean}} widest
 * @param {FocusLog} log
 */
function noteSmall(widest, log) {
  const area = window.innerWidth * window.innerHeight;
  widest.area = Math.max(widest.area, area);
  const isSmall = area < widest.area * SMALL_SHARE && !isField(document.activeElement);
  if (isSmall && !widest.isSmall) log.add("small");
  widest.isSmall = isSmall;
}

/**
 * Copying questions is refused; what somebody typed into a field is theirs.
 * @param {Event} event
 * @param {FocusLog} log
 */
function hinder(event, log) {
  if (isField(event.target)) return;
  event.preventDefault();
  log.add("copy");
}

/** @param {EventTarget | null} target */
function isField(target) {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
