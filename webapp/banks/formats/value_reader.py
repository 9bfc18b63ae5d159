"""A table of named values → Question: what `named_values.py` writes, and what people write by hand."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from webapp.banks.formats.named_values import FILL_RULES, PART_KEYS, QUESTION_KEYS
from webapp.banks.formats.ranges import ranges_of
from webapp.banks.rules.schema import (
    BLANK,
    CHOICES,
    Blank,
    Difficulty,
    FillRules,
    NumberRange,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
    part_of,
    tidy_words,
)
from webapp.core.problems import Problem, shorten
from webapp.core.words import N_, Message

LISTED_LETTERS = frozenset({QuestionType.MULTIPLE, QuestionType.MATCHING, QuestionType.ORDERING})


class ValueReader:
    """One table → Question, with problems at its line. name: how problems call it, its key for a question."""

    def __init__(
        self, data: Mapping[str, Any], path: str, line: int | None, topic: str = "", name: str = ""
    ) -> None:
        self.data, self.path, self.line, self.topic = data, path, line, topic
        self.name = name or str(data.get("key", "?"))
        self.problems: list[Problem] = []

    def report(self, code: str, reason: Message, column: str, hint: Message | None = None) -> None:
        """Add an error at a key of the table."""
        value = shorten(self.data.get(column, ""))
        self.problems.append(
            Problem(
                code, reason, file=self.path, row=self.line, column=f"{self.name}.{column}", value=value,
                hint=hint,
            )
        )  # fmt: skip

    def read(self) -> Question | None:
        """The question; None when its type is unknown."""
        self._refuse_unknown(QUESTION_KEYS)
        kind = self._type()
        if not isinstance(self.data.get("key"), str) or not self.data["key"]:
            self.report("no-key", Message(N_("The question has no key.")), "key")
        if kind is None:
            return None
        difficulty = str(self.data.get("difficulty", "medium"))
        if difficulty not in set(Difficulty):
            self.report(
                "difficulty", Message(N_("The difficulty must be easy, medium or hard.")), "difficulty"
            )
            difficulty = "medium"
        public, secret = self._both(kind)
        return Question(
            key=str(self.data.get("key", "")),
            public=public,
            secret=secret,
            topic=str(self.data.get("topic", self.topic)),
            difficulty=Difficulty(difficulty),
            source=str(self.data.get("source", "")),
            tags=self._texts("tags"),
            external_id=str(self.data.get("external_id", "")),
            sheet=self.path,
            row=self.line,
            mark=self._decimals("mark", 1)[0],
        )

    def read_part(self) -> tuple[PublicQuestion, QuestionKey, Decimal] | None:
        """A sub-question of a passage and its weight; None when it cannot be one."""
        self._refuse_unknown(PART_KEYS | {"weight"})
        kind = self._type()
        if kind is None or kind == QuestionType.PASSAGE:
            if kind is not None:
                self.report(
                    "passage-in-passage", Message(N_("A sub-question cannot be a passage itself.")), "type"
                )
            return None
        weight = self._decimals("weight", 1)[0]
        public, secret = self._both(kind)
        return part_of(public), secret, Decimal(1) if weight is None else weight

    def _refuse_unknown(self, known: set[str]) -> None:
        for key in self.data:
            if key not in known:
                self.report("unknown-key", Message(N_("“%(key)s” is not known here."), {"key": key}), key)

    def _type(self) -> QuestionType | None:
        name = str(self.data.get("type", ""))
        if name in set(QuestionType):
            return QuestionType(name)
        self.report(
            "unknown-type", Message(N_("The type “%(type)s” is not known."), {"type": shorten(name)}), "type",
            Message(N_("Use one of: %(choices)s."), {"choices": ", ".join(QuestionType)}),
        )  # fmt: skip
        return None

    def _both(self, kind: QuestionType) -> tuple[PublicQuestion, QuestionKey]:
        stem = str(self.data.get("stem", "")).strip()
        is_fill = kind == QuestionType.FILL
        public = PublicQuestion(
            kind,
            stem,
            tuple(text.strip() for text in self._texts("options")),
            stem.count(BLANK) if is_fill else 0,
            str(self.data.get("picture", "")),
            self._choices() if is_fill else (),
            tuple(text.strip() for text in self._texts("items")),
            picture_alt=tidy_words(str(self.data.get("picture_alt", ""))),
        )
        secret = replace(self._key(kind), explanation=str(self.data.get("explanation", "")).strip())
        return self._with_parts(public, secret) if kind == QuestionType.PASSAGE else (public, secret)

    def _with_parts(self, public: PublicQuestion, secret: QuestionKey) -> tuple[PublicQuestion, QuestionKey]:
        entries = self.data.get("parts", [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self.report("answer-form", Message(N_("The sub-questions must be a list of tables.")), "parts")
            entries = []
        found = []
        for number, entry in enumerate(entries, start=1):
            reader = ValueReader(entry, self.path, self.line, name=f"{self.name}.parts[{number}]")
            part = reader.read_part()
            self.problems += reader.problems
            if part is not None:
                found.append(part)
        publics, keys, weights = (tuple(items) for items in zip(*found, strict=True)) if found else ((),) * 3
        return replace(public, parts=publics), replace(secret, parts=keys, part_weights=weights)

    def _texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; a list within the list or a single value is reported."""
        value = self.data.get(key, [])
        if not isinstance(value, list) or any(isinstance(item, list | dict) for item in value):
            self.report("answer-form", Message(N_("This must be a list of texts.")), key)
            return ()
        return tuple(_text(item) for item in value)

    def _choices(self) -> tuple[tuple[str, ...], ...]:
        value = self.data.get("choices", [])
        if not isinstance(value, list) or not all(isinstance(item, list) for item in value):
            self.report("answer-form", Message(N_("This must be one list of texts a blank.")), "choices")
            return ()
        return tuple(tuple(_text(text) for text in texts) for texts in value)

    def _key(self, kind: QuestionType) -> QuestionKey:
        if kind == QuestionType.PASSAGE:
            return QuestionKey()
        if kind == QuestionType.ESSAY:
            reference = self.data.get("reference", self.data.get("answer", ""))
            return QuestionKey(reference=str(reference).strip(), keywords=self._texts("keywords"))
        answer = self.data.get("answer")
        read = self._answer(kind, answer)
        if read is None and answer is not None:
            self.report(
                "answer-form", Message(N_("The answer does not have the form of this type.")), "answer"
            )
        return read or QuestionKey()

    def _answer(self, kind: QuestionType, answer: Any) -> QuestionKey | None:
        if kind == QuestionType.TRUE_FALSE and isinstance(answer, bool):
            return QuestionKey(truth=answer)
        if kind == QuestionType.NUMERIC:
            return self._numbers(answer)
        if kind == QuestionType.SINGLE and isinstance(answer, str):
            return QuestionKey(letters=answer.strip().upper(), weights=self._option_weights())
        if not isinstance(answer, list):
            return None
        if kind in LISTED_LETTERS and all(isinstance(item, str) for item in answer):
            letters = [item.strip().upper() for item in answer]
            if kind == QuestionType.MULTIPLE:
                letters = sorted(set(letters))
            weights = self._option_weights() if kind in CHOICES else {}
            return QuestionKey(letters="".join(letters), weights=weights)
        if kind == QuestionType.FILL and all(isinstance(item, list) and item for item in answer):
            return self._fill_key(answer)
        return None

    def _numbers(self, answer: Any) -> QuestionKey | None:
        """A number, a text such as 3.5±0.1 or 3~6, a table {low, high, share}, or a list of these."""
        found: list[NumberRange] = []
        for item in answer if isinstance(answer, list) else [answer]:
            if isinstance(item, dict):
                if set(item) - {"low", "high", "share"} or not {"low", "high"} <= set(item):
                    return None
                read = [_decimal(item[name]) for name in ("low", "high")]
                share = _decimal(item.get("share", 1))
                if None in read or share is None or not 0 <= share <= 1:
                    return None
                found.append(NumberRange(read[0] or Decimal(0), read[1] or Decimal(0), share))
            elif isinstance(item, int | float | str | Decimal) and not isinstance(item, bool):
                ranges = ranges_of(_text(item))
                if not ranges:
                    return None
                found += ranges
            else:
                return None
        return QuestionKey(numbers=tuple(found))

    def _option_weights(self) -> dict[str, Decimal]:
        value = self.data.get("weights", {})
        read = (
            {str(letter): _decimal(weight) for letter, weight in value.items()}
            if isinstance(value, dict)
            else None
        )
        if read is None or any(weight is None or not weight.is_finite() for weight in read.values()):
            self.report("not-a-number", Message(N_("This must be a number.")), "weights")
            return {}
        return {letter: weight for letter, weight in read.items() if weight is not None}

    def _fill_key(self, answer: list[list[Any]]) -> QuestionKey:
        rules = self.data.get("fill_rules", {})
        if (
            not isinstance(rules, dict)
            or set(rules) - set(FILL_RULES)
            or any(not isinstance(value, bool) for value in rules.values())
        ):
            self.report(
                "fill-rules", Message(N_("These rules of a fill-in cannot be read.")), "fill_rules",
                Message(N_("Known here: %(keys)s."), {"keys": ", ".join(sorted(FILL_RULES))}),
            )  # fmt: skip
            rules = {}
        count = len(answer)
        tolerances, weights = self._decimals("tolerance", count), self._decimals("weights", count)
        partial = self._per_blank("partial", count, _shares, ())
        patterns = self._per_blank("patterns", count, _flag, False)
        blanks = tuple(
            Blank(
                tuple(_text(item) for item in accepted),
                weight if weight is not None else Decimal(1),
                tolerance, shares, is_pattern,
            )
            for accepted, weight, tolerance, shares, is_pattern in zip(
                answer, weights, tolerances, partial, patterns, strict=True
            )
        )  # fmt: skip
        return QuestionKey(blanks=blanks, fill=FillRules(**rules))

    def _per_blank(self, key: str, count: int, read: Callable[[Any], Any], usual: Any) -> list[Any]:
        value = self.data.get(key)
        if value is None:
            return [usual] * count
        found = [read(item) for item in value] if isinstance(value, list) else []
        if len(found) != count or None in found:
            self.report("answer-form", Message(N_("This must say one thing for each blank.")), key)
            return [usual] * count
        return found

    def _decimals(self, key: str, count: int) -> list[Decimal | None]:
        """A number for all blanks, or a list with one a blank ("" for none); `count` Nones when absent."""
        value = self.data.get(key)
        values = value if isinstance(value, list) else [value] * count
        found = [None if item is None or item == "" else _decimal(item) for item in values]
        unread = sum(item is None for item in found) - sum(item is None or item == "" for item in values)
        if (
            unread
            or len(found) != count
            or any(item is not None and not (item.is_finite() and item >= 0) for item in found)
        ):
            self.report("not-a-number", Message(N_("This must be a number.")), key)
            return [None] * count
        return found


def _text(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool | list | dict):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return None if found.is_nan() else found


def _shares(value: object) -> tuple[tuple[str, Decimal], ...] | None:
    if not isinstance(value, dict):
        return None
    read = [(str(text), _decimal(share)) for text, share in value.items()]
    found = tuple((text, share) for text, share in read if share is not None and 0 < share < 1)
    return found if len(found) == len(read) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None
