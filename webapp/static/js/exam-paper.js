// @ts-check
/**
 * The questions and the answer card on the page: reading answers from inputs, writing them back,
 * showing the state of each.
 */

/** @typedef {import("./exam-outbox.js").Change} Change */
/** @typedef {import("./exam-sender.js").Ack} Ack */
/** @typedef {{slot: number, answer: string, flag: boolean}} Edit */
/** @typedef {"editing" | "pending" | "saved" | "refused"} Shown */

export class Paper {
  /**
   * @param {HTMLElement} page
   * @param {Record<string, string>} words
   */
  constructor(page, words) {
    this.page = page;
    this.words = words;
    /** @type {Map<number, HTMLElement>} */
    this.questions = new Map();
    /** @type {Map<number, number>} the newest sequence of each slot that stands on this page */
    this.seen = new Map();
    for (const found of page.querySelectorAll("[data-slot]")) {
      if (found instanceof HTMLElement) this.questions.set(Number(found.dataset.slot), found);
    }
    this.count();
  }

  /** @param {number} slot @returns {number} the highest sequence the server is known to hold */
  serverSeq(slot) {
    return Number(this.questions.get(slot)?.dataset.seq ?? 0);
  }

  /**
   * Acknowledgements of older changes no longer say anything about this slot.
   * @param {number} slot
   * @param {number} seq
   */
  newest(slot, seq) {
    this.seen.set(slot, Math.max(seq, this.seen.get(slot) ?? 0));
  }

  /** @param {(edit: Edit) => void} listener */
  onEdit(listener) {
    this.page.addEventListener("input", (event) => {
      const question = questionOf(event.target);
      if (!question) return;
      this.show(Number(question.dataset.slot), "editing");
      listener(this.read(question));
      this.count();
    });
    this.page.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("[data-clear]") : null;
      const question = questionOf(button);
      if (!button || !question) return;
      event.preventDefault();
      for (const input of answerInputs(question)) input.checked = false;
      listener(this.read(question));
      this.count();
    });
    this.page.addEventListener("submit", (event) => {
      if (event.target instanceof HTMLFormElement && event.target.matches("[data-slot] form")) {
        event.preventDefault();
      }
    });
  }

  /**
   * @param {HTMLElement} question
   * @returns {Edit}
   */
  read(question) {
    const flag = question.querySelector("input[name=flag]");
    return {
      slot: Number(question.dataset.slot),
      answer: answerOf(question),
      flag: flag instanceof HTMLInputElement && flag.checked,
    };
  }

  /**
   * Put an answer on the page that came from the outbox or another tab.
   * @param {Change} change
   */
  adopt(change) {
    const question = this.questions.get(change.slot);
    if (!question || change.seq < (this.seen.get(change.slot) ?? 0)) return;
    this.seen.set(change.slot, change.seq);
    writeAnswer(question, change.answer);
    const flag = question.querySelector("input[name=flag]");
    if (flag instanceof HTMLInputElement) flag.checked = change.flag;
    this.show(change.slot, "pending");
    this.count();
  }

  /** @param {Ack} ack */
  settle(ack) {
    const question = this.questions.get(ack.slot);
    if (!question) return;
    if (ack.state === "saved") question.dataset.seq = String(Math.max(ack.seq, this.serverSeq(ack.slot)));
    if (ack.seq >= (this.seen.get(ack.slot) ?? 0)) this.show(ack.slot, ack.state, ack.message);
  }

  /**
   * @param {number} slot
   * @param {Shown} state
   * @param {string} [message]
   */
  show(slot, state, message) {
    const question = this.questions.get(slot);
    const badge = question?.querySelector("[data-save-state]");
    if (!question || !(badge instanceof HTMLElement)) return;
    question.dataset.state = state;
    badge.dataset.saveState = state;
    badge.textContent = message ? `${this.words[state]}: ${message}` : (this.words[state] ?? "");
    const cell = this.page.querySelector(`[data-card="${slot}"]`);
    if (cell instanceof HTMLElement) cell.dataset.state = state;
  }

  /** Mark the answer card and tell how many are left. */
  count() {
    let left = 0;
    for (const [slot, question] of this.questions) {
      const { answer, flag } = this.read(question);
      if (!answer) left += 1;
      const cell = this.page.querySelector(`[data-card="${slot}"]`);
      cell?.toggleAttribute("data-answered", Boolean(answer));
      cell?.toggleAttribute("data-flagged", flag);
    }
    for (const place of this.page.querySelectorAll("[data-unanswered]")) place.textContent = String(left);
  }

  /** Nothing more can be changed on this page. */
  lock() {
    this.page.toggleAttribute("data-locked", true);
    for (const question of this.questions.values()) {
      const fields = question.querySelector("fieldset");
      if (fields) fields.disabled = true;
    }
  }
}

/**
 * @param {EventTarget | null} target
 * @returns {HTMLElement | null}
 */
function questionOf(target) {
  const found = target instanceof Element ? target.closest("[data-slot]") : null;
  return found instanceof HTMLElement ? found : null;
}

/**
 * @param {HTMLElement} question
 * @returns {HTMLInputElement[]}
 */
function answerInputs(question) {
  return [...question.querySelectorAll("input[name=answer]")].filter((found) => found instanceof HTMLInputElement);
}

/**
 * @param {HTMLElement} question
 * @returns {string}
 */
function answerOf(question) {
  const inputs = answerInputs(question);
  if (question.dataset.type === "fill") {
    const texts = inputs.map((input) => input.value);
    return texts.some((text) => text.trim()) ? JSON.stringify(texts) : "";
  }
  return inputs.filter((input) => input.checked).map((input) => input.value).join("");
}

/**
 * @param {HTMLElement} question
 * @param {string} answer
 */
function writeAnswer(question, answer) {
  const inputs = answerInputs(question);
  if (question.dataset.type === "fill") {
    /** @type {string[]} */
    const texts = answer ? JSON.parse(answer) : [];
    inputs.forEach((input, at) => {
      if (input !== document.activeElement) input.value = texts[at] ?? "";
    });
  } else {
    for (const input of inputs) input.checked = answer.includes(input.value);
  }
}
