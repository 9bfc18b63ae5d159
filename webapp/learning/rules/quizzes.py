"""Quizzes as plain values: which questions a round takes, what is too fast, and the wrong-answer book."""

import hashlib
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from webapp.banks.errors import AnswerRefused, AnswerTooLong
from webapp.banks.rules.answers import (
    MAX_BLANK_CHARS,
    NOTHING,
    SlotForm,
    canonical,
    for_marking,
    from_fields,
)
from webapp.learning.errors import AnswerMissing, PlacedTwice

FAST_IN_A_ROW = 3
"""So many answers in a row, each faster than it can be read, make the person wait."""

WAIT = timedelta(seconds=20)
LEAVES_AFTER = 2
"""Right answers in a row, on different rounds, after which a question leaves the wrong-answer book."""


@dataclass(frozen=True)
class PoolQuestion:
    """A question that a round may take, in its present version."""

    question_id: int
    version_id: int
    topic: str


@dataclass(frozen=True)
class Past:
    """What a person did with a question before. ever_right: at least one answer was right."""

    ever_right: bool
    last_right: bool
    last_at: datetime


def choose(
    pool: Collection[PoolQuestion],
    past: Mapping[int, Past],
    topics: Collection[str],
    count: int,
    seed: str,
) -> list[PoolQuestion]:
    """The questions of a round, in the order in which they are asked; fewer than `count` in a small pool.

    First come questions never answered right, then those whose last answer was wrong, then those answered
    right the longest ago. topics: none = all. past: by question id. The same seed gives the same round; no
    question stands twice, even when the pool names it in two versions (the newer version is asked)."""
    newest: dict[int, PoolQuestion] = {}
    for question in pool:
        held = newest.get(question.question_id)
        if (not topics or question.topic in topics) and (
            held is None or held.version_id < question.version_id
        ):
            newest[question.question_id] = question
    ranked = sorted(newest.values(), key=lambda one: (*_need(past.get(one.question_id)), _chance(seed, one)))
    taken = ranked[: max(0, count)]
    return sorted(taken, key=lambda one: _chance(f"{seed}:order", one))


def _need(past: Past | None) -> tuple[int, float]:
    """How much a question is wanted: small first; among right ones the oldest first."""
    if past is None or not past.ever_right:
        return 0, 0.0
    return (2, past.last_at.timestamp()) if past.last_right else (1, 0.0)


def _chance(seed: str, question: PoolQuestion) -> bytes:
    return hashlib.sha256(f"{seed}:{question.question_id}".encode()).digest()


def option_order(seed: str, slot: int, options: int) -> tuple[int, ...]:
    """The order in which a slot shows its options: displayed place -> original index. Stable per seed."""
    return tuple(
        sorted(range(options), key=lambda index: hashlib.sha256(f"{seed}:{slot}:{index}".encode()).digest())
    )


def is_too_fast(took_s: Decimal, min_time_s: int) -> bool:
    """Whether an answer came faster than one can read. took_s: by the server's clock; exactly the minimum
    is slow enough. min_time_s 0: nothing is too fast."""
    return took_s < min_time_s


def wait_left_s(latest_fast: Sequence[bool], last_at: datetime | None, now: datetime) -> int:
    """Whole seconds, rounded up, that a person has to wait before the next question; 0 = none.

    latest_fast: flags of the latest answers, newest first. Only FAST_IN_A_ROW in a row make one wait."""
    if last_at is None or len(latest_fast) < FAST_IN_A_ROW or not all(latest_fast[:FAST_IN_A_ROW]):
        return 0
    left = last_at + WAIT - now
    return max(0, -(-left // timedelta(seconds=1)))


@dataclass(frozen=True)
class BookState:
    """A question in a person's wrong-answer book. right_streak: right answers in a row since the last wrong
    one; is_in: False once it has left (it comes back with the next wrong answer)."""

    wrong_count: int
    right_streak: int
    is_in: bool


def book_after(held: BookState | None, is_right: bool) -> BookState | None:
    """The book entry after one more answer; None: the question was never answered wrong.

    A wrong answer brings it in, LEAVES_AFTER right ones in a row take it out. A round asks a question once,
    so a row of right answers always comes from different rounds."""
    if not is_right:
        return BookState((held.wrong_count if held else 0) + 1, 0, True)
    if held is None:
        return None
    streak = held.right_streak + 1
    return BookState(held.wrong_count, streak, held.is_in and streak < LEAVES_AFTER)


def read_answer(
    form: SlotForm,
    posted: Mapping[str, Sequence[str]],
    slot: int,
    order: Sequence[int],
    listed: Collection[str] = (),
) -> str:
    """The canonical answer, in the question's own letters, for what a browser sent.

    posted: fields a<slot>, within a passage a<slot>.<part>, with the letters that were shown. order: of
    `option_order`. listed: the texts that lists offer: they are taken as they are, typed ones are cleaned.
    raise (AnswerMissing): nothing chosen, or what is no possible answer; PlacedTwice: one thing of an order at
    two places. raise (AnswerTooLong)."""
    clean = _cleaned(posted, listed)
    if _is_placed_twice(form, clean, f"a{slot}"):
        raise PlacedTwice
    try:
        shown = canonical(from_fields(clean, f"a{slot}", form), form, slot)
    except AnswerTooLong:
        raise
    except AnswerRefused:
        raise AnswerMissing from None
    if not shown:
        raise AnswerMissing
    return for_marking(shown, form.question_type, order)


def kept_answer(
    form: SlotForm, posted: Mapping[str, Sequence[str]], slot: int, listed: Collection[str] = ()
) -> str:
    """What of a refused answer can stay on the page, in the letters that were shown; '' = nothing."""
    try:
        return canonical(from_fields(_cleaned(posted, listed), f"a{slot}", form), form, slot)
    except AnswerRefused:
        return ""


def _is_placed_twice(form: SlotForm, posted: Mapping[str, Sequence[str]], name: str) -> bool:
    if form.question_type == "ordering":
        letters = [letter for letter in posted.get(name, ()) if letter != NOTHING]
        return len(set(letters)) != len(letters)
    return any(_is_placed_twice(part, posted, f"{name}.{at}") for at, part in enumerate(form.parts))


def _cleaned(posted: Mapping[str, Sequence[str]], listed: Collection[str]) -> dict[str, list[str]]:
    return {
        name: [value if value in listed else _clean(value) for value in values]
        for name, values in posted.items()
    }


def _clean(text: str) -> str:
    """A typed text without what cannot be typed, cut to its longest length."""
    kept = "".join(sign for sign in text if unicodedata.category(sign) not in {"Cc", "Cs", "Cf"})
    return kept.strip()[:MAX_BLANK_CHARS]
