// A file dropped on the frame around a file field is chosen in that field. Without this script the
// field itself still takes it.

/** @param {HTMLElement} frame */
function takeDrops(frame) {
  const input = /** @type {HTMLInputElement | null} */ (frame.querySelector('input[type="file"]'));
  if (!input) return;
  for (const name of ["dragenter", "dragover"]) {
    frame.addEventListener(name, (event) => {
      event.preventDefault();
      frame.dataset.over = "1";
    });
  }
  for (const name of ["dragleave", "drop"]) {
    frame.addEventListener(name, () => delete frame.dataset.over);
  }
  frame.addEventListener("drop", (event) => {
    event.preventDefault();
    const files = event.dataTransfer?.files;
    if (files?.length) input.files = files;
  });
}

for (const frame of document.querySelectorAll("[data-drop]")) {
  takeDrops(/** @type {HTMLElement} */ (frame));
}
