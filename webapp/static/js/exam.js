// @ts-check
/**
 * The exam page: inputs to outbox, outbox to server, states to the eye. The page works without this
 * script too (each question is a form); with it, nothing typed can get lost.
 */

import { initAnnouncements } from "./lib/exam-announcements.js";
import { initCard } from "./lib/exam-card.js";
import { Countdown } from "./lib/exam-clock.js";
import { watchFocus } from "./lib/exam-focus.js";
import { initHelp } from "./lib/exam-help.js";
import { initLooks } from "./lib/exam-looks.js";
import { initMoves } from "./lib/exam-moves.js";
import { isStale, openOutbox } from "./lib/exam-outbox.js";
import { Paper } from "./lib/exam-paper.js";
import { initParts } from "./lib/exam-parts.js";
import { listen } from "./lib/exam-pulse.js";
import { Sender } from "./lib/exam-sender.js";

/** @typedef {import("./lib/exam-sender.js").Reply} Reply */

const page = document.getElementById("exam");
if (page) void start(page);

/** @param {HTMLElement} page */
async function start(page) {
  /** @type {{attempt: number, lease: string, csrf: string, remaining_s: number, section_s: number | null, urls: Record<"answers" | "heartbeat" | "token" | "receipt", string>, deadline_at?: string, pulse?: import("./lib/exam-pulse.js").Pulse, words: Record<string, string>}} */
  const { attempt, lease, csrf, remaining_s: remainingS, section_s: sectionS, urls, deadline_at: endsAt, pulse, words } = JSON.parse(page.dataset.page ?? "{}");
  document.getElementById("connection")?.remove(); // this page has a connection bar of its own
  const outbox = await openOutbox(attempt, lease);
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel(`exam-${attempt}`) : null;
  const paper = new Paper(page, words);
  const bar = element(page, "[data-connection]");

  const sender = new Sender(
    outbox,
    { answers: urls.answers, heartbeat: urls.heartbeat, token: urls.token },
    { lease, csrf },
    {
      settled(acks) {
        for (const ack of acks) paper.settle(ack);
        if (paper.unsaved() === 0) element(page, "[data-not-yet]").hidden = true;
        tabs?.postMessage({ acks });
      },
      heard,
      connection: showConnection,
      stopped,
    },
  );

  const countdown = new Countdown(
    element(page, "[data-clock-box]"),
    element(page, "[data-clock]"),
    element(page, "[data-voice]"),
    words.minutes ?? "",
    () => void timeIsUp(),
  );
  countdown.set(remainingS);
  const tellPart = initParts(page, sectionS, {
    saved: allSaved,
    notYet: showNotYet,
    lock: () => paper.lock(),
    minutes: words.partMinutes ?? "",
    over: words.partOver ?? "",
  });
  let deadlineAt = Date.parse(endsAt ?? "") || 0;
  /** @type {number | undefined} asks for the end after the time is over */
  let closing;
  let isOver = false;

  /** @param {Reply} reply */
  function heard(reply) {
    if (typeof reply.remaining_s === "number") countdown.set(reply.remaining_s);
    if (reply.section) tellPart(reply.section.remaining_s);
    if (closing && reply.remaining_s > 0) goOn();
    if (reply.deadline_at) tellExtension(Date.parse(reply.deadline_at));
    for (const message of reply.messages ?? []) announce(message);
    if (reply.state && reply.state !== "open") leave();
  }

  /** @param {number} at the deadline in milliseconds, as the server has just said */
  function tellExtension(at) {
    const minutes = Math.round((at - deadlineAt) / 6_000) / 10;
    if (deadlineAt && minutes > 0) {
      announce({ id: -at, text: (words.extended ?? "").replace("{n}", String(minutes)) });
    }
    deadlineAt = at;
  }

  /** @param {import("./lib/exam-sender.js").Announcement} message */
  function announce(message) {
    const list = element(page, "[data-announcements]");
    if (list.querySelector(`[data-announcement="${message.id}"]`)) return;
    const item = document.createElement("li");
    item.dataset.announcement = String(message.id);
    item.textContent = message.text;
    if (message.ack) item.dataset.ack = "";
    list.append(item);
    list.hidden = false;
  }

  /** @param {"good" | "broken" | "signed-out"} connection */
  function showConnection(connection) {
    bar.hidden = connection === "good" || isOver; // nobody is told to go on writing when time is over
    bar.dataset.connection = connection;
    element(bar, "[data-broken]").hidden = connection !== "broken";
    element(bar, "[data-signed-out]").hidden = connection !== "signed-out";
  }

  /**
   * @param {string} code
   * @param {string} message
   */
  function stopped(code, message) {
    paper.lock();
    if (isOver && code === "closed" && paper.unsaved() === 0) {
      leave(); // handed in by the clock with everything that was written
      return;
    }
    element(page, "[data-time-up]").hidden = true;
    const dialog = element(page, "[data-stopped]");
    element(dialog, "[data-stopped-words]").textContent = message;
    element(dialog, "[data-take-over]").hidden = code !== "lease-lost";
    element(dialog, "[data-to-receipt]").hidden = code === "lease-lost";
    dialog.hidden = false;
    dialog.scrollIntoView();
    dialog.focus();
  }

  function leave() {
    window.location.assign(urls.receipt);
  }

  async function timeIsUp() {
    paper.lock();
    tellOver(true);
    await sender.flush();
    clearInterval(closing);
    closing = setInterval(() => void sender.post(urls.heartbeat, { lease }), 3000);
  }

  /** @param {boolean} over for the eye and for a screen reader */
  function tellOver(over) {
    isOver = over;
    element(page, "[data-voice]").textContent = over ? (words.timeUp ?? "") : "";
    element(page, "[data-time-up]").hidden = !over;
    if (over) bar.hidden = true;
  }

  /** Time was given after the clock had run out: the paper is open again. */
  function goOn() {
    tellOver(false);
    clearInterval(closing);
    closing = undefined;
    paper.unlock();
  }

  /** @param {import("./lib/exam-paper.js").Edit} edit */
  async function changed(edit) {
    const change = await outbox.put(edit.slot, edit.answer, edit.flag, paper.serverSeq(edit.slot));
    element(page, "[data-memory-only]").hidden = outbox.durable;
    paper.newest(edit.slot, change.seq);
    paper.show(edit.slot, "unsent");
    paper.count();
    tabs?.postMessage({ change });
    sender.changed();
  }

  paper.onEdit((edit) => void changed(edit));
  if (tabs) {
    tabs.onmessage = (event) => {
      if (event.data.change) paper.adopt(event.data.change);
      for (const ack of event.data.acks ?? []) paper.settle(ack);
    };
  }
  await restore();
  for (const edit of paper.takeEarly()) await changed(edit);
  element(page, "[data-memory-only]").hidden = outbox.durable;
  page.dataset.ready = "true";
  listen(pulse, () => void sender.post(urls.heartbeat, { lease }));

  /** After a reload or a crash: what this browser still holds and the server does not know. */
  async function restore() {
    for (const change of await outbox.all()) {
      if (change.state === "refused") {
        if (change.seq > paper.serverSeq(change.slot)) paper.settle({ ...change, state: "refused" });
      } else if (change.seq <= paper.serverSeq(change.slot)) {
        await outbox.settle(change.slot, change.seq, "saved");
      } else if (isStale(change, lease, paper.serverSeq(change.slot))) {
        const message = (words.stale ?? "").replace("{answer}", plain(change.answer));
        await outbox.settle(change.slot, change.seq, "refused", message);
        paper.settle({ ...change, state: "refused", message });
      } else if (change.state === "unsent") {
        paper.adopt(change);
      }
    }
    sender.again();
  }

  // Leaving for the submit page waits until everything is saved, and stays when it cannot be.
  page.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("[data-submit-link]") : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    void submitWhenSaved(link.href);
  });

  /** @param {string} href */
  async function submitWhenSaved(href) {
    if (await allSaved()) window.location.assign(href);
    else showNotYet();
  }

  /** Send what is pending. @returns {Promise<boolean>} whether nothing waits any more */
  async function allSaved() {
    await sender.flush();
    const isWaiting = (await outbox.all()).some((change) => change.state === "unsent");
    element(page, "[data-not-yet]").hidden = !isWaiting;
    return !isWaiting;
  }

  function showNotYet() {
    const sheet = page.querySelector("dialog[data-card-sheet][open]");
    if (sheet instanceof HTMLDialogElement) sheet.close(); // the words stand under it
    element(page, "[data-not-yet]").hidden = false;
    element(page, "[data-not-yet]").focus();
  }

  // Where the browser keeps nothing, closing the page would lose what is not saved yet: it asks first.
  window.addEventListener("beforeunload", (event) => {
    if (outbox.durable || paper.unsaved() === 0) return;
    event.preventDefault();
    event.returnValue = true; // what older browsers go by
  });
  initAnnouncements(page, () => sender.ticket.csrf);
  initHelp(page, outbox, () => sender.ticket.csrf);
  initLooks(page);
  initCard(page, initMoves(page));
  watchFocus(page, () => sender.ticket.csrf);
}

/** @param {string} answer as stored @returns {string} for people: the letters, or the texts of the blanks */
function plain(answer) {
  return answer.startsWith("[") ? JSON.parse(answer).join(" / ") : answer || "–";
}

/**
 * @param {HTMLElement} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
function element(root, selector) {
  const found = root.matches(selector) ? root : root.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`missing ${selector}`);
  return found;
}
