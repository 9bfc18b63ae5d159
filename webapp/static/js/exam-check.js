// @ts-check
/** The device check before an exam: script, storage, connection. */

const SLOW_MS = 1500;

const list = document.getElementById("device-check");
if (list) void check(list);

/** @param {HTMLElement} list */
async function check(list) {
  const { good = "", bad = "", slow = "" } = list.dataset;
  say(list, "script", good);
  say(list, "storage", (await canStore()) ? good : bad);
  const started = performance.now();
  try {
    const response = await fetch(list.dataset.tokenUrl ?? "", { headers: { Accept: "application/json" } });
    const text = performance.now() - started > SLOW_MS ? slow : good;
    say(list, "network", response.ok ? text : bad);
  } catch {
    say(list, "network", bad);
  }
}

/**
 * @param {HTMLElement} list
 * @param {string} name
 * @param {string} words
 */
function say(list, name, words) {
  const place = list.querySelector(`[data-check="${name}"]`);
  if (place) place.textContent = words;
}

/** @returns {Promise<boolean>} */
function canStore() {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open("jiangsai-check", 1);
      request.onsuccess = () => {
        request.result.close();
        resolve(true);
      };
      request.onerror = () => resolve(false);
    } catch {
      resolve(false);
    }
  });
}
