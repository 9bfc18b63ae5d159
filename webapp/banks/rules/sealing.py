"""Sealed banks: closed to people until the exams that draw from them are over (DECISIONS 11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Sitting:
    """An exam that counts and draws from the bank. The window is half-open; is_written: somebody writes it
    still, after a late start or with extra time."""

    exam_id: int
    title: dict[str, str]
    contest_id: int
    event_id: int
    opens_at: datetime
    closes_at: datetime
    is_written: bool = False


def is_over(sealed_at: datetime, sittings: Iterable[Sitting], now: datetime) -> bool:
    """Whether what a bank was sealed for has passed: at least one exam ended after the sealing, and none is
    to come, runs or is being written. A bank sealed for an exam that is not planned yet stays closed."""
    meant = [one for one in sittings if one.closes_at > sealed_at]
    return bool(meant) and all(one.closes_at <= now and not one.is_written for one in meant)
