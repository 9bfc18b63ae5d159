// @ts-check
/** Drills: puts the areas of a picture in their places, and keeps a number, its slider and its buttons together. */

/** @param {ParentNode} root */
function place(root) {
  for (const area of root.querySelectorAll("button.drill__area[data-box]")) {
    if (!(area instanceof HTMLElement)) continue;
    const [left, top, width, height] = (area.dataset.box ?? "").split(" ");
    Object.assign(area.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` });
  }
  for (const frame of root.querySelectorAll(".drill__picture")) frame.setAttribute("data-placed", "");
}

/** @param {ParentNode} root */
function joinControls(root) {
  for (const frame of root.querySelectorAll(".drill__value")) {
    const number = frame.querySelector("input[type=number]");
    const range = frame.querySelector("input[type=range]");
    if (!(number instanceof HTMLInputElement) || !(range instanceof HTMLInputElement) || !range.hidden) continue;
    range.hidden = false;
    range.addEventListener("input", () => {
      number.value = range.value;
    });
    number.addEventListener("input", () => {
      range.value = number.value;
    });
    for (const button of frame.querySelectorAll("button[data-step]")) {
      button.addEventListener("click", () => {
        if (button.getAttribute("data-step") === "1") number.stepUp();
        else number.stepDown();
        range.value = number.value;
      });
    }
  }
}

/** @param {ParentNode} root */
function prepare(root) {
  place(root);
  joinControls(root);
}

prepare(document);
document.body.addEventListener("htmx:afterSettle", () => prepare(document));
