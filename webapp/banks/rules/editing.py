"""What a person types into the form of a question: texts and ticks, and the question that they mean.

The names of the fields: stem, option-0, right-0 …; those of a part of a passage begin with part-0-."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from webapp.banks.rules.schema import (
    BLANK,
    LETTERS,
    MAX_OPTIONS,
    Blank,
    FillRules,
    NumberRange,
    PublicQuestion,
    QuestionKey,
    QuestionType,
)
from webapp.core.problems import Problem
from webapp.core.words import N_, Message

MAX_ROWS = 100
ORDERED = {"option": "options", "item": "items", "blank": "blanks", "number": "numbers", "part": "parts"}
"""The name of a row's fields, and what holds the rows."""

Wrong = tuple[str, Message]
"""The name of a field and what is wrong there."""


@dataclass(frozen=True)
class TypedOption:
    """One option. place: where it stands in the right order (from 1); share: of the mark, for some imports."""

    text: str = ""
    is_right: bool = False
    share: str = ""
    place: str = ""


@dataclass(frozen=True)
class TypedItem:
    """The left side of a pair and the letter of what belongs to it."""

    text: str = ""
    letter: str = ""


@dataclass(frozen=True)
class TypedBlank:
    """One blank. accepted, choices: a text per line; partial: lines like "50% text"."""

    accepted: str = ""
    partial: str = ""
    choices: str = ""
    weight: str = "1"
    tolerance: str = ""
    is_pattern: bool = False


@dataclass(frozen=True)
class TypedNumber:
    """A range of right numbers; without an end it is the one number."""

    low: str = ""
    high: str = ""
    share: str = ""


@dataclass(frozen=True)
class Typed:
    """A question, or a part of a passage, as it stands in the form. truth: T, F or ''. weight: of the part."""

    type: str
    stem: str = ""
    options: tuple[TypedOption, ...] = ()
    items: tuple[TypedItem, ...] = ()
    blanks: tuple[TypedBlank, ...] = ()
    numbers: tuple[TypedNumber, ...] = ()
    parts: "tuple[Typed, ...]" = ()
    truth: str = ""
    any_order: bool = False
    all_needed: bool = False
    case_sensitive: bool = False
    reference: str = ""
    keywords: str = ""
    explanation: str = ""
    weight: str = "1"


ROWS: Mapping[str, Callable[[], Any]] = {
    "option": TypedOption,
    "item": TypedItem,
    "blank": TypedBlank,
    "number": TypedNumber,
    "part": lambda: empty(QuestionType.SINGLE),
}


def empty(type_: str) -> Typed:
    """The form of a new question of a type, with as many rows as it usually needs."""
    rows = {
        QuestionType.SINGLE: {"options": 4},
        QuestionType.MULTIPLE: {"options": 4},
        QuestionType.FILL: {"blanks": 1},
        QuestionType.MATCHING: {"items": 3, "options": 3},
        QuestionType.ORDERING: {"options": 3},
        QuestionType.NUMERIC: {"numbers": 1},
        QuestionType.PASSAGE: {"parts": 1},
    }.get(QuestionType(type_), {})
    row_of = {holder: row for row, holder in ORDERED.items()}
    filled: dict[str, Any] = {
        name: tuple(ROWS[row_of[name]]() for _ in range(count)) for name, count in rows.items()
    }
    return Typed(type_, **filled)


def of_question(public: PublicQuestion, secret: QuestionKey, weight: Decimal = Decimal(1)) -> Typed:
    """What the form of a stored question shows."""
    ranks = {letter: str(rank) for rank, letter in enumerate(secret.letters, 1)}
    is_ordering = public.type == QuestionType.ORDERING
    is_choice = public.type in {QuestionType.SINGLE, QuestionType.MULTIPLE}
    blanks = tuple(
        TypedBlank(
            "\n".join(blank.accepted),
            "\n".join(f"{_plain(share * 100)}% {text}" for text, share in blank.partial),
            "\n".join(public.choices[at]) if at < len(public.choices) else "",
            _plain(blank.weight),
            "" if blank.tolerance is None else _plain(blank.tolerance),
            blank.is_pattern,
        )
        for at, blank in enumerate(secret.blanks)
    )
    weights = secret.part_weights or (Decimal(1),) * len(public.parts)
    return Typed(
        public.type.value,
        public.stem,
        tuple(
            TypedOption(
                text,
                is_choice and letter in secret.letters,
                _plain(secret.weights[letter]) if letter in secret.weights else "",
                ranks.get(letter, "") if is_ordering else "",
            )
            for letter, text in zip(LETTERS, public.options, strict=False)
        ),
        tuple(
            TypedItem(text, secret.letters[at] if at < len(secret.letters) else "")
            for at, text in enumerate(public.items)
        ),
        blanks,
        tuple(
            TypedNumber(
                _plain(one.low),
                "" if one.high == one.low else _plain(one.high),
                "" if one.share == 1 else _plain(one.share),
            )
            for one in secret.numbers
        ),
        tuple(
            of_question(part, key, share)
            for part, key, share in zip(public.parts, secret.parts, weights, strict=False)
        ),
        "" if secret.truth is None else "T" if secret.truth else "F",
        secret.fill.any_order,
        secret.fill.all_needed,
        secret.fill.case_sensitive,
        secret.reference,
        "\n".join(secret.keywords),
        secret.explanation,
        _plain(weight),
    )


def _plain(number: Decimal) -> str:
    return format(number, "f")


def read(form: Mapping[str, str], prefix: str = "") -> Typed:
    """What was typed, from the fields of a form. Unknown types are single choice."""
    known = set(QuestionType) if not prefix else set(QuestionType) - {QuestionType.PASSAGE}
    type_ = form.get(f"{prefix}type", "")
    chosen = form.get(f"{prefix}right", "")

    def text(name: str) -> str:
        return form.get(prefix + name, "").replace("\r\n", "\n").replace("\0", "").strip()

    def ticked(name: str) -> bool:
        return prefix + name in form

    def rows(name: str) -> Iterator[int]:
        for at in range(MAX_OPTIONS if name in {"option", "item"} else MAX_ROWS):
            if f"{prefix}{name}-{at}" not in form:
                return
            yield at

    return Typed(
        type_ if type_ in known else "single",
        text("stem"),
        tuple(
            TypedOption(
                text(f"option-{at}"),
                ticked(f"right-{at}") or chosen == str(at),
                text(f"share-{at}"),
                text(f"place-{at}"),
            )
            for at in rows("option")
        ),
        tuple(TypedItem(text(f"item-{at}"), text(f"letter-{at}")) for at in rows("item")),
        tuple(
            TypedBlank(
                text(f"blank-{at}"),
                text(f"partial-{at}"),
                text(f"choices-{at}"),
                text(f"weight-{at}"),
                text(f"tolerance-{at}"),
                ticked(f"pattern-{at}"),
            )
            for at in rows("blank")
        ),
        tuple(
            TypedNumber(text(f"number-{at}"), text(f"high-{at}"), text(f"share-{at}"))
            for at in rows("number")
        ),
        tuple(read(form, f"part-{at}-") for at in rows("part")) if not prefix else (),
        text("truth"),
        ticked("any_order"),
        ticked("all_needed"),
        ticked("case_sensitive"),
        text("reference"),
        text("keywords"),
        text("explanation"),
        text("weight"),
    )


_STEP = re.compile(r"(?:part-(\d{1,2})-)?(option|item|blank|number|part)(?:-(\d{1,2}))?")


def with_row(typed: Typed, path: str) -> Typed:
    """With one more row: "option", "part-1-option" … Anything else changes nothing."""
    return _changed(typed, path, is_more=True)


def without_row(typed: Typed, path: str) -> Typed:
    """Without a row: "option-2", "part-1-option-0" … Anything else changes nothing."""
    return _changed(typed, path, is_more=False)


def _changed(typed: Typed, path: str, *, is_more: bool) -> Typed:
    shown = re.fullmatch(r"part-(\d{1,2})-fields", path)
    if shown is not None and int(shown[1]) < len(typed.parts):
        at = int(shown[1])
        fresh = retyped(typed.parts[at], typed.parts[at].type)
        return replace(typed, parts=(*typed.parts[:at], fresh, *typed.parts[at + 1 :]))
    found = _STEP.fullmatch(path)
    if found is None:
        return typed
    part, name, number = found.groups()
    if part is not None:
        place = int(part)
        if place >= len(typed.parts) or name == "part":
            return typed
        inner = _changed(typed.parts[place], path.removeprefix(f"part-{part}-"), is_more=is_more)
        return replace(typed, parts=(*typed.parts[:place], inner, *typed.parts[place + 1 :]))
    holder = ORDERED[name]
    rows = getattr(typed, holder)
    if is_more and number is None and len(rows) < MAX_OPTIONS:
        rows = (*rows, ROWS[name]())
    elif not is_more and number is not None and int(number) < len(rows):
        gone = int(number)
        rows = (*rows[:gone], *rows[gone + 1 :])
        if name == "option":
            typed = replace(typed, items=tuple(_moved_up(item, gone) for item in typed.items))
    return replace(typed, **{holder: rows})


def _moved_up(item: TypedItem, gone: int) -> TypedItem:
    """An item after the option at `gone` left: later letters move up by one."""
    at = LETTERS.find(item.letter) if item.letter else -1
    if at < gone:
        return item
    return replace(item, letter="" if at == gone else LETTERS[at - 1])


def retyped(typed: Typed, type_: str) -> Typed:
    """The same texts as a question of another type, with the rows that this one needs."""
    fresh, changes = empty(type_), {}
    for name in ORDERED.values():
        if not getattr(typed, name):
            changes[name] = getattr(fresh, name)
    return replace(typed, type=type_, **changes)


@dataclass
class _Reading:
    prefix: str
    wrong: list[Wrong] = field(default_factory=list)

    def number(self, name: str, text: str, default: Decimal | None = None) -> Decimal | None:
        """A decimal; what is none is wrong at its field."""
        if not text:
            return default
        try:
            found = Decimal(text.replace("，", "").replace("．", ".").replace("−", "-"))
            if not found.is_finite() or abs(found.adjusted()) > 30:
                raise InvalidOperation
        except InvalidOperation:
            self.wrong.append((self.prefix + name, Message(N_("Write a number here."))))
            return default
        return found

    def share(self, name: str, text: str) -> Decimal:
        """A share of a mark, 0 to 1."""
        found = self.number(name, text, Decimal(1))
        if found is None or not 0 <= found <= 1:
            self.wrong.append((self.prefix + name, Message(N_("Write a share between 0 and 1."))))
            return Decimal(1)
        return found


def question_of(typed: Typed, prefix: str = "") -> tuple[PublicQuestion, QuestionKey, list[Wrong]]:
    """The question that was typed (its public part, its key) and what cannot be read, at its fields.

    Empty options at the end are left out. What the question lacks is for check_question."""
    reading, kind = _Reading(prefix), QuestionType(typed.type)
    public = PublicQuestion(kind, _with_blanks(typed.stem) if kind == QuestionType.FILL else typed.stem)
    secret = QuestionKey(explanation=typed.explanation)
    match kind:
        case QuestionType.SINGLE | QuestionType.MULTIPLE | QuestionType.MATCHING | QuestionType.ORDERING:
            public, secret = _with_options(typed, public, secret, reading)
        case QuestionType.TRUE_FALSE:
            secret = replace(secret, truth={"T": True, "F": False}.get(typed.truth))
        case QuestionType.FILL:
            public, secret = _with_answers(typed, public, secret, reading)
        case QuestionType.NUMERIC:
            secret = replace(secret, numbers=_numbers(typed, reading))
        case QuestionType.ESSAY:
            secret = replace(secret, reference=typed.reference, keywords=_lines(typed.keywords))
        case QuestionType.PASSAGE:
            parts = [question_of(part, f"part-{at}-") for at, part in enumerate(typed.parts)]
            weights = tuple(
                reading.number(f"part-{at}-weight", part.weight, Decimal(1)) or Decimal(0)
                for at, part in enumerate(typed.parts)
            )
            public = replace(public, parts=tuple(part[0] for part in parts))
            secret = replace(secret, parts=tuple(part[1] for part in parts), part_weights=weights)
            reading.wrong += [one for part in parts for one in part[2]]
    return public, secret, reading.wrong


def _with_blanks(stem: str) -> str:
    """The stem with every run of underscores as blanks are stored."""
    return re.sub(r"_{2,}", lambda run: run[0] if len(run[0]) % len(BLANK) == 0 else BLANK, stem)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _with_options(
    typed: Typed, public: PublicQuestion, secret: QuestionKey, reading: _Reading
) -> tuple[PublicQuestion, QuestionKey]:
    options = list(typed.options)
    while options and options[-1] == TypedOption():
        options.pop()
    public = replace(public, options=tuple(option.text for option in options))
    lettered = list(zip(LETTERS, options, strict=False))
    if public.type == QuestionType.MATCHING:
        items = [item for item in typed.items if item != TypedItem()]
        letters = "".join(item.letter for item in items)
        return replace(public, items=tuple(item.text for item in items)), replace(secret, letters=letters)
    if public.type == QuestionType.ORDERING:
        places = {option.place: letter for letter, option in lettered}
        wanted = [str(rank) for rank in range(1, len(lettered) + 1)]
        letters = "".join(places[rank] for rank in wanted) if set(places) == set(wanted) else ""
        return public, replace(secret, letters=letters)
    shares = {
        letter: reading.number(f"share-{at}", option.share)
        for at, (letter, option) in enumerate(lettered)
        if option.share
    }
    return public, replace(
        secret,
        letters="".join(letter for letter, option in lettered if option.is_right),
        weights={letter: share for letter, share in shares.items() if share is not None},
    )


def _with_answers(
    typed: Typed, public: PublicQuestion, secret: QuestionKey, reading: _Reading
) -> tuple[PublicQuestion, QuestionKey]:
    lists = tuple(_lines(blank.choices) for blank in typed.blanks)
    blanks = tuple(
        Blank(
            _lines(blank.accepted),
            reading.number(f"weight-{at}", blank.weight, Decimal(1)) or Decimal(0),
            reading.number(f"tolerance-{at}", blank.tolerance),
            _partial(at, blank.partial, reading),
            blank.is_pattern,
        )
        for at, blank in enumerate(typed.blanks)
    )
    for at, (blank, offered) in enumerate(zip(blanks, lists, strict=True)):
        if offered and not set(blank.accepted) <= set(offered):
            reading.wrong.append(
                (f"{reading.prefix}choices-{at}", Message(N_("The list does not hold the right answer.")))
            )
    return (
        replace(public, blanks=public.stem.count(BLANK), choices=lists if any(lists) else ()),
        replace(
            secret,
            blanks=blanks,
            fill=FillRules(typed.any_order, typed.all_needed, typed.case_sensitive),
        ),
    )


_SHARED = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*[%％]\s*(.+)")


def _partial(at: int, text: str, reading: _Reading) -> tuple[tuple[str, Decimal], ...]:
    found = []
    for line in _lines(text):
        match = _SHARED.fullmatch(line)
        if match is None or not 0 < Decimal(match[1]) < 100:
            words = Message(N_("Write per line a percentage between 0 and 100 with its sign, then the text."))
            reading.wrong.append((f"{reading.prefix}partial-{at}", words))
            break
        found.append((match[2], Decimal(match[1]) / 100))
    return tuple(found)


def _numbers(typed: Typed, reading: _Reading) -> tuple[NumberRange, ...]:
    found = []
    for at, row in enumerate(typed.numbers):
        if row == TypedNumber():
            continue
        low = reading.number(f"number-{at}", row.low)
        high = reading.number(f"high-{at}", row.high, low)
        if low is None or high is None:
            if not row.low:
                reading.wrong.append((f"{reading.prefix}number-{at}", Message(N_("Write a number here."))))
            continue
        found.append(NumberRange(low, high, reading.share(f"share-{at}", row.share)))
    return tuple(found)


_PLACES = {
    "no-stem": "stem",
    "no-blank": "stem",
    "blanks-differ": "stem",
    "very-long": "stem",
    "no-parts": "parts",
    "passage-in-passage": "parts",
    "empty-range": "high-0",
}
_ANSWERS = {
    "single": "right",
    "multiple": "right",
    "true_false": "truth",
    "fill": "blank-0",
    "matching": "letter-0",
    "ordering": "place-0",
    "numeric": "number-0",
    "passage": "parts",
    "essay": "reference",
}


def field_of(problem: Problem, typed: Typed, prefix: str = "") -> Wrong:
    """The field where a problem of check_question is shown, with its words."""
    reason = problem.reason
    inner = reason.params.get("reason")
    if isinstance(inner, Message) and not prefix:
        at = int(str(reason.params.get("number", 1))) - 1
        if at < len(typed.parts):
            return field_of(replace(problem, reason=inner), typed.parts[at], f"part-{at}-")
    if problem.code == "empty-option":
        return f"{prefix}option-{LETTERS.index(str(reason.params['letter']))}", reason
    if problem.code in {"too-few-options", "too-many-options", "same-options"}:
        return (
            f"{prefix}{'item' if typed.type == 'matching' and len(typed.items) < 2 else 'option'}-0",
            reason,
        )
    if problem.code == "no-answer" and typed.type == "fill":
        blank = next((at for at, one in enumerate(typed.blanks) if not one.accepted), 0)
        return f"{prefix}blank-{blank}", reason
    return prefix + _PLACES.get(problem.code, _ANSWERS[typed.type]), reason
