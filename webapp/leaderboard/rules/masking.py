"""How names show on public boards, and what exports do to cells."""

import unicodedata

from webapp.core.spreadsheets import harmless

STAR = "*"
MOST_STARS = 3


def masked_name(name: str, mask: str = "first_character") -> str:
    """A name as the public sees it. mask: of the contest's file, 'first_character' or 'none'.

    The first character stays, each other becomes a star, at least one and at most three, so that long
    names do not show their length: 王芳 -> 王*, 欧阳䶮 -> 欧**. Marks that only modify the character before
    (accents, variation selectors) go with it. raise (ValueError): a mask that is not known."""
    if mask == "none":
        return name
    if mask != "first_character":
        raise ValueError(f"no such mask: {mask}")
    letters = [letter for letter in name.strip() if unicodedata.category(letter) not in {"Mn", "Me", "Cf"}]
    if not letters:
        return STAR
    return letters[0] + STAR * min(max(len(letters) - 1, 1), MOST_STARS)


def neutral(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it.

    Source: RELIABILITY 33."""
    return harmless(text)
