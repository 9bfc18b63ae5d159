"""When what a bank was sealed for has passed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from webapp.banks.rules.sealing import Sitting, is_over

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
EXAM = Sitting(1, {"zh": "初赛"}, 1, 1, NOON, NOON + 2 * HOUR)
SEALED = NOON - 24 * HOUR


def test_a_bank_without_an_exam_to_come_stays_sealed() -> None:
    assert not is_over(SEALED, [], NOON)
    before = replace(EXAM, opens_at=SEALED - 3 * HOUR, closes_at=SEALED)
    assert not is_over(SEALED, [before], NOON + 99 * HOUR)


def test_it_is_over_when_the_last_exam_has_ended_and_nobody_writes() -> None:
    end = EXAM.closes_at
    assert not is_over(SEALED, [EXAM], end - timedelta(seconds=1))
    assert is_over(SEALED, [EXAM], end)
    assert not is_over(SEALED, [replace(EXAM, is_written=True)], end)
    later = replace(EXAM, exam_id=2, opens_at=end + HOUR, closes_at=end + 2 * HOUR)
    assert not is_over(SEALED, [EXAM, later], end)
    assert is_over(SEALED, [EXAM, later], later.closes_at)
