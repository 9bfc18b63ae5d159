// @ts-check
/**
 * Handing in a work in pieces: the digest of every piece first, then the pieces that have not arrived, again and
 * again while the connection is broken, then the receipt. Without this script the form sends the file at once.
 */

const PAUSE_MS = 3000;

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("work"));
const said = document.getElementById("work-said");
const line = /** @type {HTMLProgressElement | null} */ (document.getElementById("work-progress"));

/** @param {ArrayBuffer | Uint8Array<ArrayBuffer>} content */
async function digest(content) {
  const made = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return [...made].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes of a piece; old web views know no arrayBuffer of a file. @param {Blob} piece @returns {Promise<ArrayBuffer>} */
function read(piece) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(/** @type {ArrayBuffer} */ (reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(piece);
  });
}

/** @param {string | undefined} words @param {number} share */
function tell(words, share) {
  const pct = Math.floor(share * 100);
  if (said) said.textContent = (words ?? "").replace("{pct}", String(pct));
  if (line) {
    line.hidden = false;
    line.value = pct;
  }
}

/** @param {HTMLFormElement} page @param {string} address @param {RequestInit} request */
async function call(page, address, request) {
  const token = /** @type {HTMLInputElement} */ (page.elements.namedItem("csrf_token")).value;
  const headers = { Accept: "application/json", "X-CSRFToken": token, ...request.headers };
  for (;;) {
    try {
      const answer = await fetch(address, { ...request, headers });
      const reply = await answer.json();
      if (answer.ok) return reply;
      if (answer.status < 500 && answer.status !== 429) throw new Refused(reply.message ?? "");
    } catch (error) {
      if (error instanceof Refused) throw error;
      if (said) said.textContent = page.dataset.waiting ?? "";
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

class Refused extends Error {}

/** @param {HTMLFormElement} page @param {File} file */
async function handIn(page, file) {
  const bytes = Number(page.dataset.piece);
  const count = Math.ceil(file.size / bytes);
  let digests = "";
  for (let number = 0; number < count; number += 1) {
    tell(page.dataset.reading, number / count);
    digests += await digest(await read(file.slice(number * bytes, (number + 1) * bytes)));
  }
  const whole = await digest(new TextEncoder().encode(digests));
  const begun = await call(page, page.dataset.begin ?? "", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name: file.name, size: file.size, digest: whole }),
  });
  const there = new Set(begun.arrived);
  for (let number = 0; number < count; number += 1) {
    tell(page.dataset.sending, number / count);
    if (there.has(number)) continue;
    const body = file.slice(number * bytes, (number + 1) * bytes);
    const headers = { "Content-Type": "application/octet-stream" };
    await call(page, `${begun.pieces}${number}`, { method: "PUT", headers, body });
  }
  await call(page, begun.complete, { method: "POST" });
}

form?.addEventListener("submit", async (event) => {
  const input = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("file"));
  const files = [...(input?.files ?? [])].filter((file) => file.size);
  if (!files.length || !globalThis.crypto?.subtle) return; // the form says what is wrong
  event.preventDefault();
  const button = form.querySelector("button");
  if (button) button.disabled = true;
  try {
    for (const file of files) await handIn(form, file);
    location.reload();
  } catch (error) {
    if (said) said.textContent = `${form.dataset.failed ?? ""}${error instanceof Error ? error.message : ""}`;
  } finally {
    if (button) button.disabled = false;
  }
});

export {};
