// @ts-check
/**
 * A judge's sheet on a tablet. Every value goes into IndexedDB at once and to the server as soon as there is a
 * network; beside each field stands whether it is saved. Without this script the form does the same in one go.
 */

import { isStale, openOutbox } from "./lib/exam-outbox.js";

/** @typedef {import("./lib/exam-outbox.js").Change} Change */
/** @typedef {import("./lib/exam-outbox.js").Outbox} Outbox */
/** @typedef {{device: string, seq: number, item: string, value: string}} Sent */
/** @typedef {{seq: number, item: string, state: "saved" | "refused", message: string}} Ack */

const DATABASE = "jiangsai-judging";
const SOON_MS = 300;
const LONGEST_PAUSE_MS = 15000;
const TIMEOUT_MS = 8000;

class Sheet {
  /** @param {HTMLFormElement} form @param {Outbox} outbox @param {string} device of this page */
  constructor(form, outbox, device) {
    this.form = form;
    this.words = form.dataset;
    this.outbox = outbox;
    this.device = device;
    this.said = document.getElementById("sheet-said");
    this.fields = /** @type {(HTMLInputElement | HTMLSelectElement)[]} */ ([
      ...form.querySelectorAll("[data-item]"),
    ]);
    this.failures = 0;
    this.timer = 0;
    this.pressed = "save";
    this.isLeaving = false;
    /** @type {Promise<void>} one sending after the other */
    this.working = Promise.resolve();
  }

  /** @param {number} slot */
  code(slot) {
    const field = this.fields[slot];
    return (field && field.dataset.item) || "";
  }

  /** @param {string | undefined} words */
  tell(words) {
    if (!this.said) return;
    this.said.textContent = words || "";
    this.said.scrollIntoView({ block: "nearest" });
  }

  /** What stands beside a field. @param {number} slot @param {Change["state"]} [state] @param {string} [message] */
  show(slot, state, message = "") {
    const place = this.form.querySelector(`[data-state-of="${CSS.escape(this.code(slot))}"]`);
    if (!place) return;
    const texts = { saved: this.words.saved, unsent: this.words.unsent, refused: `${this.words.refused}${message}` };
    place.textContent = (state && texts[state]) || "";
    place.classList.toggle("text-danger", state === "refused");
  }

  /** Put back what this browser kept and the server may not have. */
  async restore() {
    for (const change of await this.outbox.all()) {
      const field = this.fields[change.slot];
      if (!field) continue;
      const known = Number(field.dataset.seq);
      if (change.state === "unsent" && isStale(change, this.device, known)) {
        // It arrived, or a newer value did, and no answer came back: what the page shows is what is kept.
        await this.outbox.settle(change.slot, change.seq, "saved");
        this.show(change.slot, "saved");
      } else if (change.state === "unsent" || change.seq > known) {
        // Sent or refused, and newer than this page: the page was kept for the time without network.
        field.value = change.answer;
        this.show(change.slot, change.state, change.message);
      }
    }
  }

  listen() {
    this.fields.forEach((field, slot) => field.addEventListener("change", () => void this.keep(field, slot)));
    for (const button of this.form.querySelectorAll("button")) {
      // Old web views do not tell which button submits: the last click does.
      button.addEventListener("click", () => (this.pressed = button.value));
    }
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.leave();
    });
    window.addEventListener("pageshow", () => (this.isLeaving = false));
    window.addEventListener("online", () => this.plan(0));
    document.addEventListener("visibilitychange", () => this.plan(0));
  }

  /** @param {HTMLInputElement | HTMLSelectElement} field @param {number} slot */
  async keep(field, slot) {
    const change = await this.outbox.put(slot, field.value, false, Number(field.dataset.seq));
    this.show(slot, change.state);
    if (!this.outbox.durable) this.tell(this.words.memory);
    this.plan(this.failures ? 0 : SOON_MS);
  }

  /** @param {number} delay */
  plan(delay) {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.flush(), delay);
  }

  flush() {
    this.working = this.working.then(() => this.send()).catch(() => undefined);
    return this.working;
  }

  async pending() {
    return (await this.outbox.all()).filter((change) => change.state === "unsent");
  }

  async send() {
    const changes = await this.pending();
    if (changes.length === 0) return;
    const reply = await this.post(
      changes.map((change) => ({
        device: change.lease || this.device,
        seq: change.seq,
        item: this.code(change.slot),
        value: change.answer,
      })),
    );
    if (!reply) {
      this.failures += 1;
      this.plan(Math.min(LONGEST_PAUSE_MS, 500 * 2 ** this.failures));
      return;
    }
    this.failures = 0;
    for (const ack of reply) await this.settle(changes, ack);
    if ((await this.pending()).length > 0) this.plan(SOON_MS);
  }

  /** @param {Change[]} changes that were sent @param {Ack} ack */
  async settle(changes, ack) {
    const change = changes.find((one) => one.seq === ack.seq && this.code(one.slot) === ack.item);
    if (!change) return;
    await this.outbox.settle(change.slot, change.seq, ack.state, ack.message);
    const newest = (await this.outbox.all()).find((one) => one.slot === change.slot);
    if (newest) this.show(change.slot, newest.state, newest.message);
  }

  /** @param {Sent[]} items @returns {Promise<Ack[] | null>} null: not now */
  async post(items) {
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), TIMEOUT_MS);
    try {
      const token = /** @type {HTMLInputElement} */ (this.form.elements.namedItem("csrf_token")).value;
      const answer = await fetch(this.words.changes || "", {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ items }),
        signal: stop.signal,
      });
      const reply = await answer.json();
      if (answer.ok) return reply.items;
      if (reply.message) this.tell(reply.message);
      return null;
    } catch {
      return null;
    } finally {
      clearTimeout(clock);
    }
  }

  /** The form goes to the server only when every value is there; else the page stays and says so. */
  async leave() {
    if (this.isLeaving) return;
    this.isLeaving = true;
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur(); // its value is a change too
    await this.flush();
    if (!navigator.onLine || (await this.pending()).length > 0) {
      this.isLeaving = false;
      this.tell(this.words.waiting);
      return;
    }
    const choice = document.createElement("input");
    choice.type = "hidden";
    choice.name = "do";
    choice.value = this.pressed;
    this.form.append(choice);
    this.form.submit(); // old web views know no requestSubmit
  }
}

/** @param {HTMLFormElement} form */
async function run(form) {
  const device = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16)).join("");
  const outbox = await openOutbox(Number(form.dataset.sheet), device, DATABASE);
  const sheet = new Sheet(form, outbox, device);
  await sheet.restore();
  sheet.listen();
  sheet.plan(0);
  form.dataset.ready = "yes";
}

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("sheet"));
if (form) void run(form);
