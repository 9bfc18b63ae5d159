// @ts-check
/**
 * Keeps a judge's list and sheets in this browser, so that they open without network. Those of the judge who used
 * this tablet before are thrown away.
 */

const PREFIX = "judging-pages-";

/**
 * @param {string} account
 * @param {string[]} addresses of pages to keep
 */
export async function keepPages(account, addresses) {
  if (!("serviceWorker" in navigator) || !globalThis.caches) return;
  const mine = PREFIX + account;
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== mine) await caches.delete(name);
  }
  await navigator.serviceWorker.register("/judging/worker.js", { scope: "/judging" });
  await navigator.serviceWorker.ready;
  const cache = await caches.open(mine);
  for (const address of addresses) {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (answer.ok && !answer.redirected) {
      await loadParts(await answer.clone().text());
      await cache.put(address, answer);
    }
  }
}

/** Styles and scripts of a page, so that the worker has them. @param {string} text */
async function loadParts(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const part of page.querySelectorAll("link[rel=stylesheet], link[rel=modulepreload], script[src]")) {
    const address = part.getAttribute("href") ?? part.getAttribute("src");
    if (address?.startsWith("/static/dist/") && !seen.has(address)) {
      seen.add(address);
      await fetch(address);
    }
  }
}

/** @type {Set<string>} */
const seen = new Set();
