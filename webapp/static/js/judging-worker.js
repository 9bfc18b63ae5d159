// @ts-check
/**
 * The judge's pages without network: what lib/judging-pages.js has kept is shown when the server cannot be reached.
 * Nothing else is answered from here; values that are typed go through the page's own outbox.
 */

const worker = /** @type {any} */ (self);
const ASSETS = "judging-assets";

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  /** @type {Request} */
  const request = event.request;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== worker.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (address.pathname.startsWith("/static/")) event.respondWith(asset(request));
});

/** @param {Request} request */
async function page(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request.url, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

/** Files of the build carry their digest in the name: they never change. @param {Request} request */
async function asset(request) {
  const kept = await caches.match(request.url, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && request.url.includes("/static/dist/")) {
    await (await caches.open(ASSETS)).put(request.url, answer.clone());
  }
  return answer;
}
