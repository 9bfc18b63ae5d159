// @ts-check
/** "Are you still here?": a dialog above everything while the video waits. */

/** @typedef {import("./player-line.js").Question} Question */

export class Presence {
  /**
   * @param {HTMLDialogElement} dialog
   * @param {HTMLElement} voice a polite live region
   * @param {Record<string, string>} words
   * @param {(number: number) => Promise<boolean>} answer false: it did not arrive
   */
  constructor(dialog, voice, words, answer) {
    this.dialog = dialog;
    this.voice = voice;
    this.words = words;
    this.answer = answer;
    /** @type {Question | null} */
    this.question = null;
    this.endsAt = 0;
    this.title = document.title;
    this.left = dialog.querySelector("[data-left]");
    this.trouble = dialog.querySelector("[data-trouble]");
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.querySelector("[data-here]")?.addEventListener("click", () => void this.press());
    setInterval(() => this.tick(), 500);
  }

  get isOpen() {
    return this.question !== null;
  }

  /** @param {Question | null} question as the server says */
  show(question) {
    if (!question) {
      this.close();
      return;
    }
    const isNew = this.question?.number !== question.number;
    this.question = question;
    this.endsAt = performance.now() + question.left_s * 1000;
    this.tick();
    if (!isNew && this.dialog.open) return;
    leaveFullscreen();
    if (!this.dialog.open) this.dialog.showModal();
    const button = this.dialog.querySelector("[data-here]");
    if (button instanceof HTMLElement) button.focus();
    this.voice.textContent = this.words.asked ?? "";
    document.title = this.words.asked ?? this.title; // seen on a tab in the background
  }

  close() {
    this.question = null;
    if (this.dialog.open) this.dialog.close();
    document.title = this.title;
    this.voice.textContent = "";
    if (this.trouble instanceof HTMLElement) this.trouble.hidden = true;
  }

  async press() {
    if (!this.question) return;
    const arrived = await this.answer(this.question.number);
    if (this.trouble instanceof HTMLElement) this.trouble.hidden = arrived;
  }

  tick() {
    if (!this.question || !this.left) return;
    const left = Math.max(0, Math.ceil((this.endsAt - performance.now()) / 1000));
    const words = left > 0 ? (this.words.left ?? "").replace("{n}", String(left)) : (this.words.late ?? "");
    if (this.left.textContent !== words) this.left.textContent = words;
  }
}

/** A dialog is not seen behind a video that fills the screen. */
function leaveFullscreen() {
  if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
  const video = document.querySelector("video");
  if (video && "webkitExitFullscreen" in video && typeof video.webkitExitFullscreen === "function") {
    video.webkitExitFullscreen();
  }
}
