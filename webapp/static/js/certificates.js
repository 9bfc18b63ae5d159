// Copying the address at which a certificate is checked. Without it the address can be selected by hand.

/** @param {MouseEvent} event */
async function copy(event) {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  const field = document.getElementById(button.dataset.copy ?? "");
  if (!(field instanceof HTMLInputElement)) return;
  field.select();
  await navigator.clipboard.writeText(field.value);
  button.textContent = button.dataset.wordsDone ?? "";
}

function showButtons() {
  if (!navigator.clipboard) return; // only secure addresses have one
  for (const button of document.querySelectorAll("[data-copy]")) button.removeAttribute("hidden");
}

document.addEventListener("click", copy);
document.addEventListener("focusin", (event) => {
  if (event.target instanceof HTMLInputElement && "selectAll" in event.target.dataset) event.target.select();
});
document.addEventListener("htmx:afterSwap", showButtons);
showButtons();
