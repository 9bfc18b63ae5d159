"""A named person excepts a minimum of the contest's rules for one stage, with a reason."""

from datetime import datetime

from webapp.audit.service import record
from webapp.contests.queries import stage_by_id
from webapp.core.db import db
from webapp.leaderboard.service.publishing import lock_board
from webapp.stages.errors import MinimumIsHard, NothingToExcept, ReasonNeeded
from webapp.stages.models import StageException
from webapp.stages.queries.exceptions import covers, exceptions
from webapp.stages.queries.holding import minimum
from webapp.stages.rules.minimum import MIN_CONTESTANTS, Shortage

MOST_REASON = 500


def except_few(stage_id: int, reason: str, account_id: int, now: datetime) -> None:
    """Sign that an event is held although fewer take part than its normal minimum.

    raise (ReasonNeeded); (MinimumIsHard): it is not excepted; (NothingToExcept): enough take part, it is not the first
    stage, or it was signed for as few already."""
    lock_board(stage_id)
    asked = minimum(stage_by_id(stage_id), now)
    missing = asked.few if asked is not None else None
    if missing is None or covers(exceptions(stage_id), MIN_CONTESTANTS, missing.people, missing.needed):
        raise NothingToExcept
    if missing.is_hard:
        raise MinimumIsHard(needed=missing.needed, people=missing.people)
    if not reason.strip():
        raise ReasonNeeded
    sign(stage_id, MIN_CONTESTANTS, missing, reason, account_id, now)
    record(
        "stage.except", "stage", stage_id, why=reason.strip()[:MOST_REASON], rule=MIN_CONTESTANTS,
        needed=missing.needed, people=missing.people,
    )  # fmt: skip


def sign(stage_id: int, rule: str, missing: Shortage, reason: str, account_id: int, now: datetime) -> None:
    """Keep the exception for the page of the stage and the archive; the caller notes it in the audit trail."""
    db.session.add(
        StageException(
            stage_id=stage_id,
            rule=rule,
            needed=missing.needed,
            people=missing.people,
            reason=reason.strip()[:MOST_REASON],
            by_account_id=account_id,
            at=now,
        )
    )
