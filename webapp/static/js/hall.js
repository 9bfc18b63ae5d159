// A computer of a hall: before the next person, what the last one's pages kept in this browser goes away.
// Only after a receipt (or when staff have just opened the computer): nothing unsent can be left then.

async function forget() {
  localStorage.clear();
  sessionStorage.clear();
  const databases = (await indexedDB.databases?.()) ?? [];
  for (const { name } of databases) if (name) indexedDB.deleteDatabase(name);
}

if (document.querySelector("[data-next-person]")) forget().catch(() => {});
