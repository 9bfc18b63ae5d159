// @ts-check
/** Fetches files into the browser's own cache before they are needed. */

const AT_ONCE = 4;
const TRIES = 3;

/**
 * Fetch all; the number of those that could not be had. Pictures come out of the cache later, also
 * without network: their addresses never change and the server allows keeping them.
 * @param {string[]} addresses
 * @param {(done: number) => void} onProgress
 * @returns {Promise<number>}
 */
export async function fetchAll(addresses, onProgress) {
  const queue = [...addresses];
  let done = 0;
  let missing = 0;
  const work = async () => {
    for (let address = queue.shift(); address !== undefined; address = queue.shift()) {
      if (!(await fetchOne(address))) missing += 1;
      done += 1;
      onProgress(done);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return missing;
}

/** @param {string} address @returns {Promise<boolean>} */
async function fetchOne(address) {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    try {
      const response = await fetch(address, { credentials: "same-origin" });
      if (response.ok) {
        await response.blob();
        return true;
      }
      if (response.status < 500 && response.status !== 429) return false;
    } catch {
      // the network: try again below
    }
    await new Promise((resolve) => setTimeout(resolve, 500 * attempt * (1 + Math.random())));
  }
  return false;
}
