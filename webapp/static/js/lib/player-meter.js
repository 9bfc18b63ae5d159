// @ts-check
/** The strip of seconds that count, and in words what is still missing. */

import { refill } from "./refill.js";

/** @typedef {import("./player-spans.js").Span} Span */
/** @typedef {import("./player-line.js").Standing} Standing */

const SVG = "http://www.w3.org/2000/svg";

export class Meter {
  /**
   * @param {HTMLElement} box
   * @param {number} length of the video in seconds
   * @param {Record<string, string>} words
   */
  constructor(box, length, words) {
    this.length = length;
    this.words = words;
    this.strip = box.querySelector("[data-strip]");
    this.counted = box.querySelector("[data-counted]");
    this.missing = box.querySelector("[data-missing]");
    this.creditedS = 0;
    this.enoughS = 1;
  }

  /** @param {Standing} standing */
  show(standing) {
    this.creditedS = standing.credited_s;
    this.enoughS = standing.enough_s;
    this.draw(standing.spans, "counted");
    const missing = Math.max(0, standing.enough_s - standing.credited_s);
    const words =
      missing > 0
        ? (this.words.missing ?? "").replace("{time}", clockText(missing))
        : standing.time_left_s > 0
          ? (this.words.longer ?? "").replace("{n}", String(standing.time_left_s))
          : (this.words.enough ?? "");
    tell(this.counted, (this.words.counted ?? "").replace("{time}", clockText(standing.credited_s)));
    tell(this.missing, words);
  }

  /** What was played and is not confirmed yet. @param {Span[]} spans */
  waiting(spans) {
    this.draw(spans, "waiting");
  }

  /** Whether this many more seconds would be enough. @param {number} seconds */
  wouldBeEnough(seconds) {
    return this.creditedS < this.enoughS && this.creditedS + seconds >= this.enoughS;
  }

  /**
   * @param {Span[]} spans
   * @param {string} kind
   */
  draw(spans, kind) {
    const group = this.strip?.querySelector(`[data-kind="${kind}"]`);
    if (!group) return;
    refill(
      group,
      ...spans.map(([start, end]) => {
        const rect = document.createElementNS(SVG, "rect");
        rect.setAttribute("x", String((100 * start) / this.length));
        rect.setAttribute("width", String((100 * (Math.min(end, this.length) - start)) / this.length));
        rect.setAttribute("height", "10");
        return rect;
      }),
    );
  }
}

/**
 * @param {Element | null} place
 * @param {string} words
 */
function tell(place, words) {
  if (place && place.textContent !== words) place.textContent = words;
}

/**
 * 63 -> "1:03".
 * @param {number} seconds
 */
export function clockText(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds) % 60).padStart(2, "0")}`;
}
