// @ts-check
/**
 * The countdown. The server tells the seconds that remain; the browser only counts them down on its
 * steady clock, so a wrong or changed system time does nothing.
 */

const ANNOUNCE_AT_S = [600, 300, 60];

export class Countdown {
  /**
   * @param {HTMLElement} box carries the level of urgency
   * @param {HTMLElement} face shows the time
   * @param {HTMLElement} voice a polite live region
   * @param {string} template words with {n} for the minutes
   * @param {() => void} onEnd called once at zero
   */
  constructor(box, face, voice, template, onEnd) {
    this.box = box;
    this.face = face;
    this.voice = voice;
    this.template = template;
    this.onEnd = onEnd;
    this.endsAtMs = Infinity;
    this.ended = false;
    this.before = Infinity;
    setInterval(() => this.show(), 500);
  }

  /** @param {number} remainingS as the server has just said */
  set(remainingS) {
    this.endsAtMs = performance.now() + remainingS * 1000;
    if (remainingS > 0) this.ended = false;
    this.show();
  }

  remaining() {
    return Math.max(0, Math.ceil((this.endsAtMs - performance.now()) / 1000));
  }

  show() {
    if (!Number.isFinite(this.endsAtMs)) return;
    const left = this.remaining();
    this.face.textContent = clockText(left);
    this.box.dataset.level = left <= 60 ? "last" : left <= 300 ? "soon" : "";
    // A page that was just opened, or a phone that slept, says the minutes that are really left.
    const isDue = ANNOUNCE_AT_S.some((mark) => this.before > mark && left <= mark && left > 0);
    if (isDue) {
      this.voice.textContent = this.template.replace("{n}", String(Math.max(1, Math.round(left / 60))));
    }
    this.before = left;
    if (left === 0 && !this.ended) {
      this.ended = true;
      this.onEnd();
    }
  }
}

/**
 * 3723 -> "1:02:03", 63 -> "01:03".
 * @param {number} seconds
 */
export function clockText(seconds) {
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}
