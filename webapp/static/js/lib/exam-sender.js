// @ts-check
/**
 * Brings the outbox to the server: soon after a change, in one request at a time, again and again with
 * growing pauses while the connection is broken. An answer is "saved" only after the server has said so.
 */

/** @typedef {import("./exam-outbox.js").Outbox} Outbox */
/** @typedef {{slot: number, seq: number, state: "saved" | "refused" | "superseded", server_seq?: number, message?: string}} Ack */
/** @typedef {{id: number, text: string, ack?: boolean}} Announcement */
/**
 * @typedef {object} Reply
 * @property {string} state of the attempt
 * @property {number} remaining_s
 * @property {string} [deadline_at]
 * @property {{number: number | null, remaining_s: number | null}} [section] the part that is being written
 * @property {Ack[]} [items]
 * @property {Announcement[]} messages
 * @property {string} [code]
 * @property {string} [message]
 */
/**
 * @typedef {object} Listener
 * @property {(acks: Ack[]) => void} settled
 * @property {(reply: Reply) => void} heard every answer of the server
 * @property {(connection: "good" | "broken" | "signed-out") => void} connection
 * @property {(code: string, message: string) => void} stopped nothing more can be saved from this page
 */
/**
 * @typedef {object} Addresses
 * @property {string} answers
 * @property {string} heartbeat
 * @property {string} token
 */

const SOON_MS = 400;
const LATEST_MS = 1500;
const TIMEOUT_MS = 8000;
const HEARTBEAT_MS = 20000;
const LONGEST_PAUSE_MS = 15000;
const BATCH = 100;
const FINAL = new Set(["closed", "too-late", "void", "lease-lost", "attempt-not-found", "not-started"]);

export class Sender {
  /**
   * @param {Outbox} outbox
   * @param {Addresses} addresses
   * @param {{lease: string, csrf: string}} ticket
   * @param {Listener} listener
   */
  constructor(outbox, addresses, ticket, listener) {
    this.outbox = outbox;
    this.addresses = addresses;
    this.ticket = ticket;
    this.listener = listener;
    this.failures = 0;
    this.firstChangeAt = 0;
    this.lastHeardAt = performance.now();
    this.stoppedBy = "";
    /** @type {number | undefined} */
    this.timer = undefined;
    /** @type {Promise<void>} */
    this.working = Promise.resolve();
    setInterval(() => this.beat(), 5000);
    window.addEventListener("online", () => this.again());
    window.addEventListener("offline", () => this.listener.connection("broken"));
    document.addEventListener("visibilitychange", () => this.again());
  }

  /** A change is in the outbox: send it soon, at the latest LATEST_MS after the first unsent one. */
  changed() {
    const now = performance.now();
    this.firstChangeAt ||= now;
    if (this.failures === 0) this.plan(Math.max(0, Math.min(SOON_MS, this.firstChangeAt + LATEST_MS - now)));
  }

  /** The connection may be back: try at once. */
  again() {
    this.plan(0);
  }

  /** @param {number} delayMs */
  plan(delayMs) {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.flush(), delayMs);
  }

  /** Send all that is pending; resolves when tried. @returns {Promise<void>} */
  flush() {
    this.working = this.working.then(() => this.withLock(() => this.sendPending())).catch(() => undefined);
    return this.working;
  }

  /**
   * One tab of a browser sends at a time.
   * @param {() => Promise<void>} work
   */
  async withLock(work) {
    // Old web views have no locks: two tabs then send twice, which the server takes as one.
    if (navigator.locks) await navigator.locks.request(`exam-sender-${this.addresses.answers}`, work);
    else await work();
  }

  async sendPending() {
    while (!this.stoppedBy) {
      const pending = (await this.outbox.all()).filter((change) => change.state === "unsent").slice(0, BATCH);
      this.firstChangeAt = 0;
      if (pending.length === 0) {
        // Nothing to send, but the connection is down: only an answer of the server ends that.
        if (this.failures > 0) await this.post(this.addresses.heartbeat, { lease: this.ticket.lease });
        return;
      }
      const items = pending.map(({ slot, seq, answer, flag }) => ({ slot, seq, answer, flag }));
      const reply = await this.post(this.addresses.answers, { lease: this.ticket.lease, items });
      if (!reply) return;
      const acks = reply.items ?? [];
      for (const ack of acks) await this.settle(ack, pending);
      this.listener.settled(acks.filter((ack) => ack.state !== "superseded"));
      if (acks.length === 0) return;
    }
  }

  /**
   * Superseded: the server holds a newer number for this slot (another tab without a shared store). What
   * the contestant did last here is still a wish: it is put again with a higher number.
   * @param {Ack} ack
   * @param {import("./exam-outbox.js").Change[]} sent
   */
  async settle(ack, sent) {
    if (ack.state !== "superseded") {
      await this.outbox.settle(ack.slot, ack.seq, ack.state, ack.message);
      return;
    }
    const now = (await this.outbox.all()).find((change) => change.slot === ack.slot);
    const mine = sent.find((change) => change.slot === ack.slot);
    if (now && mine && now.seq === mine.seq) {
      await this.outbox.put(now.slot, now.answer, now.flag, ack.server_seq ?? now.seq);
    }
  }

  /** Ask how things stand when nothing was heard for a while. */
  async beat() {
    if (this.stoppedBy || performance.now() - this.lastHeardAt < HEARTBEAT_MS || document.hidden) return;
    if (this.failures > 0) return;
    await this.post(this.addresses.heartbeat, { lease: this.ticket.lease });
  }

  /**
   * @param {string} address
   * @param {object} body
   * @returns {Promise<Reply | null>} null when it has to be tried again later, or never
   */
  async post(address, body) {
    /** @type {Response} */
    let response;
    /** @type {any} */
    let reply;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), TIMEOUT_MS);
    try {
      response = await fetch(address, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Accept: "application/json",
          "X-CSRFToken": this.ticket.csrf,
        },
        body: JSON.stringify(body),
        signal: patience.signal,
        credentials: "same-origin",
        redirect: "error",
      });
      // Within the same patience: a line that dies in the middle of the answer must not hold up the next try.
      reply = await response.json().catch(() => null);
    } catch {
      return this.failed("broken", 0);
    } finally {
      clearTimeout(timer);
    }
    if (response.ok && reply) return this.heard(reply);
    const code = reply?.code ?? "";
    if (FINAL.has(code)) return this.stop(code, reply);
    if (response.status === 401) return this.failed("signed-out", 3000);
    if (code === "csrf") return this.failed((await this.refreshToken()) ? "good" : "signed-out", 500);
    return this.failed("broken", 1000 * Number(response.headers.get("Retry-After") ?? 0));
  }

  /** @param {Reply} reply */
  heard(reply) {
    this.failures = 0;
    this.lastHeardAt = performance.now();
    this.listener.connection("good");
    this.listener.heard(reply);
    return reply;
  }

  /**
   * @param {string} code
   * @param {Reply} reply
   */
  stop(code, reply) {
    this.stoppedBy = code;
    this.listener.heard(reply);
    this.listener.stopped(code, reply.message ?? "");
    return null;
  }

  /**
   * @param {"good" | "broken" | "signed-out"} connection
   * @param {number} atLeastMs
   */
  async failed(connection, atLeastMs) {
    this.failures += 1;
    this.listener.connection(connection);
    if (connection === "signed-out") await this.refreshToken();
    const pause = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** Math.min(this.failures, 6)) * (0.5 + Math.random() / 2);
    this.plan(Math.max(pause, atLeastMs));
    return null;
  }

  /** A fresh token after signing in again in another tab. @returns {Promise<boolean>} */
  async refreshToken() {
    try {
      const response = await fetch(this.addresses.token, { headers: { Accept: "application/json" } });
      if (!response.ok) return false;
      this.ticket.csrf = (await response.json()).csrf;
      return true;
    } catch {
      return false;
    }
  }
}
