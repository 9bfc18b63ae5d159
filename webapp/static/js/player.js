// @ts-check
/**
 * The player page: notes what is played, tells the server, shows what the server counts. Playing counts,
 * also behind other windows; whether somebody watches is asked now and then.
 */

import { Line } from "./lib/player-line.js";
import { Meter, clockText } from "./lib/player-meter.js";
import { Presence } from "./lib/player-presence.js";
import { Played } from "./lib/player-spans.js";

/** @typedef {import("./lib/player-line.js").Standing} Standing */
/** @typedef {import("./lib/player-line.js").Mood} Mood */

const page = document.getElementById("player");
if (page) start(page);

/** @param {HTMLElement} page */
function start(page) {
  /** @type {{counts: boolean, csrf: string, length_s: number, resume_s: number, max_speed: number, standing: Standing, urls: {play: string, beat: string, here: string, video: string, low: string}, words: Record<string, string>}} */
  const given = JSON.parse(page.dataset.page ?? "{}");
  const { words, urls } = given;
  const video = /** @type {HTMLVideoElement} */ (element(page, "video"));
  const mood = element(page, "[data-mood]");
  const elsewhere = element(page, "[data-elsewhere]");
  const signedOut = element(page, "[data-signed-out]");
  const played = new Played();
  const meter = new Meter(page, given.length_s, words);
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("jiangsai-player") : null;
  let counts = given.counts;
  let isBeginning = false;
  let isBroken = false;

  const line = new Line(played, urls, given.csrf, given.length_s, { heard, mood: changed });
  const presence = new Presence(
    /** @type {HTMLDialogElement} */ (element(page, "dialog")),
    element(page, "[data-voice]"),
    words,
    async (number) => {
      const standing = await line.here(number);
      if (!standing) return false;
      if (standing.in_time === false) say(words.tooLate ?? "");
      void video.play().catch(() => undefined);
      return true;
    },
  );
  if (counts) meter.show(given.standing);

  /** @param {Standing} standing */
  function heard(standing) {
    meter.show(standing);
    meter.waiting(played.spans);
    if (standing.said) element(page, "[data-points-said]").textContent = standing.said;
    if (standing.credited) htmxTrigger("points-changed");
    if (standing.credited_s >= standing.enough_s) {
      document.querySelector("[data-next]")?.classList.replace("btn-secondary", "btn-primary");
    }
    if (standing.question) video.pause();
    presence.show(standing.question);
  }

  /**
   * @param {Mood} now
   * @param {string} said
   */
  function changed(now, said) {
    isBroken = now === "broken" || now === "signed-out";
    elsewhere.hidden = now !== "elsewhere";
    signedOut.hidden = now !== "signed-out";
    if (now === "elsewhere") {
      video.pause();
      element(elsewhere, "[data-elsewhere-words]").textContent = said || (words.elsewhere ?? "");
      elsewhere.focus();
    }
    if (now === "closed" || now === "stopped") counts = false;
    if (now === "counting") tellMood();
    else say(isBroken ? (words.broken ?? "") : now === "elsewhere" ? (words.paused ?? "") : said);
  }

  function tellMood() {
    if (!counts || isBroken || line.isOver) return;
    say((video.paused ? words.paused : line.player ? words.counting : words.beginning) ?? "");
  }

  /** @param {string} text */
  function say(text) {
    if (mood.textContent !== text) mood.textContent = text;
  }

  async function begin() {
    if (!counts || line.player || line.isOver || isBeginning || presence.isOpen) return;
    if (performance.now() < line.waitUntil) return;
    isBeginning = true;
    const began = await line.begin();
    isBeginning = false;
    if (began) tabs?.postMessage("began");
  }

  /** @param {boolean} isUrgent */
  function beat(isUrgent) {
    if (line.player && line.isDue(isUrgent)) void line.beat(video.currentTime);
  }

  video.addEventListener("play", () => {
    if (presence.isOpen) {
      video.pause();
      return;
    }
    played.jump(video.currentTime);
    tellMood();
    void begin();
  });
  video.addEventListener("timeupdate", () => {
    if (video.paused || video.seeking) return;
    played.reach(video.currentTime);
    meter.waiting(counts ? played.spans : []);
    if (meter.wouldBeEnough(played.seconds())) beat(true);
  });
  video.addEventListener("seeking", () => played.jump(null));
  video.addEventListener("seeked", () => played.jump(video.currentTime));
  for (const name of ["pause", "ended"]) {
    video.addEventListener(name, () => {
      if (!video.seeking) played.reach(video.currentTime);
      tellMood();
      if (line.player && performance.now() >= line.waitUntil && played.seconds() >= 1) {
        void line.beat(video.currentTime);
      }
    });
  }
  setInterval(() => {
    if (!video.paused) void begin();
    if (!video.paused || played.seconds() >= 1) beat(false);
  }, 1000);
  window.addEventListener("online", () => {
    line.waitUntil = 0;
    beat(true);
  });
  window.addEventListener("pagehide", () => line.farewell());
  if (tabs) {
    tabs.onmessage = () => {
      if (line.player) line.yield(words.elsewhere ?? "");
    };
  }
  element(elsewhere, "[data-watch-here]").addEventListener("click", () => {
    line.isOver = false;
    elsewhere.hidden = true;
    void video.play().catch(() => undefined);
    void begin();
  });

  initSpeed();
  initQuality();
  resume(given.resume_s);
  tellMood();
  page.dataset.ready = "true";

  /** Go on where the person left off, on whatever device. @param {number} at */
  function resume(at) {
    if (at < 3 || at > given.length_s - 5) return;
    const go = () => {
      video.currentTime = at;
    };
    if (video.readyState >= HTMLMediaElement.HAVE_METADATA) go();
    else video.addEventListener("loadedmetadata", go, { once: true });
    const note = element(page, "[data-resumed]");
    element(note, "[data-resumed-at]").textContent = clockText(at);
    note.hidden = false;
    element(note, "[data-from-start]").addEventListener("click", () => {
      video.currentTime = 0;
      note.hidden = true;
      video.focus();
    });
  }

  function initSpeed() {
    const choice = /** @type {HTMLSelectElement} */ (element(page, "[data-speed]"));
    const note = element(page, "[data-too-fast]");
    const apply = () => {
      video.defaultPlaybackRate = Number(choice.value);
      video.playbackRate = Number(choice.value);
    };
    choice.addEventListener("change", apply);
    video.addEventListener("ratechange", () => {
      note.hidden = !counts || video.playbackRate <= given.max_speed;
      if ([...choice.options].some((option) => Number(option.value) === video.playbackRate)) {
        choice.value = String(video.playbackRate);
      }
    });
    apply(); // a reloaded form remembers its choice
  }

  function initQuality() {
    const choice = page.querySelector("[data-quality]");
    if (!(choice instanceof HTMLSelectElement) || !urls.low) return;
    const connection = /** @type {{connection?: {saveData?: boolean}}} */ (navigator).connection;
    if (connection?.saveData) choice.value = "low";
    const apply = () => {
      const source = choice.value === "low" ? urls.low : urls.video;
      if (new URL(source, location.href).href === video.src) return;
      const at = video.currentTime;
      const wasPlaying = !video.paused;
      played.jump(null);
      video.addEventListener(
        "loadedmetadata",
        () => {
          video.currentTime = at;
          if (wasPlaying) void video.play().catch(() => undefined);
        },
        { once: true },
      );
      video.src = source;
    };
    choice.addEventListener("change", apply);
    apply();
  }
}

/** The panel of points listens to this. @param {string} name */
function htmxTrigger(name) {
  document.body.dispatchEvent(new CustomEvent(name, { bubbles: true }));
}

/**
 * @param {HTMLElement} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
function element(root, selector) {
  const found = root.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`missing ${selector}`);
  return found;
}
