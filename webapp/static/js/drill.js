// @ts-check
/** Drills: puts the areas of a picture in their places, and keeps a number, its slider and its buttons together.
 * Everything works without it, by the list beneath the picture and by typing numbers. */

/** Values that were set but not sent yet, by the id of their field: an answer redraws all fields. @type {Map<string, string>} */
const unsent = new Map();

/** @param {ParentNode} root */
function place(root) {
  for (const area of root.querySelectorAll("button.drill__area[data-box]")) {
    if (!(area instanceof HTMLElement)) continue;
    const [left, top, width, height] = (area.dataset.box ?? "").split(" ");
    Object.assign(area.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` });
  }
  for (const frame of root.querySelectorAll(".drill__picture:not([data-over])")) frame.setAttribute("data-placed", "");
}

/** @param {HTMLInputElement} number @param {HTMLInputElement} range @param {Iterable<HTMLButtonElement>} buttons */
function join(number, range, buttons) {
  const keep = () => {
    range.value = number.value;
    unsent.set(number.id, number.value);
  };
  range.hidden = false;
  range.addEventListener("input", () => {
    number.value = range.value;
    keep();
  });
  number.addEventListener("input", keep);
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => {
      if (button.dataset.step === "1") number.stepUp();
      else number.stepDown();
      keep();
    });
  }
  number.value = unsent.get(number.id) ?? number.value;
  range.value = number.value;
}

/** @param {ParentNode} root */
function joinControls(root) {
  for (const frame of root.querySelectorAll(".drill__value")) {
    const number = frame.querySelector("input[type=number]");
    const range = frame.querySelector("input[type=range]");
    if (!(number instanceof HTMLInputElement) || !(range instanceof HTMLInputElement) || !range.hidden) continue;
    const buttons = frame.querySelectorAll("button[data-step]");
    join(number, range, /** @type {NodeListOf<HTMLButtonElement>} */ (buttons));
  }
}

function prepare() {
  place(document);
  joinControls(document);
}

prepare();
document.body.addEventListener("htmx:afterSettle", prepare);
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  for (const field of form.querySelectorAll("input[type=number]")) unsent.delete(field.id);
});
