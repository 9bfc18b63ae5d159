"""What a question is: a public part that people see and a key part that only marking sees."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any


class QuestionType(StrEnum):
    """The types this step can hold; the other names of the field are reported, never half imported."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    FILL = "fill"


UNSUPPORTED_TYPES = ("matching", "ordering", "numeric", "passage", "essay")


class Difficulty(StrEnum):
    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


MAX_OPTIONS = 26
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BLANK = "____"
"""How a blank stands in a stored stem, whatever the file wrote."""


@dataclass(frozen=True)
class Blank:
    """One blank of a fill-in: accepted answers, and what share of the mark it carries.

    tolerance: when not None, a number within it of an accepted number is right."""

    accepted: tuple[str, ...]
    weight: Decimal = Decimal(1)
    tolerance: Decimal | None = None


@dataclass(frozen=True)
class FillRules:
    """any_order: answers may stand in any blank, each accepted answer used once. all_needed: all blanks
    right or no mark. case_sensitive: 'pH' is not 'PH'. Width and spaces never count."""

    any_order: bool = False
    all_needed: bool = False
    case_sensitive: bool = False


@dataclass(frozen=True)
class PublicQuestion:
    """What a contestant may see. options in original order; blanks: how many a fill-in has."""

    type: QuestionType
    stem: str
    options: tuple[str, ...] = ()
    blanks: int = 0
    picture: str = ""


@dataclass(frozen=True)
class QuestionKey:
    """What only marking sees. letters: right options in original order, for single and multiple;
    truth: for true/false; blanks: for fill-ins; weights: share of the mark per letter (imports)."""

    letters: str = ""
    truth: bool | None = None
    blanks: tuple[Blank, ...] = ()
    fill: FillRules = field(default_factory=FillRules)
    weights: Mapping[str, Decimal] = field(default_factory=dict)
    explanation: str = ""


@dataclass(frozen=True)
class Question:
    """One question as a file brings it. place: (sheet, row) or the like, for problems."""

    key: str
    public: PublicQuestion
    secret: QuestionKey
    topic: str
    difficulty: Difficulty
    source: str = ""
    tags: tuple[str, ...] = ()
    external_id: str = ""
    sheet: str = ""
    row: int | None = None
    mark: Decimal | None = None


@dataclass(frozen=True)
class TopicTitle:
    key: str
    zh: str
    en: str = ""


@dataclass(frozen=True)
class BankFile:
    """Everything a file brings. pictures: name in the questions -> content."""

    code: str
    title_zh: str
    title_en: str
    language: str
    licence: str
    description_zh: str
    description_en: str
    topics: tuple[TopicTitle, ...]
    questions: tuple[Question, ...]
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def key_to_json(key: QuestionKey) -> tuple[Any, dict[str, Any]]:
    """(answer, rules) as the keys schema stores them."""
    rules: dict[str, Any] = {}
    answer: Any = key.letters
    if key.truth is not None:
        answer = key.truth
    elif key.blanks:
        answer = [list(blank.accepted) for blank in key.blanks]
        rules["fill"] = asdict(key.fill)
        rules["weights"] = [str(blank.weight) for blank in key.blanks]
        rules["tolerances"] = [
            None if blank.tolerance is None else str(blank.tolerance) for blank in key.blanks
        ]
    elif key.weights:
        rules["weights"] = {letter: str(weight) for letter, weight in key.weights.items()}
    return answer, rules


def key_from_json(answer: Any, rules: Mapping[str, Any], explanation: str = "") -> QuestionKey:
    """The key of `key_to_json`."""
    if isinstance(answer, bool):
        return QuestionKey(truth=answer, explanation=explanation)
    if isinstance(answer, list):
        weights = rules.get("weights") or ["1"] * len(answer)
        tolerances = rules.get("tolerances") or [None] * len(answer)
        blanks = tuple(
            Blank(tuple(accepted), Decimal(weight), None if tolerance is None else Decimal(tolerance))
            for accepted, weight, tolerance in zip(answer, weights, tolerances, strict=True)
        )
        return QuestionKey(blanks=blanks, fill=FillRules(**rules.get("fill", {})), explanation=explanation)
    weights_by_letter = {letter: Decimal(weight) for letter, weight in rules.get("weights", {}).items()}
    return QuestionKey(letters=answer, weights=weights_by_letter, explanation=explanation)


def derived_key(question: Question) -> str:
    """A key for a question that came without one: the same type, stem and options give the same key."""
    public = question.public
    text = json.dumps([public.type, public.stem, list(public.options)], ensure_ascii=False)
    return f"q-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:12]}"


def question_to_json(question: Question) -> dict[str, Any]:
    """A whole question, key included, as JSON: for staging, which lies beside the keys."""
    public = question.public
    answer, rules = key_to_json(question.secret)
    return {
        "key": question.key,
        "public": asdict(public) | {"options": list(public.options)},
        "answer": answer,
        "rules": rules,
        "explanation": question.secret.explanation,
        "topic": question.topic,
        "difficulty": question.difficulty.value,
        "source": question.source,
        "tags": list(question.tags),
        "external_id": question.external_id,
        "sheet": question.sheet,
        "row": question.row,
        "mark": None if question.mark is None else str(question.mark),
    }


def question_from_json(data: Mapping[str, Any]) -> Question:
    """The question of `question_to_json`."""
    public = data["public"]
    return Question(
        key=data["key"],
        public=PublicQuestion(
            QuestionType(public["type"]),
            public["stem"],
            tuple(public["options"]),
            public["blanks"],
            public["picture"],
        ),
        secret=key_from_json(data["answer"], data["rules"], data["explanation"]),
        topic=data["topic"],
        difficulty=Difficulty(data["difficulty"]),
        source=data["source"],
        tags=tuple(data["tags"]),
        external_id=data["external_id"],
        sheet=data["sheet"],
        row=data["row"],
        mark=None if data["mark"] is None else Decimal(data["mark"]),
    )
