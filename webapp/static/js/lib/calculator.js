// @ts-check
/**
 * What the calculator works out: a pocket calculator that minds "times before plus". Plain values, no page.
 * Numbers are doubles shown with 12 significant digits, so 0.1 + 0.2 is 0.3.
 */

/**
 * @typedef {object} Calc
 * @property {(number | string)[]} done numbers and signs that stand before the number being typed
 * @property {string} typed digits as typed; "" after a sign
 * @property {boolean} fresh the next digit begins a new number (after =, root, recall)
 * @property {number} memory
 * @property {boolean} broken divided by zero and the like
 */

const DIGITS = 12;
const LONGEST = 14;

/** @type {Calc} */
export const EMPTY = { done: [], typed: "0", fresh: true, memory: 0, broken: false };

/**
 * @param {Calc} calc
 * @param {string} key 0–9 . + - * / % root = c back m+ m- mr mc
 * @returns {Calc}
 */
export function press(calc, key) {
  if (key === "c") return { ...EMPTY, memory: calc.memory };
  if (key === "mc") return { ...calc, memory: 0 };
  if (calc.broken) return calc;
  if (/^[0-9.]$/.test(key)) return digit(calc, key);
  if (key === "back") return calc.fresh ? { ...calc, typed: "0" } : { ...calc, typed: calc.typed.slice(0, -1) || "0" };
  if (/^[-+*/]$/.test(key)) return sign(calc, key);
  if (key === "mr") return { ...calc, typed: text(calc.memory), fresh: true };
  const value = Number(calc.typed || "0");
  if (key === "%") return settle({ ...calc, fresh: true }, value / 100);
  if (key === "root") return settle({ ...calc, fresh: true }, Math.sqrt(value));
  if (key === "=") return settle({ ...calc, done: [], fresh: true }, worth([...calc.done, value]));
  if (key === "m+") return { ...calc, memory: round(calc.memory + value), fresh: true };
  if (key === "m-") return { ...calc, memory: round(calc.memory - value), fresh: true };
  return calc;
}

/** @param {Calc} calc @param {string} key */
function digit(calc, key) {
  const before = calc.fresh ? "" : calc.typed;
  if (key === "." && before.includes(".")) return calc;
  if (before.length >= LONGEST) return calc;
  const typed = key === "." ? `${before || "0"}.` : before === "0" ? key : before + key;
  return { ...calc, typed, fresh: false };
}

/** A sign after a sign replaces it. @param {Calc} calc @param {string} key */
function sign(calc, key) {
  if (calc.typed === "") return { ...calc, done: [...calc.done.slice(0, -1), key] };
  return { ...calc, done: [...calc.done, Number(calc.typed), key], typed: "", fresh: false };
}

/** @param {Calc} calc @param {number} value */
function settle(calc, value) {
  return Number.isFinite(value) ? { ...calc, typed: text(value) } : { ...calc, broken: true };
}

/**
 * @param {(number | string)[]} tokens number, sign, number …
 * @returns {number} NaN when it cannot be worked out
 */
export function worth(tokens) {
  let sum = 0;
  let part = Number(tokens[0]);
  let add = 1;
  for (let at = 1; at + 1 < tokens.length; at += 2) {
    const next = Number(tokens[at + 1]);
    if (tokens[at] === "*") part *= next;
    else if (tokens[at] === "/") part = next === 0 ? NaN : part / next;
    else {
      sum += add * part;
      add = tokens[at] === "+" ? 1 : -1;
      part = next;
    }
  }
  return round(sum + add * part);
}

/** @param {number} value */
function round(value) {
  return Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : NaN;
}

/** @param {number} value */
function text(value) {
  return String(round(value));
}

/** The line above the result: what has been typed so far. @param {Calc} calc */
export function line(calc) {
  const signs = /** @type {Record<string, string>} */ ({ "+": "+", "-": "−", "*": "×", "/": "÷" });
  return calc.done.map((token) => (typeof token === "number" ? text(token) : signs[token])).join(" ");
}
