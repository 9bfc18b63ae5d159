"""What people read of an OLX problem: its HTML without inputs, answers and hints."""

import copy
import re
from collections.abc import Callable

from lxml import etree

from webapp.banks.formats.xml import inner_html, local

GAP = "\ue0f0"
"""Where an input stands."""

INPUTS = frozenset(
    {"textline", "formulaequationinput", "optioninput", "choicegroup", "checkboxgroup", "textbox"}
)
HINTS = frozenset({"demandhint", "hint", "hintgroup"})
UNSEEN = frozenset(
    {
        "solution", "demandhint", "hint", "choicehint", "compoundhint", "correcthint", "optionhint",
        "stringequalhint", "hintgroup", "script", "responseparam", "additional_answer", "style",
    }
)  # fmt: skip
_PLAIN = frozenset(
    [
        "p", "br", "b", "i", "u", "em", "strong", "sub", "sup", "code", "span", "ul", "ol", "li", "img", "audio", "video",
        "source", "a", "table", "tbody", "thead", "tr", "td", "th", "pre", "div",
    ]
)  # fmt: skip
_FORMULA = re.compile(r"\[(mathjax(?:inline)?)\](.{0,2000}?)\[/\1\]")
_BLOCK = re.compile(r" ?(</?(?:p|div|ul|ol|li|br|tr)\b[^<>]*>) ?")


def without(element: etree._Element, is_out: Callable[[etree._Element], bool]) -> etree._Element:
    """A copy without some of its descendants; the text after them stays."""
    made = copy.deepcopy(element)
    for item in list(made.iter()):
        if item is not made and is_out(item):
            _take_out(item, "")
    return made


def _take_out(item: etree._Element, instead: str) -> None:
    parent, before = item.getparent(), item.getprevious()
    if parent is None:
        return
    text = instead + (item.tail or "")
    if before is not None:
        before.tail = (before.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    parent.remove(item)


def shown_html(element: etree._Element, keep_all: bool = False) -> str:
    """The HTML inside a problem, response or solution; GAP stands for each input. White space is one blank.

    keep_all: nothing is taken out, for solutions and the like."""
    made = without(element, lambda item: not keep_all and local(item) in UNSEEN)
    for item in list(made.iter()):
        if item is made:
            continue
        name = local(item)
        if name in INPUTS:
            _take_out(item, GAP)
        elif name not in _PLAIN:
            item.tag = "span" if name.endswith("response") else "p"
            item.attrib.clear()
        else:
            item.tag = name
    text = inner_html(made).replace("\u00a0", " ")
    text = _BLOCK.sub(r"\1", re.sub(r"\s+", " ", text)).strip()
    return _FORMULA.sub(lambda found: f"\\({found[2]}\\)", text)
