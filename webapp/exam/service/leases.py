"""One writing device per attempt: taking over is visible, and the old page learns of it."""

import secrets
from datetime import datetime

from sqlalchemy import text

from webapp.audit.service import record
from webapp.core.db import db
from webapp.exam.errors import AttemptNotFound
from webapp.exam.rules.saving import Running
from webapp.exam.rules.timing import remaining_s
from webapp.exam.service import gates, refusals

_TAKE = text(
    """
    UPDATE sheets SET lease = :lease, lease_device = :device, lease_at = :arrival, seen_at = :arrival
    WHERE attempt_id = :attempt_id AND person_id = :person_id AND state = 'open'
    RETURNING exam_id, deadline_at
    """
)
_FREE = text(
    """
    UPDATE sheets SET lease = :lease, lease_device = '', lease_at = :at
    WHERE attempt_id = :attempt_id AND state = 'open' RETURNING exam_id
    """
)
_LOG = text(
    """
    INSERT INTO lease_events (attempt_id, kind, lease, device, reason, by_account_id)
    VALUES (:attempt_id, :kind, :lease, :device, :reason, :account_id)
    """
)


def take_over(
    attempt_id: int, person_id: int, account_id: int, device: str, reason: str, arrival: datetime
) -> Running:
    """Give the lease of a person's own running attempt to `device`. Saves of the old one are refused from
    now on. reason: shown to the hosts, for example 'opened on another device'.

    Time and answers go on unchanged. raise: as `save`."""
    gates.ask(gates.before_take_over, attempt_id, person_id)
    lease = secrets.token_urlsafe(18)
    row = db.session.execute(
        _TAKE,
        {
            "attempt_id": attempt_id,
            "person_id": person_id,
            "lease": lease,
            "device": device,
            "arrival": arrival,
        },
    ).one_or_none()
    if row is None:
        raise refusals.reason(attempt_id, person_id, "", arrival)
    _log(attempt_id, "takeover", lease, device, reason, account_id)
    record("attempt.take-over", "attempt", attempt_id, why=reason)
    return Running(row.exam_id, row.deadline_at, remaining_s(arrival, row.deadline_at), lease=lease)


def free_lease(attempt_id: int, account_id: int, reason: str, at: datetime) -> None:
    """The help desk ends the lease of a stuck device: whichever page is opened next may write.

    raise (AttemptNotFound): it is not running."""
    lease = secrets.token_urlsafe(18)
    row = db.session.execute(_FREE, {"attempt_id": attempt_id, "lease": lease, "at": at}).one_or_none()
    if row is None:
        raise AttemptNotFound
    _log(attempt_id, "freed", lease, "", reason, account_id)
    record("attempt.free-lease", "attempt", attempt_id, why=reason)


def _log(attempt_id: int, kind: str, lease: str, device: str, reason: str, account_id: int) -> None:
    db.session.execute(
        _LOG,
        {
            "attempt_id": attempt_id,
            "kind": kind,
            "lease": lease,
            "device": device,
            "reason": reason,
            "account_id": account_id,
        },
    )
