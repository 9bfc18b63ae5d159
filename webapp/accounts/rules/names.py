"""Real names: rare characters welcome, decoration not."""

import re
import unicodedata

from webapp.accounts.errors import NameCharacterPrivate, NameCharacterWrong, NameTooLong, NameTooShort

LEAST = 2
MOST = 50

DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･．⸱●⦁", "·"))
"""What input methods offer for the dot between the parts of a name; the written standard is U+00B7."""

APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‐": "-", "‑": "-"})

HAN = (
    (0x3007, 0x3007),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFD),
)
"""〇, the unified block with extension A, compatibility characters, and planes 2 and 3 with all
later extensions: characters younger than this program's tables must not lock anybody out."""

PRIVATE = ((0xE000, 0xF8FF), (0xF0000, 0x10FFFD))

BETWEEN = set("·-' .")


def clean(text: str) -> str:
    """The one spelling of a name.

    NFC, full-width Latin letters made narrow, one kind of dot, single spaces, none beside Chinese
    characters. Raise NameTooShort, NameTooLong, NameCharacterPrivate or NameCharacterWrong."""
    name = unicodedata.normalize("NFC", "".join(_narrow(character) for character in text))
    name = name.translate(DOTS).translate(APOSTROPHES)
    name = re.sub(r"[ \u3000\u00a0]+", " ", name).strip(" \u200b\ufeff")
    name = re.sub(r" ?· ?", "·", name)
    if any(_is_han(character) for character in name):
        name = re.sub(r"(?<=[^\x00-\u024f]) | (?=[^\x00-\u024f])", "", name)
    for character in name:
        _check(character)
    if sum(character not in BETWEEN for character in name) < LEAST:
        raise NameTooShort
    if len(name) > MOST:
        raise NameTooLong(most=MOST)
    if name[0] in BETWEEN or name[-1] in BETWEEN - {"."}:
        raise NameCharacterWrong(character=name[0] if name[0] in BETWEEN else name[-1])
    return name


def _check(character: str) -> None:
    if _within(character, PRIVATE):
        raise NameCharacterPrivate
    if character in BETWEEN or _is_han(character):
        return
    is_latin = unicodedata.name(character, "").startswith("LATIN ") and character.isalpha()
    is_accent = unicodedata.category(character) == "Mn" and unicodedata.combining(character) in {220, 230}
    if is_latin or is_accent:
        return
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    raise NameCharacterWrong(character=shown)


def _narrow(character: str) -> str:
    """Full-width Latin letters and punctuation as the keyboard has them."""
    return unicodedata.normalize("NFKC", character) if 0xFF01 <= ord(character) <= 0xFF5E else character


def _is_han(character: str) -> bool:
    return _within(character, HAN)


def _within(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(character) <= last for first, last in ranges)
