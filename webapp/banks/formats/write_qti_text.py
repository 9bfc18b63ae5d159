"""Our texts as elements of QTI: inline tags, line breaks, pictures and sounds, and places for answers."""

import re
from collections.abc import Iterator
from urllib.parse import quote

from lxml import etree

from webapp.banks.formats.qti_text import UNDERLINED
from webapp.banks.formats.sanitise import INLINE
from webapp.banks.rules.schema import BLANK, MEDIA, words_of

Element = etree._Element
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PIECES = re.compile(rf"(\n|</?(?:{'|'.join(INLINE)})>|\[\[media:[^\[\]\n]{{1,501}}\]\]|{BLANK})")


def element(tag: str, *children: Element | str, **attributes: object) -> Element:
    """An element with its attributes (class_ for class) and children. Texts are bare texts."""
    made = etree.Element(tag)
    for name, value in attributes.items():
        made.set(name.rstrip("_"), legal(str(value)))
    for child in children:
        if isinstance(child, str):
            _append_text(made, child)
        else:
            made.append(child)
    return made


def legal(text: str) -> str:
    """The text without signs that no XML file can hold."""
    return _NOT_XML.sub("", text)


def rich(tag: str, text: str, places: Iterator[Element] | None = None, **attributes: object) -> Element:
    """An element with a text of ours in it. places: what stands in place of its blanks; without it, blanks
    are text. A tag that is not closed, or closed without having been opened, is text."""
    made = element(tag, **attributes)
    pieces = [piece for piece in _PIECES.split(legal(text)) if piece]
    tags = _matched(pieces)
    current = made
    for index, piece in enumerate(pieces):
        media = MEDIA.fullmatch(piece)
        if piece == "\n":
            current.append(etree.Element("br"))
        elif media:
            current.append(element("img", src=f"../{quote(media[1])}", alt=words_of(piece)))
        elif piece == BLANK and places is not None:
            place = next(places, None)
            if place is not None:
                current.append(place)
        elif index in tags and piece.startswith("</"):
            above = current.getparent()
            assert above is not None
            current = above
        elif index in tags:
            current = _inline(current, piece.strip("<>"))
        else:
            _append_text(current, piece)
    return made


def _inline(above: Element, tag: str) -> Element:
    """An inline tag of ours. QTI has no <u>."""
    if tag == "u":
        return etree.SubElement(above, "span", {"class": UNDERLINED})
    return etree.SubElement(above, tag)


def _matched(pieces: list[str]) -> set[int]:
    """The positions of tags that are opened and closed in order."""
    matched: set[int] = set()
    waiting: list[int] = []
    for index, piece in enumerate(pieces):
        if not re.fullmatch(r"</?[a-z]+>", piece):
            continue
        if not piece.startswith("</"):
            waiting.append(index)
        elif any(pieces[place] == piece.replace("/", "") for place in waiting):
            while pieces[waiting[-1]] != piece.replace("/", ""):
                waiting.pop()
            matched |= {waiting.pop(), index}
    return matched


def _append_text(parent: Element, text: str) -> None:
    text = legal(text)
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text
