"""How one answer is marked. Pure; exact decimals; nothing is rounded here (the total is, once).

Answers are texts in canonical form: '' = unanswered; sorted letters of the ORIGINAL option order
('ACD'); 'T' / 'F'; for fill-ins a JSON array of texts; for matching a letter per item, for
ordering a letter per place ('-' where none stands), for numeric and essay a text, for a passage a JSON array with the
answer to each sub-question. What cannot be read is wrong, never an error."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from webapp.banks.rules.schema import LETTERS, Blank, PublicQuestion, QuestionKey, QuestionType

ZERO = Decimal(0)
MAX_EXPONENT = 1000
NO_MATCH = "-"


class MarkingRule(StrEnum):
    """What several right options bring (FORMATS section 14)."""

    ALL_OR_NOTHING = "all_or_nothing"
    HALF_FOR_SUBSET = "half_for_subset"
    PER_PICK = "per_pick"
    PROPORTIONAL = "proportional"
    WEIGHTS = "weights"


@dataclass(frozen=True)
class MarkingPolicy:
    """full: mark of a right answer. per_pick: for PER_PICK, mark of each right pick. wrong_true_false:
    taken off for a wrong true/false answer, 0 or negative."""

    full: Decimal
    rule: MarkingRule = MarkingRule.ALL_OR_NOTHING
    per_pick: Decimal | None = None
    wrong_true_false: Decimal = ZERO


@dataclass(frozen=True)
class Mark:
    """What an answer brings. is_right: the whole key was met. is_readable: it had the form of its type.
    waits: a person must mark it (the value is what could be marked without one)."""

    value: Decimal
    is_right: bool
    is_readable: bool = True
    is_answered: bool = True
    waits: bool = False


@dataclass(frozen=True)
class ByHand:
    """What people gave a written answer: mark of out_of, 0 ≤ mark ≤ out_of, out_of above 0."""

    mark: Decimal
    out_of: Decimal


NO_HANDS: Mapping[int, ByHand] = {}

UNANSWERED = Mark(ZERO, is_right=False, is_answered=False)
UNREADABLE = Mark(ZERO, is_right=False, is_readable=False)


def mark(
    question: PublicQuestion,
    key: QuestionKey,
    answer: str,
    policy: MarkingPolicy,
    hands: Mapping[int, ByHand] = NO_HANDS,
) -> Mark:
    """The mark of one answer: 0 ≤ value ≤ policy.full, except a wrong true/false under a negative policy.

    hands: what people gave its written answers, by part of a passage (0: the question itself)."""
    if not answer.strip():
        return UNANSWERED
    match question.type:
        case QuestionType.SINGLE:
            return _single(question, key, answer, policy)
        case QuestionType.MULTIPLE:
            return _multiple(question, key, answer, policy)
        case QuestionType.TRUE_FALSE:
            return _true_false(key, answer, policy)
        case QuestionType.FILL:
            return _fill(key, answer, policy)
        case QuestionType.MATCHING:
            return _matching(question, key, answer, policy)
        case QuestionType.ORDERING:
            return _ordering(question, key, answer, policy)
        case QuestionType.NUMERIC:
            return _numeric(key, answer, policy)
        case QuestionType.PASSAGE:
            return _passage(question, key, answer, policy, hands)
        case QuestionType.ESSAY:
            return _essay(policy, hands.get(0))


def picked(answer: str, option_count: int) -> frozenset[str] | None:
    """The letters of a choice answer, or None when one of them is no option."""
    letters = frozenset(answer.strip().upper())
    return letters if letters <= frozenset(LETTERS[:option_count]) else None


def blanks_of(answer: str) -> list[str] | None:
    """The texts of a fill-in answer, or None when it is no JSON array of texts."""
    try:
        parts = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    if not isinstance(parts, list) or any(not isinstance(part, str) for part in parts):
        return None
    return parts


def normalise(text: str, case_sensitive: bool = False) -> str:
    """Fill-in text as compared: width folded (NFKC), white space dropped, case folded unless it counts."""
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    return folded if case_sensitive else folded.casefold()


def _single(question: PublicQuestion, key: QuestionKey, answer: str, policy: MarkingPolicy) -> Mark:
    letters = picked(answer, len(question.options))
    if letters is None or len(letters) != 1:
        return UNREADABLE
    letter = next(iter(letters))
    if policy.rule == MarkingRule.WEIGHTS and key.weights:
        share = min(max(key.weights.get(letter, ZERO), ZERO), Decimal(1))
        return Mark(policy.full * share, is_right=share == 1)
    is_right = letter == key.letters
    return Mark(policy.full if is_right else ZERO, is_right)


def _multiple(question: PublicQuestion, key: QuestionKey, answer: str, policy: MarkingPolicy) -> Mark:
    letters = picked(answer, len(question.options))
    if letters is None:
        return UNREADABLE
    right = frozenset(key.letters)
    if letters == right:
        return Mark(policy.full, is_right=True)
    if policy.rule == MarkingRule.WEIGHTS and key.weights:
        share = sum((key.weights.get(letter, ZERO) for letter in letters), ZERO)
        return Mark(policy.full * min(max(share, ZERO), Decimal(1)), is_right=False)
    if not letters < right:
        return Mark(ZERO, is_right=False)
    return Mark(_subset_mark(len(letters), len(right), policy), is_right=False)


def _subset_mark(picked_count: int, right_count: int, policy: MarkingPolicy) -> Decimal:
    """The mark of a non-empty proper subset of the key, nothing wrong picked."""
    match policy.rule:
        case MarkingRule.HALF_FOR_SUBSET:
            return policy.full / 2
        case MarkingRule.PER_PICK:
            return min(policy.full, (policy.per_pick or ZERO) * picked_count)
        case MarkingRule.PROPORTIONAL:
            return policy.full * picked_count / right_count
        case _:
            return ZERO


def _true_false(key: QuestionKey, answer: str, policy: MarkingPolicy) -> Mark:
    given = {"T": True, "F": False}.get(answer.strip().upper())
    if given is None:
        return UNREADABLE
    if given == key.truth:
        return Mark(policy.full, is_right=True)
    return Mark(min(policy.wrong_true_false, ZERO), is_right=False)


def _matching(question: PublicQuestion, key: QuestionKey, answer: str, policy: MarkingPolicy) -> Mark:
    """A share per right pair; under the rules for subsets of a key a wrong pair brings 0, as a wrong pick."""
    given = answer.strip().upper()
    known = frozenset(LETTERS[: len(question.options)]) | {NO_MATCH}
    if len(given) != len(question.items) or not frozenset(given) <= known:
        return UNREADABLE
    if given == NO_MATCH * len(given):
        return UNANSWERED
    right = sum(letter == wanted for letter, wanted in zip(given, key.letters, strict=True))
    wrong = len(given) - given.count(NO_MATCH) - right
    if right == len(given):
        return Mark(policy.full, is_right=True)
    if policy.rule in {MarkingRule.PROPORTIONAL, MarkingRule.WEIGHTS}:
        return Mark(policy.full * right / len(given), is_right=False)
    if wrong or not right:
        return Mark(ZERO, is_right=False)
    return Mark(_subset_mark(right, len(given), policy), is_right=False)


def _ordering(question: PublicQuestion, key: QuestionKey, answer: str, policy: MarkingPolicy) -> Mark:
    """All in order, or, where marks are shared out, a share per option that stands at its place."""
    given = answer.strip().upper()
    letters = given.replace(NO_MATCH, "")
    known = frozenset(LETTERS[: len(question.options)])
    if len(given) != len(known) or len(set(letters)) != len(letters) or not frozenset(letters) <= known:
        return UNREADABLE
    if not letters:
        return UNANSWERED
    if given == key.letters:
        return Mark(policy.full, is_right=True)
    if policy.rule not in {MarkingRule.PROPORTIONAL, MarkingRule.WEIGHTS}:
        return Mark(ZERO, is_right=False)
    placed = sum(letter == wanted for letter, wanted in zip(given, key.letters, strict=True))
    return Mark(policy.full * placed / len(given), is_right=False)


def _numeric(key: QuestionKey, answer: str, policy: MarkingPolicy) -> Mark:
    number = _number(normalise(answer).replace("−", "-"))
    if number is None:
        return Mark(ZERO, is_right=False)
    for accepted in key.numbers:
        if accepted.low <= number <= accepted.high:
            return Mark(policy.full * accepted.share, is_right=accepted.share == 1)
    return Mark(ZERO, is_right=False)


def _essay(policy: MarkingPolicy, given: ByHand | None) -> Mark:
    if given is None:
        return Mark(ZERO, is_right=False, waits=True)
    return Mark(policy.full * given.mark / given.out_of, is_right=given.mark == given.out_of)


def _passage(
    question: PublicQuestion,
    key: QuestionKey,
    answer: str,
    policy: MarkingPolicy,
    hands: Mapping[int, ByHand],
) -> Mark:
    """The parts' marks, each of its weight's share of the full mark; never below 0."""
    given = blanks_of(answer)
    total = sum(key.part_weights, ZERO)
    if given is None or len(given) != len(question.parts) or not total:
        return UNREADABLE
    marks = [
        mark(
            part,
            secret,
            text,
            replace(policy, full=policy.full * weight / total),
            {0: hands[at]} if at in hands else NO_HANDS,
        )
        for at, (part, secret, text, weight) in enumerate(
            zip(question.parts, key.parts, given, key.part_weights, strict=True)
        )
    ]
    if not all(one.is_readable for one in marks):
        return UNREADABLE
    return Mark(
        max(sum((one.value for one in marks), ZERO), ZERO),
        is_right=all(one.is_right for one in marks),
        is_answered=any(one.is_answered for one in marks),
        waits=any(one.waits for one in marks),
    )


def _fill(key: QuestionKey, answer: str, policy: MarkingPolicy) -> Mark:
    given = blanks_of(answer)
    if given is None:
        return UNREADABLE
    if not any(part.strip() for part in given):
        return UNANSWERED
    met = _met_any_order(key, given) if key.fill.any_order else _met_in_order(key, given)
    total = sum((blank.weight for blank in key.blanks), ZERO)
    earned = sum((blank.weight for blank, is_met in zip(key.blanks, met, strict=True) if is_met), ZERO)
    if not key.fill.any_order:
        earned += _partly(key, given, met)
    if all(met):
        return Mark(policy.full, is_right=True)
    if key.fill.all_needed or not total:
        return Mark(ZERO, is_right=False)
    return Mark(policy.full * earned / total, is_right=False)


def _partly(key: QuestionKey, given: Sequence[str], met: Sequence[bool]) -> Decimal:
    """What texts that are worth a share bring in the blanks that were not met."""
    earned = ZERO
    for blank, text, is_met in zip(key.blanks, given, met, strict=False):
        if is_met or not text.strip():
            continue
        shares = [
            share
            for accepted, share in blank.partial
            if _is_text(accepted, normalise(text, key.fill.case_sensitive), blank, key.fill.case_sensitive)
        ]
        earned += blank.weight * max(shares, default=ZERO)
    return earned


def _met_in_order(key: QuestionKey, given: Sequence[str]) -> list[bool]:
    padded = [*given, *[""] * len(key.blanks)]
    return [
        _accepts(blank, part, key.fill.case_sensitive)
        for blank, part in zip(key.blanks, padded, strict=False)
    ]


def _met_any_order(key: QuestionKey, given: Sequence[str]) -> list[bool]:
    """Which blanks can be met when every given text serves one blank at most, those that carry most first.

    The same text twice is one answer: its repeats serve nothing."""
    folded = [normalise(text, key.fill.case_sensitive) for text in given][: len(key.blanks)]
    parts = [text if folded.index(folded[at]) == at else "" for at, text in enumerate(given[: len(folded)])]
    serves: dict[int, int] = {}

    def place(blank: int, seen: set[int]) -> bool:
        for part, text in enumerate(parts):
            if part in seen or not _accepts(key.blanks[blank], text, key.fill.case_sensitive):
                continue
            seen.add(part)
            if part not in serves or place(serves[part], seen):
                serves[part] = blank
                return True
        return False

    order = sorted(range(len(key.blanks)), key=lambda index: -key.blanks[index].weight)
    for index in order:
        place(index, set())
    met = set(serves.values())
    return [index in met for index in range(len(key.blanks))]


def _accepts(blank: Blank, given: str, case_sensitive: bool) -> bool:
    text = normalise(given, case_sensitive)
    if not text:
        return False
    if any(_is_text(accepted, text, blank, case_sensitive) for accepted in blank.accepted):
        return True
    if blank.tolerance is None:
        return False
    number = _number(text)
    return number is not None and any(
        (wanted := _number(normalise(accepted))) is not None and abs(number - wanted) <= blank.tolerance
        for accepted in blank.accepted
    )


def _is_text(accepted: str, text: str, blank: Blank, case_sensitive: bool) -> bool:
    """Whether a normalised text is an accepted one; in a pattern * stands for any text."""
    wanted = normalise(accepted, case_sensitive)
    if not blank.is_pattern or "*" not in wanted:
        return text == wanted
    return _fits(wanted.split("*"), text)


def _fits(pieces: Sequence[str], text: str) -> bool:
    """Whether text is the pieces in order with anything between them: linear, whatever the pattern."""
    first, *middle, last = pieces
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        at = text.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    # 1e999999999 can be written but not subtracted: such a size is no answer to any question.
    return number if number.is_finite() and abs(number.adjusted()) <= MAX_EXPONENT else None
