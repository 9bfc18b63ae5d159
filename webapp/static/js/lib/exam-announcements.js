// @ts-check
/**
 * Announcements that ask to be acknowledged get a button "read". What was said stays on the page; only the
 * button goes when the server knows.
 */

/**
 * @param {HTMLElement} page
 * @param {() => string} csrf the present form token
 */
export function initAnnouncements(page, csrf) {
  const list = page.querySelector("[data-announcements]");
  if (!(list instanceof HTMLElement)) return;
  const address = list.dataset.readAt ?? "";
  const words = list.dataset.readWords ?? "";
  const addButtons = () => {
    for (const item of list.querySelectorAll("li[data-ack]")) {
      if (item instanceof HTMLElement && !item.querySelector("button")) item.append(button(item));
    }
  };

  /** @param {HTMLElement} item */
  function button(item) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-secondary btn-sm ms-2";
    made.textContent = words;
    made.addEventListener("click", () => void tell(item, made));
    return made;
  }

  /**
   * @param {HTMLElement} item
   * @param {HTMLButtonElement} pressed
   */
  async function tell(item, pressed) {
    pressed.disabled = true;
    const response = await fetch(`${address}/${item.dataset.announcement}/read`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf() },
      body: "{}",
    }).catch(() => undefined);
    if (response?.ok) {
      delete item.dataset.ack;
      pressed.remove();
    } else {
      pressed.disabled = false; // no connection: the button stays, and can be pressed again
    }
  }

  new MutationObserver(addButtons).observe(list, { childList: true });
  addButtons();
}
