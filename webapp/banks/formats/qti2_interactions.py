"""The interactions of QTI 2 and 3: what each of them asks, and its key, in the shape of our questions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from webapp.banks.formats.qti2_model import Declaration, Element, Item, Unsupported
from webapp.banks.formats.qti2_processing import NUMERIC, ignores_case, is_by_key, ranges, wants_all
from webapp.banks.formats.qti_text import Media, TextBuilder, built
from webapp.banks.rules.schema import (
    BLANK,
    LETTERS,
    MAX_OPTIONS,
    Blank,
    FillRules,
    PublicQuestion,
    QuestionKey,
    QuestionType,
)
from webapp.core.words import N_, Message

INLINE = frozenset({"textEntryInteraction", "inlineChoiceInteraction"})
FEEDBACK = frozenset({"feedbackInline", "feedbackBlock", "modalFeedback"})
HIDDEN = FEEDBACK | {"rubricBlock", "stylesheet", "templateInline", "templateBlock", "catalogInfo"}
ONE = Decimal(1)


@dataclass
class Part:
    """What interactions of one question bring. notes: feedback of single options, by letter."""

    type: QuestionType
    key: QuestionKey
    options: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    choices: tuple[tuple[str, ...], ...] = ()
    blanks: int = 0
    notes: dict[str, str] = field(default_factory=dict)
    declarations: list[Declaration] = field(default_factory=list)

    def public(self, stem: str) -> PublicQuestion:
        """The public part, with its stem."""
        return PublicQuestion(self.type, stem, self.options, self.blanks, "", self.choices, self.items)


def without_feedback(builder: TextBuilder, element: Element) -> bool:
    """Leave out feedback that stands inside an option."""
    return element.tag in HIDDEN


def in_stem(builder: TextBuilder, element: Element) -> bool:
    """What stands in the text of a question in place of an interaction: a blank, or its prompt."""
    name = str(element.tag)
    if name in HIDDEN:
        return True
    if name in INLINE or name == "gap":
        builder.put(BLANK)
        return True
    if not name.endswith("Interaction"):
        return False
    for child in element:
        if child.tag == "prompt":
            builder.block()
            builder.children(child)
            builder.block()
        elif name == "gapMatchInteraction" and child.tag not in {"gapText", "gapImg"}:
            builder.element(child)
    return True


def read_part(item: Item, interactions: list[Element], media: Media) -> Part:
    """One question from one interaction, or from all the gaps of a text.

    Raise Unsupported for a kind of interaction or of marking that a bank cannot hold."""
    if all(one.tag in INLINE for one in interactions):
        return _gaps(item, interactions, media)
    if len(interactions) > 1:
        raise Unsupported(" + ".join(str(one.tag) for one in interactions))
    (interaction,) = interactions
    reader = READERS.get(str(interaction.tag))
    if reader is None:
        raise Unsupported(str(interaction.tag))
    declaration = item.declaration(interaction)
    return replace(reader(item, interaction, declaration, media), declarations=[declaration])


def _letter(index: int) -> str:
    return LETTERS[index] if index < len(LETTERS) else ""


def _texts(choices: Iterable[Element], media: Media) -> tuple[str, ...]:
    return tuple(built([choice], media, without_feedback) for choice in choices)


def _letters_of(choices: Sequence[Element]) -> dict[str, str]:
    if len(choices) > MAX_OPTIONS:
        reason = Message(N_("A question can have at most 26 options."))
        raise Unsupported(str(len(choices)), reason, "too-many-options")
    letters: dict[str, str] = {}
    for index, choice in enumerate(choices):
        letters.setdefault(str(choice.get("identifier") or "").strip(), _letter(index))
    return letters


def _known(names: Iterable[str], letters: Mapping[str, str]) -> list[str]:
    """The letters of the named options. Raise Unsupported when one names no option."""
    found = []
    for name in names:
        if not letters.get(name.strip()):
            reason = Message(N_("The key names “%(name)s”, which is no option."), {"name": name[:80]})
            raise Unsupported(name, reason, "answer-unknown")
        found.append(letters[name.strip()])
    return found


def _choice(item: Item, interaction: Element, declaration: Declaration, media: Media) -> Part:
    choices = interaction.findall(".//simpleChoice")
    letters = _letters_of(choices)
    right = _known(declaration.right, letters)
    most = str(interaction.get("maxChoices") or "").strip()
    is_single = len(right) <= 1 and (most == "1" or (not most and declaration.cardinality == "single"))
    weights = {} if is_by_key(item) else _weights(declaration, letters, is_single)
    is_valued = any(name in declaration.values for name in declaration.right)
    if weights and not item.is_open and not is_valued and max(weights.values()) >= 1:
        weights = {}
        item.warn(
            Message(N_("The weights of this question contradict its right answer, which alone is kept."))
        )
    kind = QuestionType.SINGLE if is_single else QuestionType.MULTIPLE
    key = QuestionKey(letters="".join(sorted(set(right))), weights=weights)
    options = _texts(choices, media)
    if "true-false" in str(interaction.get("class") or "").split() and len(options) == 2 and is_single:
        kind, options, key = QuestionType.TRUE_FALSE, (), QuestionKey(truth=key.letters == "A")
    notes = {letters.get(str(choice.get("identifier") or "").strip(), ""): choice for choice in choices}
    said = {letter: _feedback(choice, media) for letter, choice in notes.items() if letter}
    return Part(kind, key, options, notes={letter: text for letter, text in said.items() if text})


def _feedback(choice: Element, media: Media) -> str:
    return built(choice.iter("feedbackInline", "feedbackBlock"), media)


def _weights(declaration: Declaration, letters: Mapping[str, str], is_single: bool) -> dict[str, Decimal]:
    """The share of each letter; empty when the weights say no more than the key."""
    values, full = declaration.values, declaration.upper or declaration.most
    if not values or not full or full <= 0:
        return {}
    _known((name for name, value in values.items() if value), letters)
    weights = {
        letter: values.get(name, declaration.default) / full
        for name, letter in letters.items()
        if name in values or declaration.default
    }
    # A mapping in place of a key says no more than the key.
    says_more = declaration.correct or not is_single or len(values) > 1
    return weights if says_more else {}


def _gaps(item: Item, interactions: list[Element], media: Media) -> Part:
    declarations = [item.declaration(one) for one in interactions]
    single = declarations[0]
    if (
        len(interactions) == 1
        and interactions[0].tag == "textEntryInteraction"
        and single.base_type in NUMERIC
    ):
        key = QuestionKey(numbers=ranges(item, single))
        return Part(QuestionType.NUMERIC, key, declarations=declarations)
    exact = is_by_key(item)
    is_exact = exact and not ignores_case(item)
    lists = [
        {
            str(choice.get("identifier") or ""): built([choice], media)
            for choice in one.findall("inlineChoice")
        }
        for one in interactions
    ]
    blanks = tuple(_blank(one, texts, exact) for one, texts in zip(declarations, lists, strict=True))
    typed = [not texts for texts in lists]
    rules = FillRules(
        all_needed=exact and wants_all(item),
        case_sensitive=any(
            _is_case_sensitive(one, is_exact, is_typed)
            for one, is_typed in zip(declarations, typed, strict=True)
        ),
    )
    choices = tuple(tuple(texts.values()) for texts in lists) if any(lists) else ()
    return Part(
        QuestionType.FILL, QuestionKey(blanks=blanks, fill=rules),
        choices=choices, blanks=len(blanks), declarations=declarations,
    )  # fmt: skip


def _blank(declaration: Declaration, texts: Mapping[str, str], exact: bool) -> Blank:
    """One blank. texts: of the list it is picked from, by identifier."""
    if texts:
        _known(declaration.right, {name: text or "-" for name, text in texts.items()})
    values = {} if exact and declaration.correct else declaration.values
    full = max([value for value in values.values() if value > 0], default=ONE)
    named = dict.fromkeys([*declaration.correct, *(name for name, value in values.items() if value == full)])
    partial = {
        texts.get(name, name): value / full
        for name, value in values.items()
        if value > 0 and name not in named
    }
    accepted = dict.fromkeys(texts.get(name, name) for name in named)
    return Blank(tuple(text for text in accepted if text), full, partial=tuple(partial.items()))


def _is_case_sensitive(declaration: Declaration, exact: bool, is_typed: bool) -> bool:
    """Whether the case of an answer counts: said so, compared as a whole, or valued by it."""
    if any(entry.is_case_sensitive for entry in declaration.entries) or not is_typed:
        return any(entry.is_case_sensitive for entry in declaration.entries)
    if exact and declaration.correct:
        return True
    values: dict[str, Decimal] = {}
    unsaid = [entry for entry in declaration.entries if entry.is_case_sensitive is None]
    return any(values.setdefault(entry.key.casefold(), entry.value) != entry.value for entry in unsaid)


def _essay(item: Item, interaction: Element, declaration: Declaration, media: Media) -> Part:
    return Part(QuestionType.ESSAY, QuestionKey(reference="\n".join(declaration.correct)))


def _pairs(declaration: Declaration) -> list[tuple[str, str]]:
    return [
        (first, second) for first, _, second in (value.strip().partition(" ") for value in declaration.right)
    ]


def _warn_of_values(item: Item, declaration: Declaration) -> None:
    values = {value for value in declaration.values.values() if value > 0}
    if len(values) > 1 and not is_by_key(item):
        item.warn(Message(N_("The pairs have different weights; here each of them counts the same.")))
    _warn_of_default(item, declaration)


def _warn_of_default(item: Item, declaration: Declaration) -> None:
    if declaration.default < 0 or any(value < 0 for value in declaration.values.values()):
        item.warn(Message(N_("Wrong answers take marks off in this file; here they bring nothing.")))


def _match(item: Item, interaction: Element, declaration: Declaration, media: Media) -> Part:
    sets = interaction.findall("simpleMatchSet")
    if len(sets) != 2:
        raise Unsupported("matchInteraction")
    left, right = (one.findall("simpleAssociableChoice") for one in sets)
    firsts = [first for first, _ in _pairs(declaration)]
    if len(set(firsts)) < len(firsts) == len(right):
        # Groups on the left, each with several things: here the things are the items, the groups the options.
        left, right = right, left
    letters, names = _letters_of(right), {str(one.get("identifier") or "").strip() for one in left}
    key: dict[str, str] = {}
    for first, second in _pairs(declaration):
        item_name, option = (second, first) if first in letters and first not in names else (first, second)
        if item_name in key or item_name not in names:
            reason = Message(N_("A thing that belongs to several others cannot be held as matching."))
            raise Unsupported("matchInteraction", reason)
        (key[item_name],) = _known([option], letters)
    if len(key) < len(left):
        reason = Message(N_("The answer does not say where each thing belongs."))
        raise Unsupported("matchInteraction", reason, "answer-incomplete")
    is_by_key(item)
    _warn_of_values(item, declaration)
    order = [str(one.get("identifier") or "").strip() for one in left]
    return Part(
        QuestionType.MATCHING, QuestionKey(letters="".join(key[name] for name in order)),
        _texts(right, media), _texts(left, media),
    )  # fmt: skip


def _associate(item: Item, interaction: Element, declaration: Declaration, media: Media) -> Part:
    """Pairs without a direction: the first of each is the item, the second an option; the rest distract."""
    choices = {
        str(one.get("identifier") or "").strip(): one for one in interaction.findall("simpleAssociableChoice")
    }
    pairs = _pairs(declaration)
    _known((name for pair in pairs for name in pair), dict.fromkeys(choices, "-"))
    firsts = {first for first, _ in pairs}
    seconds = list(dict.fromkeys(second for _, second in pairs))
    if len(firsts) < len(pairs) or firsts & set(seconds):
        reason = Message(N_("A thing that belongs to several others cannot be held as matching."))
        raise Unsupported("associateInteraction", reason)
    names = [name for name in choices if name not in firsts]
    letters = _letters_of([choices[name] for name in names])
    is_by_key(item)
    item.warn(Message(N_("Pairs without a direction: the first of each pair stands on the left here.")))
    _warn_of_values(item, declaration)
    return Part(
        QuestionType.MATCHING, QuestionKey(letters="".join(letters[second] for _, second in pairs)),
        _texts((choices[name] for name in names), media),
        _texts((choices[first] for first, _ in pairs), media),
    )  # fmt: skip


def _order(item: Item, interaction: Element, declaration: Declaration, media: Media) -> Part:
    choices = interaction.findall("simpleChoice")
    letters = _known(declaration.right, _letters_of(choices))
    is_by_key(item)
    if any(str(choice.get("fixed") or "").strip().lower() in {"true", "1"} for choice in choices):
        item.warn(Message(N_("An option has a fixed place in this file; here all of them may be moved.")))
    return Part(QuestionType.ORDERING, QuestionKey(letters="".join(letters)), _texts(choices, media))


def _gap_match(item: Item, interaction: Element, declaration: Declaration, media: Media) -> Part:
    """A text whose gaps are filled from one list."""
    if interaction.find("gapImg") is not None:
        raise Unsupported("gapImg")
    texts = {
        str(one.get("identifier") or "").strip(): built([one], media)
        for one in interaction.findall("gapText")
    }
    gaps = [str(one.get("identifier") or "").strip() for one in interaction.iter("gap")]
    values = {} if is_by_key(item) else declaration.values
    right: dict[str, dict[str, Decimal]] = {gap: {} for gap in gaps}
    for name in dict.fromkeys([*declaration.right, *values]):
        first, _, second = name.strip().partition(" ")
        text, gap = (first, second) if second in right else (second, first)
        _known([text, gap], {**dict.fromkeys(texts, "-"), **dict.fromkeys(gaps, "-")})
        value = values.get(name, ONE)
        if value > 0 and gap in right and text in texts:
            right[gap][texts[text]] = value
    _warn_of_default(item, declaration)
    blanks = []
    for gap in gaps:
        full = max(right[gap].values(), default=ONE)
        accepted = tuple(text for text, value in right[gap].items() if value == full)
        partial = tuple((text, value / full) for text, value in right[gap].items() if value < full)
        blanks.append(Blank(accepted, full, partial=partial))
    choices = tuple(tuple(texts.values()) for _ in gaps)
    return Part(QuestionType.FILL, QuestionKey(blanks=tuple(blanks)), choices=choices, blanks=len(gaps))


READERS: Mapping[str, Callable[[Item, Element, Declaration, Media], Part]] = {
    "choiceInteraction": _choice,
    "extendedTextInteraction": _essay,
    "matchInteraction": _match,
    "associateInteraction": _associate,
    "orderInteraction": _order,
    "gapMatchInteraction": _gap_match,
}
