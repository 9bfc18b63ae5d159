"""What blind picking brings."""

from decimal import Decimal
from itertools import combinations

from webapp.banks.rules.marking import MarkingPolicy, mark
from webapp.banks.rules.schema import LETTERS, PublicQuestion, QuestionKey, QuestionType

MOST_OPTIONS = 12
"""Above, the picks of a multiple choice are too many to be tried one by one."""


def letters_of(question: PublicQuestion) -> str:
    """The letters that can be picked, in the question's own order; '' where nothing is picked."""
    match question.type:
        case QuestionType.TRUE_FALSE:
            return "TF"
        case QuestionType.SINGLE | QuestionType.MULTIPLE:
            return LETTERS[: len(question.options)]
        case _:
            return ""


def key_letters(question: PublicQuestion, key: QuestionKey) -> str:
    """The right ones among `letters_of`."""
    if question.type is QuestionType.TRUE_FALSE:
        return "T" if key.truth else "F"
    return key.letters if letters_of(question) else ""


def guess_share(question: PublicQuestion, key: QuestionKey, policy: MarkingPolicy) -> float | None:
    """The mean mark over all possible picks, as a share of the full mark; None where picks cannot be listed.

    One letter for single choice and true or false; any set of letters but the empty one for multiple choice.
    Marked by the rule of the section itself, marks taken off included."""
    letters = letters_of(question)
    if not letters or not policy.full or len(letters) > MOST_OPTIONS:
        return None
    most = len(letters) if question.type is QuestionType.MULTIPLE else 1
    picks = ["".join(chosen) for size in range(1, most + 1) for chosen in combinations(letters, size)]
    brought = sum((mark(question, key, pick, policy).value for pick in picks), Decimal(0))
    return float(brought / len(picks) / policy.full)


def corrected_facility(facility: float | None, options: int) -> float | None:
    """(K p - 1) / (K - 1): the share that knew, when everybody else guessed. options: K, at least 2."""
    return None if facility is None or options < 2 else (options * facility - 1) / (options - 1)
