// @ts-check
/**
 * "Call for help" on the exam page: a small form in a dialog, so that nobody leaves the exam. What the page knows
 * of itself (outbox, network) goes along. Without this script the link opens the same form in a new tab.
 */

/** @typedef {import("./exam-outbox.js").Outbox} Outbox */
const MOST_TURNS = 20;

/** @type {[number, "online" | "offline"][]} */
const turns = [];
for (const turn of /** @type {const} */ (["online", "offline"])) {
  window.addEventListener(turn, () => {
    turns.push([performance.now(), turn]);
    if (turns.length > MOST_TURNS) turns.shift();
  });
}

/**
 * @param {HTMLElement} page
 * @param {Outbox} outbox
 * @param {() => string} csrf the present form token
 */
export function initHelp(page, outbox, csrf) {
  const link = page.querySelector("[data-help]");
  if (!(link instanceof HTMLAnchorElement) || !("HTMLDialogElement" in window)) return;
  const dialog = document.createElement("dialog");
  dialog.className = "answer-card help-dialog";
  dialog.setAttribute("aria-label", link.textContent?.trim() ?? "");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-secondary btn-sm answer-card__close";
  close.textContent = link.dataset.closeWords ?? "";
  close.addEventListener("click", () => dialog.close());
  const body = document.createElement("div");
  dialog.append(close, body);
  document.body.append(dialog);

  link.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
    if (!body.querySelector("[data-help-form]")) void load(link.href);
  });
  body.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target instanceof HTMLFormElement) void send(event.target);
  });

  /** @param {string} address */
  async function load(address) {
    const response = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => undefined);
    if (response?.ok) show(await response.text());
    else say(link instanceof HTMLAnchorElement ? (link.dataset.failedWords ?? "") : "");
  }

  /** @param {HTMLFormElement} form */
  async function send(form) {
    const button = form.querySelector("button[type=submit]");
    if (button instanceof HTMLButtonElement) button.disabled = true;
    const data = new FormData(form);
    data.set("csrf_token", csrf());
    data.set("browser", JSON.stringify(await facts(page, outbox)));
    const response = await fetch(form.action, {
      method: "POST",
      body: data,
      headers: { "HX-Request": "true", "X-CSRFToken": csrf() },
    }).catch(() => undefined);
    if (response && (response.ok || response.status === 422)) {
      show(await response.text());
    } else {
      // What was typed stays in the form: it can be sent again when the network is back.
      if (button instanceof HTMLButtonElement) button.disabled = false;
      say(link instanceof HTMLAnchorElement ? (link.dataset.failedWords ?? "") : "");
    }
  }

  /** @param {string} html a fragment of this site */
  function show(html) {
    body.innerHTML = html;
    const first = body.querySelector("[role=alert], [role=status], select, textarea");
    if (first instanceof HTMLElement) {
      if (!first.matches("select, textarea")) first.tabIndex = -1;
      first.focus();
    }
  }

  /** @param {string} words */
  function say(words) {
    let line = body.querySelector("[data-help-failed]");
    if (!line) {
      line = document.createElement("p");
      line.className = "notice notice--warning";
      line.setAttribute("role", "alert");
      line.setAttribute("data-help-failed", "");
      body.prepend(line);
    }
    line.textContent = words;
  }
}

/**
 * What the page knows of itself; no answers.
 * @param {HTMLElement} page
 * @param {Outbox} outbox
 */
async function facts(page, outbox) {
  const changes = await outbox.all().catch(() => []);
  const now = performance.now();
  const connection = /** @type {{connection?: {effectiveType?: string}}} */ (navigator).connection;
  return {
    agent: navigator.userAgent,
    language: navigator.language,
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "",
    network: connection?.effectiveType ?? "",
    online: navigator.onLine,
    turns: turns.map(([at, turn]) => [Math.round((now - at) / 1000), turn]),
    unsent: changes.filter((change) => change.state === "unsent").length,
    refused: changes.filter((change) => change.state === "refused").length,
    width: window.innerWidth,
    height: window.innerHeight,
    remaining_s: seconds(page.querySelector("[data-clock]")?.textContent ?? ""),
  };
}

/** @param {string} clock as shown: h:mm:ss */
function seconds(clock) {
  const parts = clock.trim().split(":").map(Number);
  return parts.some(Number.isNaN) ? 0 : parts.reduce((sum, part) => sum * 60 + part, 0);
}
