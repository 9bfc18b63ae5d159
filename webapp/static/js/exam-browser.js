// @ts-check
/**
 * The waiting room of an exam that asks for Safe Exam Browser: its newer engine sends no headers, but tells
 * the page's script two values made of the page's address and its keys. They are sent on once.
 */

/** @typedef {{updateKeys?: (done: () => void) => void, configKey?: string, browserExamKey?: string}} Security */

const SOON_MS = 2000;

const box = document.getElementById("exam-browser");
if (box) void tell(box);

/** @param {HTMLElement} box */
async function tell(box) {
  const security = /** @type {{SafeExamBrowser?: {security?: Security}}} */ (/** @type {unknown} */ (window))
    .SafeExamBrowser?.security;
  if (!security) return;
  await updated(security);
  const body = new FormData();
  body.set("config_hash", security.configKey ?? "");
  body.set("exam_hash", security.browserExamKey ?? "");
  try {
    const response = await fetch(box.dataset.url ?? "", {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": box.dataset.token ?? "" },
      body,
    });
    const told = response.ok ? await response.json() : { good: false };
    const words = box.querySelector("[data-exam-browser-good]");
    if (words instanceof HTMLElement) words.hidden = told.good !== true;
  } catch {
    // The start says what is missing; a reload of this page tries again.
  }
}

/**
 * Older versions fill in the values only when asked to, some time later.
 * @param {Security} security
 * @returns {Promise<void>}
 */
function updated(security) {
  return new Promise((resolve) => {
    if (security.configKey || security.browserExamKey || !security.updateKeys) {
      resolve();
      return;
    }
    setTimeout(resolve, SOON_MS);
    security.updateKeys(resolve);
  });
}
