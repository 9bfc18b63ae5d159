"""QTI 2.1, 2.2 and 3.0: one set of names, and what an item declares beside its text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from lxml import etree

from webapp.banks.formats.xml import local
from webapp.core.words import N_, Message

MAX_DIGITS = 40
OPEN = "open"
Element = etree._Element


class Unsupported(Exception):
    """An item that a bank cannot hold. kind: what it is, as the file says it; reason, code: of the problem."""

    def __init__(self, kind: str, reason: Message | None = None, code: str = "unsupported-type") -> None:
        super().__init__(kind)
        self.kind, self.code = kind, code
        self.reason = reason or Message(
            N_("Questions of the type “%(type)s” cannot be held yet."), {"type": kind[:80]}
        )


_WRITTEN = {
    name.lower(): name
    for name in ("textEntryInteraction", "inlineChoiceInteraction", "inlineChoice", "extendedTextInteraction",
                 "gapText", "hottextInteraction")
}  # fmt: skip
"""Names that programs lose the capitals of, when they take an item for HTML."""


def with_one_set_of_names(root: Element) -> None:
    """Give every element and attribute its QTI 2 name: no namespace, no prefix, qti-simple-choice of QTI 3
    as simpleChoice, response-identifier as responseIdentifier."""
    for element in root.iter():
        name = local(element)
        if not name:
            continue
        element.tag = _WRITTEN.get(name) or _camel(name.removeprefix("qti-"))
        if name in _WRITTEN and element.get("responseidentifier"):
            element.set("responseIdentifier", str(element.get("responseidentifier")))
        for attribute in list(element.attrib):
            bare = str(attribute).rpartition("}")[2]
            if "-" in bare and not bare.startswith(("data-", "aria-")) and _camel(bare) not in element.attrib:
                element.set(_camel(bare), str(element.get(attribute)))
        if element.get("baseType"):
            element.set("baseType", _camel(str(element.get("baseType"))))


def _camel(name: str) -> str:
    first, *others = name.split("-")
    return first + "".join(other[:1].upper() + other[1:] for other in others)


def number(text: str | None) -> Decimal | None:
    """A finite number of a reasonable size, None for what is none."""
    try:
        value = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    fits = value.is_finite() and abs(value.adjusted()) <= MAX_DIGITS and len(value.as_tuple().digits) <= 60
    return value if fits else None


def is_true(text: str | None) -> bool:
    """A boolean of XML, in capitals too."""
    return (text or "").strip().lower() in {"true", "1"}


@dataclass(frozen=True)
class Entry:
    """One line of a mapping."""

    key: str
    value: Decimal
    is_case_sensitive: bool | None
    """None when the file does not say."""


@dataclass(frozen=True)
class Declaration:
    """What may be answered, and what is right."""

    identifier: str
    cardinality: str = "single"
    base_type: str = "identifier"
    correct: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    default: Decimal = Decimal(0)
    upper: Decimal | None = None

    @property
    def right(self) -> tuple[str, ...]:
        """The key: the correct response, else what the mapping rewards."""
        return self.correct or tuple(entry.key for entry in self.entries if entry.value > 0)

    @property
    def values(self) -> dict[str, Decimal]:
        """What each answer earns; empty when none earns or costs anything."""
        values = {entry.key: entry.value for entry in self.entries}
        return values if any(values.values()) else {}

    @property
    def most(self) -> Decimal | None:
        """What the mapping can bring, without its bound. A single response earns one entry only."""
        positive = [value for value in self.values.values() if value > 0]
        if not positive:
            return None
        return max(positive) if self.cardinality == "single" else sum(positive, Decimal(0))


@dataclass
class Item:
    """An item while it is read. warnings: what it says and a bank cannot hold."""

    root: Element
    body: Element
    declarations: dict[str, Declaration]
    outcomes: dict[str, Element]
    warnings: list[tuple[str, Message]] = field(default_factory=list)
    stated: str = ""
    """How the marking alone states the key, where no response declares one."""

    def declaration(self, interaction: Element) -> Declaration:
        """The declaration that an interaction answers to."""
        identifier = str(interaction.get("responseIdentifier") or "")
        return self.declarations.get(identifier) or Declaration(identifier)

    def warn(self, reason: Message) -> None:
        self.warnings.append(("changed", reason))

    def outcome(self, identifier: str) -> Decimal | None:
        """The default value of an outcome, when it is a number."""
        element = self.outcomes.get(identifier)
        if element is None:
            return None
        return next((number(value.text) for value in element.iter("value")), None)

    @property
    def is_open(self) -> bool:
        """Whether the item leaves its mark to whoever uses it; scores are then shares of 1."""
        most = self.outcomes.get("MAXSCORE")
        return most is not None and most.get("interpretation") == OPEN

    def mark(self, declarations: list[Declaration]) -> Decimal | None:
        """What the item is worth: the bound of its mapping, else MAXSCORE, else what can be earned, else the
        maximum its score has, else 1. None where MAXSCORE is called open, as in files of ours."""
        if self.is_open:
            return None
        told = {one.get("name"): number(one.get("value")) for one in self.root.iter("instructureField")}
        points = told.get("points_possible") or told.get("max_score")
        if points is not None and points > 0:
            return points
        bounds = [one.upper for one in declarations]
        if any(bound is not None for bound in bounds):
            parts = [one.most if one.upper is None else one.upper for one in declarations]
            return _positive(sum((part for part in parts if part is not None), Decimal(0)))
        stated = self.outcome("MAXSCORE")
        if stated is not None and stated > 0:
            return stated
        most = [one.most for one in declarations]
        if most and all(part is not None for part in most):
            return sum((part for part in most if part is not None), Decimal(0))
        score = self.outcomes.get("SCORE")
        return _positive(number(score.get("normalMaximum")) if score is not None else None)


def _positive(value: Decimal | None) -> Decimal:
    return value if value is not None and value > 0 else Decimal(1)


def item_of(root: Element) -> Item:
    """The declarations and the body of an assessmentItem (names already mapped)."""
    body = root.find("itemBody")
    declarations = {one.identifier: one for one in map(_declaration, root.findall("responseDeclaration"))}
    outcomes = {str(one.get("identifier")): one for one in root.findall("outcomeDeclaration")}
    return Item(root, body if body is not None else etree.Element("itemBody"), declarations, outcomes)


def _declaration(element: Element) -> Declaration:
    mapping = element.find("mapping")
    entries = tuple(_entries(mapping)) if mapping is not None else ()
    return Declaration(
        str(element.get("identifier") or ""),
        str(element.get("cardinality") or "single"),
        str(element.get("baseType") or "identifier"),
        tuple(_value(value) for value in element.findall("correctResponse/value")),
        entries,
        (number(mapping.get("defaultValue")) if mapping is not None else None) or Decimal(0),
        number(mapping.get("upperBound")) if mapping is not None else None,
    )


def _value(element: Element) -> str:
    return " ".join(
        "".join(piece for piece in element.itertext() if isinstance(piece, str)).strip().splitlines()
    )


def _entries(mapping: Element) -> Iterator[Entry]:
    for entry in mapping.findall("mapEntry"):
        value = number(entry.get("mappedValue"))
        if value is not None and entry.get("mapKey") is not None:
            key = str(entry.get("mapKey")).strip()
            said = entry.get("caseSensitive") or mapping.get("caseSensitive")
            yield Entry(key, value, None if said is None else is_true(said))
