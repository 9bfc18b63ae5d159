// @ts-check
/**
 * The pulse: asks every four seconds whether something new concerns this page (extra time, words of the
 * host, a decision about this attempt). The answer is a handful of numbers; only when one of ours has
 * moved does the page send one heartbeat, which brings the new deadline and words.
 */

const SHORTEST_MS = 3600;
const SPREAD_MS = 600;
const ASK_AFTER_MS = 250;
const ASK_SPREAD_MS = 250;
const TIMEOUT_MS = 3000;

/** @typedef {{url: string, marks: string[]}} Pulse */

/**
 * @param {Pulse | undefined} pulse
 * @param {() => unknown} moved something that concerns this page is new
 */
export function listen(pulse, moved) {
  if (!pulse || !pulse.url) return;
  const { url, marks } = pulse;
  let known = "";
  /** @type {number | undefined} */
  let timer;

  async function ask() {
    clearTimeout(timer);
    try {
      const gaveUp = new AbortController();
      const limit = setTimeout(() => gaveUp.abort(), TIMEOUT_MS);
      const response = await fetch(url, { credentials: "omit", cache: "no-store", signal: gaveUp.signal });
      clearTimeout(limit);
      if (response.ok) hear(await response.json());
    } catch {
      // The connection bar tells about lost connections; heartbeats and answers bring the time left too.
    }
    timer = setTimeout(() => void ask(), SHORTEST_MS + Math.random() * SPREAD_MS);
  }

  /** @param {Record<string, string>} revisions */
  function hear(revisions) {
    const ours = marks.map((name) => revisions[name] || "").join("|");
    const isNew = ours !== known && ours.replace(/\|/g, "") !== "";
    known = ours;
    // A short pause spreads the heartbeats of a whole hall, and lets every server process hear it too.
    if (isNew) setTimeout(moved, ASK_AFTER_MS + Math.random() * ASK_SPREAD_MS);
  }

  // Phones stop the timers of hidden pages: ask at once when the page is looked at again.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void ask();
  });
  void ask();
}
