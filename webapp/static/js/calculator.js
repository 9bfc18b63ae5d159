// @ts-check
/** The calculator of the exam page: buttons, and the keyboard while the focus is inside it. */

import { EMPTY, line, press } from "./lib/calculator.js";

/** @type {Record<string, string>} */
const KEYS = { Enter: "=", Backspace: "back", Delete: "c", ",": ".", x: "*", X: "*", "×": "*", "÷": "/", r: "root" };

const box = document.querySelector("[data-calculator]");
if (box instanceof HTMLElement) start(box);

/** @param {HTMLElement} box */
function start(box) {
  const shown = box.querySelector("[data-shown]");
  const above = box.querySelector("[data-line]");
  const memory = box.querySelector("[data-memory]");
  const memoryValue = box.querySelector("[data-memory-value]");
  if (!shown || !above || !(memory instanceof HTMLElement) || !memoryValue) return;
  const buttons = new Map([...box.querySelectorAll("button[data-key]")].map((one) => [one.getAttribute("data-key"), one]));
  let calc = EMPTY;

  /** @param {string} key */
  const pressed = (key) => {
    calc = press(calc, key);
    shown.textContent = calc.broken ? (box.dataset.error ?? "") : calc.typed || "0";
    above.textContent = line(calc);
    memory.hidden = calc.memory === 0;
    memoryValue.textContent = String(calc.memory);
  };
  box.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button[data-key]") : null;
    if (button) pressed(button.getAttribute("data-key") ?? "");
  });
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const target = event.target;
    if (!(target instanceof Element) || target.closest("summary")) return;
    // Enter and space on a button press that button, as everywhere.
    if ((event.key === "Enter" || event.key === " ") && target.closest("button")) return;
    const key = KEYS[event.key] ?? event.key;
    if (!buttons.has(key)) return;
    event.preventDefault();
    pressed(key);
  });
  box.hidden = false;
}
