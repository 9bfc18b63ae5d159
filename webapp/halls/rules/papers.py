"""What two people read from one paper: where they agree, where they do not."""

import json
from collections.abc import Sequence

from webapp.banks.rules.answers import SlotForm, canonical


def differences(first: Sequence[str], second: Sequence[str]) -> tuple[int, ...]:
    """Places (from 0) where two readings of a paper differ. Both are canonical and of one length."""
    return tuple(at for at, (one, other) in enumerate(zip(first, second, strict=True)) if one != other)


def settled(first: Sequence[str], second: Sequence[str], third: Sequence[str]) -> tuple[str, ...]:
    """The answers that count: where two readings agree, theirs; elsewhere what the third person read."""
    return tuple(one if one == other else last for one, other, last in zip(first, second, third, strict=True))


def to_print(answers: Sequence[str], scope: str) -> tuple[int, ...]:
    """Slots that go onto paper: all of them, or with 'rest' those without a saved answer."""
    return tuple(slot for slot, answer in enumerate(answers) if scope == "all" or not answer)


_TRUE, _FALSE = frozenset("T对√✓V是"), frozenset("F错×✗X否")


def fields_of(form: SlotForm) -> int:
    """How many fields somebody fills in who types the answer to a question from paper."""
    if form.question_type == "passage":
        return sum(map(fields_of, form.parts))
    return form.blanks if form.question_type == "fill" else 1


def typed(texts: Sequence[str], form: SlotForm, slot: int) -> str:
    """What somebody typed for one slot, in its canonical form: letters in any case and spacing, T or F also
    as 对/错 or √/×, one text for each blank. raise (AnswerRefused): no possible answer."""
    return canonical(_raw(list(texts), form), form, slot)


def _raw(texts: list[str], form: SlotForm) -> str:
    """The typed texts as a browser would have sent them."""
    if form.question_type == "passage":
        parts = []
        for part in form.parts:
            count = fields_of(part)
            parts.append(_raw(texts[:count], part))
            texts = texts[count:]
        return json.dumps(parts, ensure_ascii=False)
    if form.question_type == "fill":
        return json.dumps(texts, ensure_ascii=False) if any(texts) else ""
    if form.question_type in {"numeric", "essay"}:
        return "".join(texts)
    text = "".join(sign for sign in "".join(texts).upper() if sign not in " ,，、.;；")
    if form.question_type == "true_false" and len(text) == 1:
        return "T" if text in _TRUE else "F" if text in _FALSE else text
    return text
