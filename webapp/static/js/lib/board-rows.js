// @ts-check
/**
 * Rows between two states of a board: where each was, how far it moved, which are new.
 */

const GLIDE_MS = 450;

export class Rows {
  /** @param {HTMLElement} board */
  constructor(board) {
    this.board = board;
    /** @type {Map<string, {top: number, position: number}>} */
    this.before = new Map();
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
      const was = this.before.get(row.dataset.entry ?? "");
      if (!was) {
        row.classList.add("is-new");
        continue;
      }
      this.tell(row, was.position - Number(row.dataset.position));
      this.glide(row, was.top - row.getBoundingClientRect().top);
    }
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
    cell.replaceChildren(shown);
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
