"""What changed between two versions of a question, field by field; texts word by word."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from webapp.banks.rules.schema import LETTERS, PublicQuestion, Question, QuestionKey, QuestionType
from webapp.core.words import N_, Message


class Kind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """A run of text that stayed, left or came."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Change:
    """A field that is not as before. pieces: both texts as one, in reading order."""

    label: Message
    pieces: tuple[Piece, ...]


_TOKEN = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
MOST_TOKENS = 4000


def word_difference(before: str, after: str) -> tuple[Piece, ...]:
    """Both texts as one row of pieces: Chinese by character, other scripts by word.

    Without the pieces that are new it reads as before, without those that are gone as after. Very long texts
    are told as wholes."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(old), len(new)) > MOST_TOKENS:
        return tuple(Piece(kind, text) for kind, text in ((Kind.GONE, before), (Kind.NEW, after)) if text)
    pieces: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Kind.SAME, "".join(old[i:j])))
            continue
        pieces += [Piece(Kind.GONE, "".join(old[i:j]))] if j > i else []
        pieces += [Piece(Kind.NEW, "".join(new[k:m]))] if m > k else []
    return tuple(pieces)


def changes(before: Question, after: Question) -> tuple[Change, ...]:
    """The fields that differ, in the order of the form; fields that came or went among them."""
    old, new = dict(_fields(before)), dict(_fields(after))
    order = [*new, *(name for name in old if name not in new)]
    labels = {name: label for name, (label, _text) in (old | new).items()}
    found = []
    for name in order:
        was = old[name][1] if name in old else ""
        now = new[name][1] if name in new else ""
        if was != now:
            found.append(Change(labels[name], word_difference(was, now)))
    return tuple(found)


Named = list[tuple[str, tuple[Message, str]]]


def _fields(question: Question) -> Named:
    """Every field of a question as (name, (label, text))."""
    found = _body(question.public, question.secret)
    rest = {
        "topic": (N_("Topic"), question.topic),
        "difficulty": (N_("Difficulty"), question.difficulty.value),
        "tags": (N_("Tags"), ", ".join(question.tags)),
        "source": (N_("Source"), question.source),
        "picture": (N_("Picture above the question"), question.public.picture),
        "picture_alt": (N_("Words for people who do not see the picture"), question.public.picture_alt),
        "mark": (N_("Mark"), "" if question.mark is None else str(question.mark)),
    }
    return found + [(name, (Message(label), text)) for name, (label, text) in rest.items()]


def _body(public: PublicQuestion, secret: QuestionKey, prefix: str = "") -> Named:
    found: Named = []

    def add(name: str, label: str, text: str, params: Mapping[str, object] | None = None) -> None:
        said = Message(label, dict(params or {}))
        if prefix:
            said = Message(N_("Sub-question %(number)s: %(reason)s"), {"number": prefix, "reason": said})
        found.append((f"{prefix}/{name}", (said, text)))

    add("type", N_("Type"), public.type.value)
    add("stem", N_("Question"), public.stem)
    for letter, text in zip(LETTERS, public.options, strict=False):
        add(f"option-{letter}", N_("Option %(letter)s"), text, {"letter": letter})
    for number, text in enumerate(public.items, 1):
        add(f"item-{number}", N_("Line %(n)s"), text, {"n": number})
    add("answer", N_("Right answer"), _answer(public, secret))
    for number, blank in enumerate(secret.blanks, 1):
        texts = [*blank.accepted, *(f"{text} ({share})" for text, share in blank.partial)]
        extra = f" ±{blank.tolerance}" if blank.tolerance is not None else ""
        weight = f" ×{blank.weight}" if blank.weight != 1 else ""
        pattern = " *" if blank.is_pattern else ""
        add(f"blank-{number}", N_("Blank %(n)s"), " / ".join(texts) + extra + weight + pattern, {"n": number})
    for number, offered in enumerate(public.choices, 1):
        add(f"choices-{number}", N_("List of blank %(n)s"), " / ".join(offered), {"n": number})
    if secret.blanks:
        add("any-order", N_("The answers may stand in any order"), "✓" if secret.fill.any_order else "")
        add("all-needed", N_("All blanks right, or no mark"), "✓" if secret.fill.all_needed else "")
        add("case", N_("Capital and small letters differ"), "✓" if secret.fill.case_sensitive else "")
    add("reference", N_("Reference answer"), secret.reference)
    add("keywords", N_("Keywords"), " / ".join(secret.keywords))
    for number, (part, key) in enumerate(zip(public.parts, secret.parts, strict=False), 1):
        found.extend(_body(part, key, str(number)))
    add("weights", N_("Weights"), " / ".join(map(str, secret.part_weights)))
    add("explanation", N_("Explanation"), secret.explanation)
    return found


def _answer(public: PublicQuestion, secret: QuestionKey) -> str:
    if secret.truth is not None:
        return "✓" if secret.truth else "✗"
    if secret.numbers:
        return "; ".join(
            (str(one.low) if one.low == one.high else f"{one.low} – {one.high}")
            + (f" ({one.share})" if one.share != 1 else "")
            for one in secret.numbers
        )
    if public.type in {QuestionType.MATCHING, QuestionType.ORDERING}:
        return " ".join(secret.letters)
    shares = [f"{letter} {share}" for letter, share in secret.weights.items()]
    return secret.letters + (f" ({', '.join(shares)})" if shares else "")
