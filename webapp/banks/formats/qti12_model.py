"""An item of QTI 1.2 while it is read: its metadata, responses, conditions and texts."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from webapp.banks.formats.qti2_model import Element
from webapp.banks.formats.qti12_keys import Scoring
from webapp.banks.formats.qti_text import Media, TextBuilder, built, plain
from webapp.banks.rules.schema import BLANK
from webapp.core.words import Message

RESPONSES = (
    "response_lid",
    "response_str",
    "response_num",
    "response_xy",
    "response_grp",
    "response_extension",
)
CARTRIDGE = {
    "cc.multiple_choice.v0p1": "multiple_choice_question",
    "cc.multiple_response.v0p1": "multiple_answers_question",
    "cc.true_false.v0p1": "true_false_question",
    "cc.fib.v0p1": "short_answer_question",
    "cc.pattern_match.v0p1": "short_answer_question",
    "cc.essay.v0p1": "essay_question",
}
"""The types of Common Cartridge under the names of Canvas."""

PARENT = "parent_stimulus_item_ident"
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#]")


@dataclass
class Item:
    """An item while it is read."""

    element: Element
    media: Media
    fields: dict[str, list[str]]
    responses: list[Element]
    scoring: Scoring
    before: list[Element] = field(default_factory=list)
    """Texts that stand before its own."""
    labels: dict[str, str] = field(default_factory=dict)
    """Identifier of an option → its letter."""
    warnings: list[Message] = field(default_factory=list)
    """What it says and a bank cannot hold."""

    @property
    def types(self) -> list[str]:
        """What the metadata call the item, in order."""
        profiles = [CARTRIDGE.get(name.lower(), "") for name in self.fields.get("cc_profile", [])]
        return [name for name in (*self.fields.get("question_type", []), *profiles) if name]


def fields_of(element: Element) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for entry in element.iter("qtimetadatafield"):
        label, value = entry.find("fieldlabel"), entry.find("fieldentry")
        if label is not None and value is not None:
            fields.setdefault(plain(label).lower(), []).append(plain(value))
    return fields


def hook(is_fill: bool) -> Callable[[TextBuilder, Element], bool]:
    def deal_with(builder: TextBuilder, element: Element) -> bool:
        name = str(element.tag)
        if name in {"response_str", "response_num"} and is_fill:
            builder.put(BLANK)
            return True
        if name in {"mattext", "matemtext"}:
            _material_text(builder, element)
            return True
        if name == "matbreak":
            builder.put("\n")
            return True
        if name == "material" and is_fill:
            builder.children(element)
            return True
        return name in RESPONSES or name in {"qticomment", "duration"}

    return deal_with


def _material_text(builder: TextBuilder, element: Element) -> None:
    """Text, HTML as elements, or HTML written as text."""
    kind = str(element.get("texttype") or "").strip().lower()
    if len(element) == 0 and ("html" in kind or (not kind and _MARKUP.search(element.text or ""))):
        builder.html(element.text or "")
    else:
        builder.children(element)


def stem_of(item: Item, is_fill: bool = False) -> str:
    presentation = item.element.find("presentation")
    if presentation is None:
        return ""
    return built([*item.before, presentation], item.media, hook(is_fill), keep_underscores=not is_fill)


def material(element: Element, media: Media) -> str:
    return built([element], media, hook(is_fill=False))
