// @ts-check
/**
 * Rows between two states of a board: where each was, how far it moved, which are new.
 */

import { refill } from "./refill.js";

const GLIDE_MS = 450;
const TOLD_MS = 30_000; // how long a movement stays visible

export class Rows {
  /** @param {HTMLElement} board */
  constructor(board) {
    this.board = board;
    /** @type {Map<string, {top: number, position: number}>} */
    this.before = new Map();
    /** @type {Map<string, {steps: number, until: number}>} */
    this.moves = new Map();
    this.isCalm = window.matchMedia("(prefers-reduced-motion: reduce)");
  }

  all() {
    return /** @type {HTMLElement[]} */ ([...this.board.querySelectorAll("tr[data-entry]")]);
  }

  /** Note where every row stands now. */
  remember() {
    this.before = new Map(
      this.all().map((row) => [
        row.dataset.entry ?? "",
        { top: row.getBoundingClientRect().top, position: Number(row.dataset.position) },
      ]),
    );
  }

  /** Show how the rows came to where they stand now. */
  settle() {
    this.mark();
    if (this.before.size === 0) return;
    for (const row of this.all()) {
      const entry = row.dataset.entry ?? "";
      const was = this.before.get(entry);
      if (!was) {
        row.classList.add("is-new");
        continue;
      }
      this.tell(row, this.steps(entry, was.position - Number(row.dataset.position)));
      this.glide(row, was.top - row.getBoundingClientRect().top);
    }
  }

  /**
   * How far an entry has moved lately, this time included.
   * @param {string} entry
   * @param {number} now steps upwards when positive
   */
  steps(entry, now) {
    const at = Date.now();
    const known = this.moves.get(entry);
    const steps = now + (known && known.until > at ? known.steps : 0);
    if (now !== 0) this.moves.set(entry, { steps, until: at + TOLD_MS });
    return steps;
  }

  /** Point out the own row and the one that was looked for. */
  mark() {
    const own = document.querySelector("[data-own-entry]")?.getAttribute("data-own-entry");
    for (const row of this.all()) {
      const isMarked = row.dataset.entry === own || row.dataset.entry === this.board.dataset.marked;
      row.classList.toggle("is-own", Boolean(row.dataset.entry) && isMarked);
    }
  }

  /**
   * @param {HTMLElement} row
   * @param {number} steps upwards when positive
   */
  tell(row, steps) {
    const cell = row.querySelector(".move");
    if (!cell || steps === 0) return;
    const shown = document.createElement("span");
    shown.className = steps > 0 ? "move__up" : "move__down";
    const words = document.createElement("span");
    words.className = "visually-hidden";
    words.textContent = `${(steps > 0 ? this.board.dataset.wordsUp : this.board.dataset.wordsDown) ?? ""} `;
    shown.append(words, String(Math.abs(steps)));
    refill(cell, shown);
  }

  /**
   * @param {HTMLElement} row
   * @param {number} from pixels above or below its present place
   */
  glide(row, from) {
    if (this.isCalm.matches || Math.abs(from) < 1) return;
    row.animate([{ transform: `translateY(${from}px)` }, { transform: "none" }], {
      duration: GLIDE_MS,
      easing: "ease-out",
    });
  }
}
