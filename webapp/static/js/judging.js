// @ts-check
/**
 * A judge's sheet on a tablet. Every value goes into IndexedDB at once and to the server as soon as there is a
 * network; beside each field stands whether it is saved. Without this script the form does the same in one go.
 */

import { isStale, openOutbox } from "./lib/exam-outbox.js";

/** @typedef {import("./lib/exam-outbox.js").Change} Change */
/** @typedef {{seq: number, item: string, state: "saved" | "refused", message: string}} Ack */

const DATABASE = "jiangsai-judging";
const SOON_MS = 300;
const LONGEST_PAUSE_MS = 15000;
const TIMEOUT_MS = 8000;

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("sheet"));

/** @param {HTMLFormElement} sheet */
async function run(sheet) {
  const words = sheet.dataset;
  const said = document.getElementById("sheet-said");
  const fields = /** @type {(HTMLInputElement | HTMLSelectElement)[]} */ ([...sheet.querySelectorAll("[data-item]")]);
  const device = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16)).join("");
  const outbox = await openOutbox(Number(words.sheet), device, DATABASE);
  let failures = 0;
  /** @type {number | undefined} */
  let timer;
  let working = Promise.resolve();

  /** @param {number} slot @param {string} [message] @param {Change["state"]} [state] */
  function show(slot, state, message = "") {
    const place = sheet.querySelector(`[data-state-of="${CSS.escape(fields[slot]?.dataset.item ?? "")}"]`);
    if (!place) return;
    const texts = { saved: words.saved, unsent: words.unsent, refused: `${words.refused}${message}` };
    place.textContent = state ? (texts[state] ?? "") : "";
    place.classList.toggle("text-danger", state === "refused");
  }

  /** @param {number} delay */
  function plan(delay) {
    clearTimeout(timer);
    timer = window.setTimeout(() => void flush(), delay);
  }

  function flush() {
    working = working.then(send).catch(() => undefined);
    return working;
  }

  async function pending() {
    return (await outbox.all()).filter((change) => change.state === "unsent");
  }

  async function send() {
    const changes = await pending();
    if (changes.length === 0) return;
    const items = changes.map((change) => ({
      device: change.lease ?? device,
      seq: change.seq,
      item: fields[change.slot]?.dataset.item ?? "",
      value: change.answer,
    }));
    const reply = await post(items);
    if (!reply) {
      failures += 1;
      plan(Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures));
      return;
    }
    failures = 0;
    for (const ack of reply) {
      const change = changes.find((one) => one.seq === ack.seq && fields[one.slot]?.dataset.item === ack.item);
      if (!change) continue;
      await outbox.settle(change.slot, change.seq, ack.state, ack.message);
      const newest = (await outbox.all()).find((one) => one.slot === change.slot);
      show(change.slot, newest?.state, newest?.message);
    }
    if ((await pending()).length > 0) plan(SOON_MS);
  }

  /** @param {{device: string, seq: number, item: string, value: string}[]} items @returns {Promise<Ack[] | null>} */
  async function post(items) {
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), TIMEOUT_MS);
    try {
      const token = /** @type {HTMLInputElement} */ (sheet.elements.namedItem("csrf_token")).value;
      const answer = await fetch(words.changes ?? "", {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ items }),
        signal: stop.signal,
      });
      const reply = await answer.json();
      if (answer.ok) return reply.items;
      if (said && reply.message) said.textContent = reply.message;
      return null;
    } catch {
      return null;
    } finally {
      clearTimeout(clock);
    }
  }

  for (const change of await outbox.all()) {
    const field = fields[change.slot];
    if (!field) continue;
    if (change.state === "saved" && change.seq > Number(field.dataset.seq)) {
      field.value = change.answer; // the page is older than what was sent from it: it was kept for offline use
      show(change.slot, "saved");
    }
    if (change.state !== "unsent") continue;
    if (isStale(change, device, Number(field.dataset.seq))) {
      await outbox.settle(change.slot, change.seq, "saved");
      continue;
    }
    field.value = change.answer;
    show(change.slot, "unsent");
  }
  fields.forEach((field, slot) => {
    field.addEventListener("change", async () => {
      const change = await outbox.put(slot, field.value, false, Number(field.dataset.seq));
      show(slot, change.state);
      if (said && !outbox.durable) said.textContent = words.memory ?? "";
      plan(failures ? 0 : SOON_MS);
    });
  });
  let sending = false;
  sheet.addEventListener("submit", async (event) => {
    if (sending) return;
    const button = event.submitter;
    event.preventDefault();
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    await flush();
    if ((await pending()).length > 0) {
      if (said) {
        said.textContent = words.waiting ?? "";
        said.scrollIntoView({ block: "nearest" });
      }
      return;
    }
    sending = true;
    sheet.requestSubmit(button instanceof HTMLElement ? button : null);
  });
  window.addEventListener("online", () => plan(0));
  document.addEventListener("visibilitychange", () => plan(0));
  plan(0);
  sheet.dataset.ready = "yes";
}

if (form) void run(form);
