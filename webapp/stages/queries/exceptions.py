"""Which minimum of the rules was excepted for a stage, by whom and why."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from webapp.core.db import db

_SIGNED = text(
    """
    SELECT x.rule, x.needed, x.people, x.reason, p.name AS signed_by, x.at
    FROM stage_exceptions x JOIN accounts a ON a.id = x.by_account_id JOIN persons p ON p.id = a.person_id
    WHERE x.stage_id = :stage_id ORDER BY x.id
    """
)


@dataclass(frozen=True)
class ExceptionView:
    """One signed exception. rule: of the contest file; needed, people: when it was signed."""

    rule: str
    needed: int
    people: int
    reason: str
    signed_by: str
    at: datetime


def exceptions(stage_id: int) -> tuple[ExceptionView, ...]:
    """The exceptions signed for a stage, the oldest first."""
    return tuple(
        ExceptionView(**row) for row in db.session.execute(_SIGNED, {"stage_id": stage_id}).mappings()
    )


def covers(signed: tuple[ExceptionView, ...], rule: str, people: int, needed: int) -> bool:
    """Whether an exception was signed for as few people, or fewer, and for as much as the rule asks now."""
    return any(one.rule == rule and one.people <= people and one.needed >= needed for one in signed)
