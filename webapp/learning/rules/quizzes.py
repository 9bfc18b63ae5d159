"""Quizzes as plain values: which questions a round takes, what is too fast, and the wrong-answer book."""

import hashlib
import json
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from webapp.banks.rules.schema import LETTERS, QuestionType
from webapp.learning.errors import AnswerMissing

FAST_IN_A_ROW = 3
"""So many answers in a row, each faster than it can be read, make the person wait."""

WAIT = timedelta(seconds=20)
LEAVES_AFTER = 2
"""Right answers in a row, on different rounds, after which a question leaves the wrong-answer book."""

MAX_BLANK_CHARS = 200


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
    kind: QuestionType, given: Sequence[str], order: Sequence[int], blanks: int, options: int
) -> str:
    """The canonical answer for what a browser sent: original letters, T/F, or a JSON array of texts.

    given: displayed letters, or one text a blank. order: of `option_order`.
    raise (AnswerMissing): nothing chosen, or what is no possible answer."""
    if kind is QuestionType.FILL:
        texts = [_clean(text) for text in given[:blanks]]
        if not any(texts):
            raise AnswerMissing
        return json.dumps(texts + [""] * (blanks - len(texts)), ensure_ascii=False)
    letters = sorted(set(given))
    if kind is QuestionType.TRUE_FALSE:
        if letters not in (["T"], ["F"]):
            raise AnswerMissing
        return letters[0]
    shown = LETTERS[:options]
    if not letters or any(len(letter) != 1 or letter not in shown for letter in letters):
        raise AnswerMissing
    if kind is QuestionType.SINGLE and len(letters) != 1:
        raise AnswerMissing
    return "".join(sorted(LETTERS[order[shown.index(letter)]] for letter in letters))


def displayed(answer: str, order: Sequence[int]) -> str:
    """A canonical choice answer in the letters that were shown."""
    return "".join(LETTERS[shown] for shown, original in enumerate(order) if LETTERS[original] in answer)


def _clean(text: str) -> str:
    """A blank's text without what cannot be typed, cut to its longest length."""
    kept = "".join(sign for sign in text if unicodedata.category(sign) not in {"Cc", "Cs", "Cf"})
    return kept.strip()[:MAX_BLANK_CHARS]
