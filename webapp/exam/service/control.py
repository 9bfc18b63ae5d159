"""What hosts do while an exam runs: give time, void. The mechanism stands in `actions`."""

from dataclasses import dataclass

from webapp.exam.models import ExamAction
from webapp.exam.service.actions import Asked, ask, decide
from webapp.exam.service.granting import MOST_MINUTES, Extension
from webapp.exam.service.voiding import Voiding

__all__ = ["MOST_MINUTES", "Who", "ask_extend", "ask_void", "decide"]


@dataclass(frozen=True)
class Who:
    """For whom time is given: one attempt, one hall, or everybody when both are empty."""

    attempt_id: int | None = None
    hall: str = ""


def ask_extend(
    exam_id: int, who: Who, minutes: int, reason: str, account_id: int, two_person: bool
) -> ExamAction:
    """Give extra minutes: at once, or after a second person has agreed.

    raise (GrantRefused): not 1 .. MOST_MINUTES: time is never taken away. raise (ReasonMissing)."""
    wanted = Extension(who.attempt_id, who.hall, minutes)
    return ask("extend", exam_id, wanted, Asked(account_id, reason, two_person))


def ask_void(
    exam_id: int, attempt_id: int, again: bool, reason: str, account_id: int, two_person: bool
) -> ExamAction:
    """Declare an attempt void; again=True lets the person write a new paper instead."""
    return ask("void", exam_id, Voiding(attempt_id, again), Asked(account_id, reason, two_person))
