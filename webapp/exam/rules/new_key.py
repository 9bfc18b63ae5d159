"""A corrected key as a host types it."""

import re
from dataclasses import replace

from webapp.banks.rules.schema import PublicQuestion, QuestionKey, QuestionType
from webapp.exam.errors import KeyRefused

_TRUE = frozenset({"T", "TRUE", "对", "正确", "√"})
_FALSE = frozenset({"F", "FALSE", "错", "错误", "×"})


def read_key(text: str, question: PublicQuestion, old: QuestionKey) -> QuestionKey:
    """The new key. Letters for choices, T or F (also 对, 错) for true/false; for blanks one line each,
    with | between texts that are accepted. What the old key says about blanks besides (weights,
    tolerance, order) stays; weights of options do not. raise (KeyRefused): no possible key."""
    match question.type:
        case QuestionType.TRUE_FALSE:
            word = text.strip().upper()
            if word not in _TRUE | _FALSE:
                raise KeyRefused
            return replace(old, truth=word in _TRUE)
        case QuestionType.SINGLE | QuestionType.MULTIPLE:
            return replace(old, letters=_letters(text, question), weights={})
        case _:
            return _blanks(text, question, old)


def _letters(text: str, question: PublicQuestion) -> str:
    found = "".join(sorted(set(re.sub(r"[\s,，、;；]", "", text.upper()))))
    allowed = {chr(ord("A") + at) for at in range(len(question.options))}
    is_single = question.type is QuestionType.SINGLE
    if not found or set(found) - allowed or (is_single and len(found) != 1):
        raise KeyRefused
    return found


def _blanks(text: str, question: PublicQuestion, old: QuestionKey) -> QuestionKey:
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if len(lines) != question.blanks or len(lines) != len(old.blanks):
        raise KeyRefused
    accepted = [tuple(part.strip() for part in line.split("|") if part.strip()) for line in lines]
    if not all(accepted):
        raise KeyRefused
    blanks = tuple(replace(blank, accepted=texts) for blank, texts in zip(old.blanks, accepted, strict=True))
    return replace(old, blanks=blanks)
