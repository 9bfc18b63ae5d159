// @ts-check
/**
 * What the contestant changed and the server has not yet acknowledged. It lives in IndexedDB, so it
 * survives a reload, a crash and a day without network. One record a slot: only the newest counts.
 */

/**
 * @typedef {object} Change
 * @property {number} slot place on the paper, from 0
 * @property {number} seq grows with every change of the slot; the server keeps the highest
 * @property {string} answer displayed letters, or a JSON array of texts; "" = none
 * @property {boolean} flag marked for review
 * @property {"unsent" | "saved" | "refused"} state
 * @property {string} [message] why it was refused
 * @property {string} [lease] of the page on which it was written
 * @property {number} [base] what the server was known to hold of this slot then
 */

/**
 * @typedef {object} Outbox
 * @property {(slot: number, answer: string, flag: boolean, serverSeq: number) => Promise<Change>} put
 * @property {() => Promise<Change[]>} all
 * @property {(slot: number, seq: number, state: "saved" | "refused", message?: string) => Promise<void>} settle
 * @property {boolean} durable false when the browser keeps nothing (private window)
 */

const DATABASE = "jiangsai-exam";
const STORE = "changes";

/**
 * Open the outbox of one attempt.
 * @param {number} attempt
 * @param {string} lease of this page
 * @param {string} [name] of the database: other pages than an exam's have one of their own
 * @returns {Promise<Outbox>}
 */
export async function openOutbox(attempt, lease, name = DATABASE) {
  try {
    const database = await openDatabase(name);
    forgetOthers(database, attempt);
    return withFallback(durableOutbox(attempt, lease, database), lease);
  } catch {
    return memoryOutbox(lease);
  }
}

/**
 * Whether a change that waited here is older than what the server holds: the paper went on on another device
 * meanwhile, and this slot was changed there. It must not overwrite the newer answer.
 * @param {Change} change
 * @param {string} lease of this page
 * @param {number} serverSeq
 */
export function isStale(change, lease, serverSeq) {
  return Boolean(change.lease) && change.lease !== lease && serverSeq > (change.base ?? 0);
}

/**
 * A shared computer keeps nothing of who sat here before, except what the server does not have yet.
 * @param {IDBDatabase} database
 * @param {number} attempt
 */
function forgetOthers(database, attempt) {
  const request = database.transaction(STORE, "readwrite").objectStore(STORE).openCursor();
  request.onsuccess = () => {
    const found = request.result;
    if (!found) return;
    if (found.value.attempt !== attempt && found.value.state === "saved") found.delete();
    found.continue();
  };
}

/** @param {string} name @returns {Promise<IDBDatabase>} */
function openDatabase(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ["attempt", "slot"] });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

/**
 * The next state of a slot: one higher than anything this browser or the server has seen.
 * @param {Change | undefined} before
 * @param {number} slot
 * @param {string} answer
 * @param {boolean} flag
 * @param {number} serverSeq
 * @param {string} lease
 * @returns {Change}
 */
function successor(before, slot, answer, flag, serverSeq, lease) {
  const seq = Math.max(before?.seq ?? 0, serverSeq) + 1;
  return { slot, answer, flag, seq, state: "unsent", lease, base: serverSeq };
}

/**
 * @param {number} attempt
 * @param {string} lease
 * @param {IDBDatabase} database
 * @returns {Outbox}
 */
function durableOutbox(attempt, lease, database) {
  /**
   * Run `work` in one transaction and wait until it is on disk.
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore, done: (value: T) => void) => void} work
   * @returns {Promise<T>}
   */
  function run(mode, work) {
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      /** @type {T} */
      let result;
      transaction.oncomplete = () => resolve(result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
      work(transaction.objectStore(STORE), (value) => {
        result = value;
      });
    });
  }
  const everything = IDBKeyRange.bound([attempt, 0], [attempt, Infinity]);
  return {
    durable: true,
    put: (slot, answer, flag, serverSeq) =>
      run("readwrite", (store, done) => {
        const request = store.get([attempt, slot]);
        request.onsuccess = () => {
          const change = successor(request.result, slot, answer, flag, serverSeq, lease);
          store.put({ ...change, attempt });
          done(change);
        };
      }),
    all: () =>
      run("readonly", (store, done) => {
        const request = store.getAll(everything);
        request.onsuccess = () => done(request.result);
      }),
    settle: (slot, seq, state, message) =>
      run("readwrite", (store, done) => {
        const request = store.get([attempt, slot]);
        request.onsuccess = () => {
          if (request.result?.seq === seq) store.put({ ...request.result, state, message });
          done(undefined);
        };
      }),
  };
}

/**
 * A store that breaks while one writes (disk full, site data deleted) must not stop the saving: from then
 * on changes live in memory, and the page says so.
 * @param {Outbox} store
 * @param {string} lease
 * @returns {Outbox}
 */
function withFallback(store, lease) {
  const memory = memoryOutbox(lease);
  let broken = false;
  /**
   * @template T
   * @param {(outbox: Outbox) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async function either(work) {
    if (!broken) {
      try {
        return await work(store);
      } catch {
        broken = true;
      }
    }
    return work(memory);
  }
  return {
    get durable() {
      return !broken;
    },
    put: (slot, answer, flag, serverSeq) => either((outbox) => outbox.put(slot, answer, flag, serverSeq)),
    all: () => either((outbox) => outbox.all()),
    settle: (slot, seq, state, message) => either((outbox) => outbox.settle(slot, seq, state, message)),
  };
}

/** @param {string} lease @returns {Outbox} */
function memoryOutbox(lease) {
  /** @type {Map<number, Change>} */
  const changes = new Map();
  return {
    durable: false,
    async put(slot, answer, flag, serverSeq) {
      const change = successor(changes.get(slot), slot, answer, flag, serverSeq, lease);
      changes.set(slot, change);
      return change;
    },
    async all() {
      return [...changes.values()];
    },
    async settle(slot, seq, state, message) {
      const change = changes.get(slot);
      if (change?.seq === seq) changes.set(slot, { ...change, state, message });
    },
  };
}
