// @ts-check
/**
 * What was played and the server does not know yet, in seconds of the video. Whole seconds leave for the
 * server; the begun second at the place where the player stands stays here and grows on.
 */

/** @typedef {[number, number]} Span half-open */

const JOIN_S = 0.3; // two reports of the player may leave such a gap between them
const NEARLY_S = 0.25; // a second played but for this much counts as played

export class Played {
  constructor() {
    /** @type {Span[]} */
    this.spans = [];
    /** @type {number | null} */
    this.last = null;
  }

  /**
   * The player stands at `now` and has come here by playing.
   * @param {number} now
   */
  reach(now) {
    if (this.last !== null && now > this.last) this.add([this.last, now]);
    this.last = now;
  }

  /**
   * The player jumped: nothing between was played.
   * @param {number | null} now null when it is not known yet
   */
  jump(now) {
    this.last = now;
  }

  /** @param {Span} span */
  add([start, end]) {
    const grown = this.spans.find((span) => start >= span[0] - JOIN_S && start <= span[1] + JOIN_S);
    if (grown) grown[1] = Math.max(grown[1], end);
    else this.spans.push([start, end]);
  }

  /** Seconds that wait, roughly. */
  seconds() {
    return this.spans.reduce((sum, [start, end]) => sum + end - start, 0);
  }

  /**
   * The whole seconds that wait; what is left of a begun second stays.
   * @param {number} length of the video; its last, broken second counts when the end was reached
   * @returns {Span[]}
   */
  take(length) {
    /** @type {Span[]} */
    const whole = [];
    /** @type {Span[]} */
    const rest = [];
    for (const [start, end] of this.spans) {
      const from = Math.ceil(start - NEARLY_S);
      const to = end >= length - NEARLY_S ? Math.ceil(length) : Math.floor(end + NEARLY_S);
      if (to > from) whole.push([Math.max(0, from), to]);
      if (this.last !== null && Math.abs(end - this.last) < JOIN_S && end < length - NEARLY_S) {
        rest.push([Math.max(start, Math.min(to, end)), end]);
      }
    }
    this.spans = rest;
    return whole;
  }

  /**
   * They could not be sent: they wait again.
   * @param {Span[]} spans
   */
  back(spans) {
    this.spans = [...spans, ...this.spans].sort((one, other) => one[0] - other[0]);
    /** @type {Span[]} */
    const joined = [];
    for (const span of this.spans) {
      const before = joined[joined.length - 1];
      if (before && span[0] <= before[1] + JOIN_S) before[1] = Math.max(before[1], span[1]);
      else joined.push([...span]);
    }
    this.spans = joined;
  }
}
