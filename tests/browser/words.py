"""English words that stayed on a Chinese page."""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from playwright.sync_api import Page

PACKAGES = Path(__file__).resolve().parents[2] / "webapp"

TEXTS = """() => {
  const found = new Set()
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement
    if (!parent.closest('script, style, code, pre, [lang=en], [translate=no]')) {
      found.add(walker.currentNode.data.trim())
    }
  }
  return [...found]
}"""


@cache
def english() -> frozenset[str]:
    """Every sentence that has other words in Chinese; single words of data (codes, names) are no sentences
    and stand in the catalogues too, so only what holds a capital letter and is longer than two signs counts."""
    found = set()
    for path in PACKAGES.glob("*/translations/zh_CN/LC_MESSAGES/messages.po"):
        with path.open("rb") as source:
            for entry in read_po(source, locale="zh_CN"):
                if isinstance(entry.id, str) and entry.string and entry.string != entry.id:
                    found.add(entry.id.strip())
    return frozenset(one for one in found if len(one) > 2 and any(sign.isupper() for sign in one))


def left_over(page: Page) -> list[str]:
    """Texts of the page that our catalogues have in Chinese and that stand there in English; [] on an English page."""
    if page.evaluate("document.documentElement.lang") == "en":
        return []
    return sorted(english().intersection(page.evaluate(TEXTS)))
