// @ts-check
/**
 * The questions and the answer card on the page: reading answers from inputs, writing them back,
 * showing the state of each.
 */

/** @typedef {import("./exam-outbox.js").Change} Change */
/** @typedef {import("./exam-sender.js").Ack} Ack */
/** @typedef {{slot: number, answer: string, flag: boolean}} Edit */
/** @typedef {"empty" | "editing" | "unsent" | "saved" | "refused"} Shown */

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
    /** @type {Map<number, HTMLElement>} */
    this.cells = new Map();
    /** @type {Map<number, number>} the newest sequence of each slot that stands on this page */
    this.seen = new Map();
    /** @type {Map<number, Edit>} what was chosen before this script ran: nobody has heard of it yet */
    this.early = new Map();
    for (const found of page.querySelectorAll("[data-slot]")) {
      if (found instanceof HTMLElement) this.questions.set(Number(found.dataset.slot), found);
    }
    for (const found of page.querySelectorAll("[data-card]")) {
      if (found instanceof HTMLElement) this.cells.set(Number(found.dataset.card), found);
    }
    for (const [slot, question] of this.questions) {
      const isEarly = answerOf(question) !== answerOf(question, GIVEN);
      if (isEarly) this.early.set(slot, this.read(question));
      this.show(slot, isEarly ? "editing" : answerOf(question) ? "saved" : "empty");
      const flag = question.querySelector("[data-flag]");
      if (flag instanceof HTMLElement) this.press(flag, flag.getAttribute("aria-pressed") === "true");
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
    /** @param {EventTarget | null} target */
    const edited = (target) => {
      const question = target instanceof Element ? target.closest("[data-slot]") : null;
      if (!(question instanceof HTMLElement)) return;
      keepOnce(target);
      this.early.delete(Number(question.dataset.slot));
      this.show(Number(question.dataset.slot), "editing");
      listener(this.read(question));
      this.count();
    };
    this.page.addEventListener("input", (event) => edited(event.target));
    this.page.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("[data-flag]") : null;
      if (!(button instanceof HTMLElement)) return;
      this.press(button, button.getAttribute("aria-pressed") !== "true");
      edited(button);
    });
    // Enter in a text field must not send the plain form; taking over is the one real submission. Old web
    // views do not tell which button submits, so the last click does.
    let takesOver = false;
    this.page.addEventListener("click", (event) => {
      takesOver = event.target instanceof Element && event.target.closest("[data-take-over-button]") !== null;
    });
    this.page.addEventListener("submit", (event) => {
      if (!takesOver) event.preventDefault();
    });
  }

  /**
   * @param {HTMLElement} button
   * @param {boolean} on
   */
  press(button, on) {
    button.setAttribute("aria-pressed", String(on));
    button.textContent = (on ? this.words.flagged : this.words.flag) ?? "";
  }

  /**
   * @param {HTMLElement} question
   * @returns {Edit}
   */
  read(question) {
    const flag = question.querySelector("[data-flag]")?.getAttribute("aria-pressed") === "true";
    return { slot: Number(question.dataset.slot), answer: answerOf(question), flag };
  }

  /**
   * Put an answer on the page that came from the outbox or another tab.
   * @param {Change} change
   */
  adopt(change) {
    const question = this.questions.get(change.slot);
    if (!question) this.mark(change.slot, "unsent");
    if (!question || change.seq < (this.seen.get(change.slot) ?? 0)) return;
    this.newest(change.slot, change.seq);
    writeAnswer(question, change.answer);
    const flag = question.querySelector("[data-flag]");
    if (flag instanceof HTMLElement) this.press(flag, change.flag);
    this.show(change.slot, "unsent");
    this.count();
  }

  /** @returns {Edit[]} what was chosen before this script ran and not changed since; put back on the page */
  takeEarly() {
    const found = [...this.early.values()];
    this.early.clear();
    for (const { slot, answer } of found) {
      const question = this.questions.get(slot);
      if (question) writeAnswer(question, answer);
    }
    return found;
  }

  /** @param {Ack} ack */
  settle(ack) {
    const question = this.questions.get(ack.slot);
    if (ack.state === "superseded") return;
    if (!question) {
      this.mark(ack.slot, ack.state);
      return;
    }
    if (ack.state === "saved") question.dataset.seq = String(Math.max(ack.seq, this.serverSeq(ack.slot)));
    if (ack.seq >= (this.seen.get(ack.slot) ?? 0)) this.show(ack.slot, ack.state, ack.message);
    this.count();
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
    const isEmpty = state === "saved" && !answerOf(question);
    badge.dataset.state = isEmpty ? "empty" : state;
    badge.textContent = message ?? this.words[isEmpty ? "empty" : state] ?? "";
    const cell = this.cells.get(slot);
    if (cell) cell.dataset.state = isEmpty ? "empty" : state === "editing" ? "unsent" : state;
  }

  /**
   * A question that is not on this page: only its cell on the answer card tells how it stands.
   * @param {number} slot
   * @param {Shown} state
   */
  mark(slot, state) {
    const cell = this.cells.get(slot);
    if (cell) cell.dataset.state = state;
    this.count();
  }

  /** @returns {number} how many answers the server has not acknowledged */
  unsaved() {
    return [...this.cells.values()].filter((cell) => cell.dataset.state === "unsent").length;
  }

  /** Mark the answer card, tell how many are answered and how the whole stands. */
  count() {
    let done = 0;
    const unsent = this.unsaved();
    const refused = [...this.cells.values()].filter((cell) => cell.dataset.state === "refused").length;
    for (const [slot, question] of this.questions) {
      const { answer, flag } = this.read(question);
      const cell = this.cells.get(slot);
      if (answer) done += 1;
      cell?.toggleAttribute("data-flagged", flag);
    }
    for (const [slot, cell] of this.cells) {
      if (!this.questions.has(slot) && cell.dataset.state !== "empty") done += 1; // in another part
    }
    for (const place of this.page.querySelectorAll("[data-done]")) place.textContent = String(done);
    const overall = this.page.querySelector("[data-overall]");
    if (!(overall instanceof HTMLElement)) return;
    const state = refused ? "refused" : unsent ? "unsent" : "saved";
    const words = { refused: this.words.someRefused, unsent: this.words.waiting, saved: this.words.allSaved }[state];
    overall.dataset.state = state;
    const text = (words ?? "").replace("{n}", String(refused || unsent));
    if (overall.textContent !== text) overall.textContent = text;
  }

  /** Nothing more can be changed on this page. */
  lock() {
    this.setLocked(true);
  }

  /** Time was given after the end: the answers can be changed again. */
  unlock() {
    this.setLocked(false);
  }

  /** @param {boolean} locked */
  setLocked(locked) {
    this.page.toggleAttribute("data-locked", locked);
    for (const question of this.questions.values()) {
      const fields = question.querySelector("fieldset");
      if (fields) fields.disabled = locked;
    }
  }
}

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */
/** @typedef {{value: (field: Field) => string, checked: (field: HTMLInputElement) => boolean}} Look */
const NOTHING = "-";

/** @type {Look} what stands in the fields now */
const NOW = { value: (field) => field.value, checked: (field) => field.checked };

/** @type {Look} what the server has put into them */
const GIVEN = {
  value(field) {
    if (!(field instanceof HTMLSelectElement)) return field.defaultValue;
    const options = [...field.options];
    return (options.find((option) => option.defaultSelected) ?? options[0])?.value ?? "";
  },
  checked: (field) => field.defaultChecked,
};

/**
 * @param {HTMLElement} block a question, or a part of a passage
 * @returns {Field[]}
 */
function fieldsOf(block) {
  /** @type {Field[]} */
  const found = [];
  for (const field of block.querySelectorAll("[data-answer]")) {
    if (
      field instanceof HTMLInputElement ||
      field instanceof HTMLSelectElement ||
      field instanceof HTMLTextAreaElement
    ) {
      found.push(field);
    }
  }
  return found;
}

/**
 * @param {HTMLElement} question
 * @returns {HTMLElement[]} the parts of a passage
 */
function partsOf(question) {
  /** @type {HTMLElement[]} */
  const found = [];
  for (const part of question.querySelectorAll("[data-part]")) if (part instanceof HTMLElement) found.push(part);
  return found;
}

/**
 * @param {HTMLElement} block
 * @param {Look} [look]
 * @returns {string} the answer as the server stores it
 */
function answerOf(block, look = NOW) {
  const type = block.dataset.type;
  if (type === "passage") return listed(partsOf(block).map((part) => answerOf(part, look)));
  const fields = fieldsOf(block);
  const values = fields.map(look.value);
  if (type === "fill") return listed(values);
  if (type === "matching" || type === "ordering") {
    return values.every((value) => value === NOTHING) ? "" : values.join("");
  }
  if (type === "numeric" || type === "essay") return (values[0] ?? "").trim();
  return fields
    .filter((field) => field instanceof HTMLInputElement && look.checked(field))
    .map((field) => field.value)
    .join("");
}

/** @param {string[]} texts @returns {string} */
function listed(texts) {
  return texts.some((text) => text.trim()) ? JSON.stringify(texts) : "";
}

/**
 * @param {HTMLElement} block
 * @param {string} answer
 */
function writeAnswer(block, answer) {
  const type = block.dataset.type;
  if (type === "passage") {
    /** @type {string[]} */
    const parts = answer ? JSON.parse(answer) : [];
    partsOf(block).forEach((part, at) => writeAnswer(part, parts[at] ?? ""));
    return;
  }
  const fields = fieldsOf(block);
  if (type === "single" || type === "multiple" || type === "true_false") {
    for (const field of fields) {
      if (field instanceof HTMLInputElement) field.checked = answer.includes(field.value);
    }
    return;
  }
  const isPlaced = type === "matching" || type === "ordering";
  /** @type {string[]} */
  const values = type === "fill" ? (answer ? JSON.parse(answer) : []) : isPlaced ? [...answer] : [answer];
  fields.forEach((field, at) => {
    if (field !== document.activeElement) field.value = values[at] ?? (isPlaced ? NOTHING : "");
  });
}

/**
 * A thing stands at one place only: the place that names it last keeps it.
 * @param {EventTarget | null} target
 */
function keepOnce(target) {
  const block = target instanceof HTMLSelectElement ? target.closest("[data-type]") : null;
  if (!(block instanceof HTMLElement) || block.dataset.type !== "ordering") return;
  for (const field of fieldsOf(block)) {
    if (field !== target && field.value === /** @type {HTMLSelectElement} */ (target).value) field.value = NOTHING;
  }
}
