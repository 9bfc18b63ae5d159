"""An item of QTI 1.2 while it is read: its metadata, responses, conditions and texts."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from webapp.banks.formats.qti2_model import Element
from webapp.banks.formats.qti12_dialects import TYPE_FIELDS, TYPES
from webapp.banks.formats.qti12_keys import Scoring
from webapp.banks.formats.qti_text import Media, TextBuilder, bare, built, plain
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
        others = [TYPES.get(name.lower(), "") for field in TYPE_FIELDS for name in self.fields.get(field, [])]
        return [name for name in (*self.fields.get("question_type", []), *profiles, *others) if name]


def fields_of(element: Element) -> dict[str, list[str]]:
    """The metadata by name: pairs of a label and an entry, or, as Blackboard writes them, elements."""
    fields: dict[str, list[str]] = {}
    for entry in element.iter("qtimetadatafield", "qti_metadatafield"):
        label, value = entry.find("fieldlabel"), entry.find("fieldentry")
        if label is not None and value is not None:
            fields.setdefault(plain(label).lower(), []).append(plain(value))
    for metadata in element.findall("itemmetadata"):
        for one in metadata:
            if len(one) == 0 and (one.text or "").strip():
                fields.setdefault(str(one.tag).lower(), []).append(plain(one))
    return fields


def hook(is_fill: bool, with_prompts: bool = False) -> Callable[[TextBuilder, Element], bool]:
    """is_fill: responses are blanks. with_prompts: what is asked inside a response is a part of the text."""

    def deal_with(builder: TextBuilder, element: Element) -> bool:
        name = str(element.tag)
        if name in RESPONSES and with_prompts:
            _prompts(builder, element)
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


def _prompts(builder: TextBuilder, response: Element) -> None:
    """The material of a response that belongs to none of its labels."""
    for child in response:
        if child.tag == "material":
            builder.block()
            builder.element(child)
            builder.block()
        elif child.tag not in {"response_label", "response_na"}:
            _prompts(builder, child)


def _material_text(builder: TextBuilder, element: Element) -> None:
    """Text, HTML as elements, or HTML written as text."""
    kind = str(element.get("texttype") or "").strip().lower()
    if len(element) == 0 and ("html" in kind or (not kind and _MARKUP.search(element.text or ""))):
        builder.html(element.text or "")
    else:
        builder.children(element)


def stem_of(item: Item, is_fill: bool = False, with_prompts: bool = False) -> str:
    presentation = item.element.find("presentation")
    if presentation is None:
        return ""
    shown = hook(is_fill, with_prompts)
    return built([*item.before, presentation], item.media, shown, keep_underscores=not is_fill)


def label_text(label: Element, media: Media) -> str:
    """The bare text of a label, for what is compared or picked from."""
    return bare(label, media, hook(is_fill=False))


def material(element: Element, media: Media) -> str:
    return built([element], media, hook(is_fill=False))
