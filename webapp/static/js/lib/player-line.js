// @ts-check
/**
 * The line to the server: opens a session when playing begins, tells what was played, one request at a
 * time, and keeps what could not be sent. What counts is what the server answers, nothing else.
 */

/** @typedef {import("./player-spans.js").Span} Span */
/** @typedef {import("./player-spans.js").Played} Played */
/**
 * @typedef {object} Question
 * @property {number} number
 * @property {number} left_s to answer in time
 */
/**
 * @typedef {object} Standing how the video stands, as the server says
 * @property {string} [player] the session's name
 * @property {Span[]} spans that count
 * @property {number} credited_s
 * @property {number} enough_s
 * @property {number} time_left_s of the shortest time
 * @property {Question | null} question
 * @property {string} [said] words about points
 * @property {boolean} [credited] points have changed
 * @property {boolean} [in_time] the answer was
 */
/** @typedef {"counting" | "broken" | "signed-out" | "elsewhere" | "closed" | "silent" | "stopped"} Mood */
/**
 * @typedef {object} Listener
 * @property {(standing: Standing) => void} heard
 * @property {(mood: Mood, words: string) => void} mood
 */

const TIMEOUT_MS = 8000;
const BEAT_MS = 20_000;
const SOONEST_MS = 2_500;
const LONGEST_PAUSE_MS = 30_000;

export class Line {
  /**
   * @param {Played} played
   * @param {{play: string, beat: string, here: string}} addresses the latter two with PLAYER in place of the session
   * @param {string} csrf
   * @param {number} length of the video in seconds
   * @param {Listener} listener
   */
  constructor(played, addresses, csrf, length, listener) {
    this.played = played;
    this.addresses = addresses;
    this.csrf = csrf;
    this.length = length;
    this.listener = listener;
    this.player = "";
    this.position = 0;
    this.beatAt = 0;
    this.failures = 0;
    this.waitUntil = 0;
    /** Nothing more is counted from this page until somebody asks for it. */
    this.isOver = false;
    /** @type {Promise<unknown>} */
    this.working = Promise.resolve();
  }

  /** Begin to count; another page that counts stops. @returns {Promise<boolean>} */
  begin() {
    return this.inTurn(async () => {
      if (this.player) return true;
      const standing = await this.post(this.addresses.play, {});
      if (!standing?.player) return false;
      this.player = standing.player;
      this.beatAt = performance.now();
      this.isOver = false;
      this.listener.heard(standing);
      this.listener.mood("counting", "");
      return true;
    });
  }

  /** Time for a beat? @param {boolean} isUrgent as soon as decent */
  isDue(isUrgent) {
    const now = performance.now();
    return now >= this.waitUntil && now - this.beatAt >= (isUrgent ? SOONEST_MS : BEAT_MS);
  }

  /** Tell what was played. @param {number} position where the player stands */
  beat(position) {
    this.position = position;
    return this.inTurn(async () => {
      if (!this.player || this.isOver) return;
      const spans = this.played.take(this.length);
      this.beatAt = performance.now();
      const standing = await this.post(this.address(this.addresses.beat), { spans, at: Math.floor(position) });
      if (!standing) {
        this.played.back(spans);
        return;
      }
      this.listener.heard(standing);
      this.listener.mood("counting", "");
    });
  }

  /** "I am here." @param {number} number of the question @returns {Promise<Standing | null>} */
  here(number) {
    return this.inTurn(async () => {
      const standing = await this.post(this.address(this.addresses.here), { number });
      if (standing) this.listener.heard(standing);
      return standing;
    });
  }

  /** The page goes away: a last word without waiting for an answer. */
  farewell() {
    if (!this.player || this.isOver) return;
    const spans = this.played.take(this.length);
    if (spans.length === 0) return;
    const body = new URLSearchParams({
      csrf_token: this.csrf,
      beat: JSON.stringify({ spans, at: Math.floor(this.position) }),
    });
    if (!navigator.sendBeacon(this.address(this.addresses.beat), body)) this.played.back(spans);
  }

  /** Another page of this browser counts now. @param {string} words */
  yield(words) {
    this.player = "";
    this.isOver = true;
    this.listener.mood("elsewhere", words);
  }

  /** @param {string} address */
  address(address) {
    return address.replace("PLAYER", encodeURIComponent(this.player));
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  inTurn(work) {
    const next = this.working.then(work);
    this.working = next.catch(() => undefined);
    return next;
  }

  /**
   * @param {string} address
   * @param {object} body
   * @returns {Promise<Standing | null>} null: not counted; the listener has been told why
   */
  async post(address, body) {
    /** @type {Response} */
    let response;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), TIMEOUT_MS);
    try {
      response = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.csrf },
        body: JSON.stringify(body),
        signal: patience.signal,
        credentials: "same-origin",
        redirect: "error",
      });
    } catch {
      return this.failed("broken", "");
    } finally {
      clearTimeout(timer);
    }
    const reply = await response.json().catch(() => null);
    if (response.ok && reply) {
      this.failures = 0;
      this.waitUntil = 0;
      return reply;
    }
    return this.refused(response.status, reply?.code ?? "", reply?.message ?? "");
  }

  /**
   * @param {number} status
   * @param {string} code
   * @param {string} words
   */
  refused(status, code, words) {
    if (code === "played-elsewhere") return this.over("elsewhere", words);
    if (code === "learning-closed" || code === "learning-not-open") return this.over("closed", words);
    if (code === "player-silent" || code === "player-gone" || code === "player-not-found") {
      // The next second that plays opens a new session.
      this.player = "";
      this.listener.mood("silent", words);
      return null;
    }
    if (status === 401) return this.failed("signed-out", words);
    if (status >= 500 || status === 429 || status === 0) return this.failed("broken", "");
    return this.over("stopped", words);
  }

  /**
   * @param {Mood} mood
   * @param {string} words
   */
  over(mood, words) {
    this.player = "";
    this.isOver = true;
    this.listener.mood(mood, words);
    return null;
  }

  /**
   * @param {Mood} mood
   * @param {string} words
   */
  failed(mood, words) {
    this.failures += 1;
    const pause = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** Math.min(this.failures, 5)) * (0.5 + Math.random() / 2);
    this.waitUntil = performance.now() + pause;
    this.listener.mood(mood, words);
    return null;
  }
}
