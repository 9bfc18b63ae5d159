// @ts-check

/**
 * Replace what stands in a place. Not `replaceChildren`: web views of 2019 do not know it.
 * @param {Element} place
 * @param {...(Node | string)} nodes
 */
export function refill(place, ...nodes) {
  place.textContent = "";
  place.append(...nodes);
}
