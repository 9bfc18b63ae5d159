"""Answers of invented people, for the demo and for rehearsals: right, or wrong in a believable way."""

import random

from webapp.banks.rules.answers import to_displayed
from webapp.banks.rules.schema import LETTERS, QuestionType
from webapp.exam.rules.grading import MarkedQuestion


def answer_for(
    question: MarkedQuestion, order: tuple[int, ...], is_right: bool, chance: random.Random
) -> str:
    """The right answer, or a believable wrong one, in the form a browser sends (displayed letters)."""
    key, kind = question.key, question.public.type
    if kind == QuestionType.TRUE_FALSE:
        return "T" if bool(key.truth) == is_right else "F"
    if kind == QuestionType.FILL:
        texts = [blank.accepted[0] if is_right else "不清楚" for blank in key.blanks]
        return '["' + '","'.join(texts) + '"]'
    if is_right:
        return to_displayed(key.letters, order)
    if kind == QuestionType.MULTIPLE:
        return to_displayed(key.letters[: max(1, len(key.letters) - 1)], order)
    letters = LETTERS[: len(question.public.options)]
    return to_displayed(chance.choice([letter for letter in letters if letter != key.letters]), order)
