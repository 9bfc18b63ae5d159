// @ts-check
/** A judge's list: this page and the sheets on it are kept for the time without network. */

import { keepPages } from "./lib/judging-pages.js";

const list = document.getElementById("own-sheets");
if (list) {
  const links = [...list.querySelectorAll("a[data-sheet-link]")].map((link) => link.getAttribute("href") ?? "");
  void keepPages(list.dataset.account ?? "", [location.pathname, ...links])
    .then(() => {
      list.dataset.kept = "yes";
    })
    .catch(() => undefined); // the network went away meanwhile: what was kept stays
}
