"""Questions and keys as JSON: in the database, in staging, between processes. One form, both ways."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Protocol

from webapp.banks.rules.schema import (
    Blank,
    Difficulty,
    FillRules,
    NumberRange,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
)


def key_to_json(key: QuestionKey) -> tuple[Any, dict[str, Any]]:
    """(answer, rules) as the keys schema stores them.

    answer: letters | true/false | a list per blank | {"numbers"} | {"reference", "keywords"} | {"parts"}."""
    if key.truth is not None:
        return key.truth, {}
    if key.blanks:
        return _blanks_to_json(key)
    if key.numbers:
        return {"numbers": [[str(n.low), str(n.high), str(n.share)] for n in key.numbers]}, {}
    if key.parts:
        parts = [[*key_to_json(part), part.explanation] for part in key.parts]
        return {"parts": parts, "weights": [str(weight) for weight in key.part_weights]}, {}
    if key.reference or key.keywords:
        return {"reference": key.reference, "keywords": list(key.keywords)}, {}
    if key.weights:
        return key.letters, {"weights": {letter: str(weight) for letter, weight in key.weights.items()}}
    return key.letters, {}


def _blanks_to_json(key: QuestionKey) -> tuple[Any, dict[str, Any]]:
    rules: dict[str, Any] = {
        "fill": asdict(key.fill),
        "weights": [str(blank.weight) for blank in key.blanks],
        "tolerances": [None if blank.tolerance is None else str(blank.tolerance) for blank in key.blanks],
    }
    if any(blank.partial for blank in key.blanks):
        rules["partial"] = [[[text, str(share)] for text, share in blank.partial] for blank in key.blanks]
    if any(blank.is_pattern for blank in key.blanks):
        rules["patterns"] = [blank.is_pattern for blank in key.blanks]
    return [list(blank.accepted) for blank in key.blanks], rules


def key_from_json(answer: Any, rules: Mapping[str, Any], explanation: str = "") -> QuestionKey:
    """The key of `key_to_json`."""
    if isinstance(answer, bool):
        return QuestionKey(truth=answer, explanation=explanation)
    if isinstance(answer, list):
        fill = FillRules(**rules.get("fill", {}))
        return QuestionKey(blanks=_blanks_from_json(answer, rules), fill=fill, explanation=explanation)
    if isinstance(answer, dict):
        return _structured(answer, explanation)
    weights = {letter: Decimal(weight) for letter, weight in rules.get("weights", {}).items()}
    return QuestionKey(letters=answer, weights=weights, explanation=explanation)


def _structured(answer: Mapping[str, Any], explanation: str) -> QuestionKey:
    if "numbers" in answer:
        numbers = tuple(NumberRange(*map(Decimal, entry)) for entry in answer["numbers"])
        return QuestionKey(numbers=numbers, explanation=explanation)
    if "parts" in answer:
        return QuestionKey(
            parts=tuple(key_from_json(*part) for part in answer["parts"]),
            part_weights=tuple(map(Decimal, answer["weights"])),
            explanation=explanation,
        )
    return QuestionKey(
        reference=answer["reference"], keywords=tuple(answer["keywords"]), explanation=explanation
    )


def _blanks_from_json(answer: list[list[str]], rules: Mapping[str, Any]) -> tuple[Blank, ...]:
    weights = rules.get("weights") or ["1"] * len(answer)
    tolerances = rules.get("tolerances") or [None] * len(answer)
    partial = rules.get("partial") or [()] * len(answer)
    patterns = rules.get("patterns") or [False] * len(answer)
    return tuple(
        Blank(
            tuple(accepted),
            Decimal(weight),
            None if tolerance is None else Decimal(tolerance),
            tuple((text, Decimal(share)) for text, share in shares),
            is_pattern,
        )
        for accepted, weight, tolerance, shares, is_pattern in zip(
            answer, weights, tolerances, partial, patterns, strict=True
        )
    )


def extra_to_json(public: PublicQuestion) -> dict[str, Any]:
    """What only some types have: choices, items, parts; nothing for the others."""
    extra: dict[str, Any] = {}
    if public.choices:
        extra["choices"] = [list(texts) for texts in public.choices]
    if public.items:
        extra["items"] = list(public.items)
    if public.parts:
        extra["parts"] = [public_to_json(part) for part in public.parts]
    return extra


def public_to_json(public: PublicQuestion) -> dict[str, Any]:
    """The public part as JSON."""
    return {
        "type": public.type.value,
        "stem": public.stem,
        "options": list(public.options),
        "blanks": public.blanks,
        "picture": public.picture,
        **({"picture_alt": public.picture_alt} if public.picture_alt else {}),
        **extra_to_json(public),
    }


def public_from_json(data: Mapping[str, Any]) -> PublicQuestion:
    """The public part of `public_to_json`; what `extra_to_json` leaves out may be missing."""
    return PublicQuestion(
        QuestionType(data["type"]),
        data["stem"],
        tuple(data["options"]),
        data["blanks"],
        data.get("picture", ""),
        tuple(tuple(texts) for texts in data.get("choices", ())),
        tuple(data.get("items", ())),
        tuple(public_from_json(part) for part in data.get("parts", ())),
        data.get("picture_alt", ""),
    )


class StoredQuestion(Protocol):
    """A row with the public columns of a question version."""

    @property
    def type(self) -> str: ...
    @property
    def stem(self) -> str: ...
    @property
    def options(self) -> list[Any]: ...
    @property
    def blanks(self) -> int: ...
    @property
    def extra(self) -> dict[str, Any]: ...


def public_of(row: StoredQuestion, picture: str = "", picture_alt: str = "") -> PublicQuestion:
    """The public part of a stored version. picture, picture_alt: of the picture above it, where they are wanted."""
    columns = {"type": row.type, "stem": row.stem, "options": row.options, "blanks": row.blanks}
    return public_from_json({**(row.extra or {}), **columns, "picture": picture, "picture_alt": picture_alt})


def question_to_json(question: Question) -> dict[str, Any]:
    """A whole question, key included, as JSON: for staging, which lies beside the keys."""
    answer, rules = key_to_json(question.secret)
    return {
        "key": question.key,
        "public": public_to_json(question.public),
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
    return Question(
        key=data["key"],
        public=public_from_json(data["public"]),
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
