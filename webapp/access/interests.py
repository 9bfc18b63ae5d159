"""回避: the one door that keeps people from what they have an interest in.

Packages that set, review, mark or decide call `require_no_conflict`; the package that knows the
declarations and can derive others registers the check. Without one nothing is allowed: a door that
nobody watches stays shut."""

from collections.abc import Callable
from enum import StrEnum

from webapp.core.errors import DomainError
from webapp.core.words import N_, Message


class Deed(StrEnum):
    """What somebody is about to do; the target is the id of the thing named behind it."""

    BANK = "bank"
    APPLICATION = "application"
    EXAM = "exam"
    ATTEMPT = "attempt"
    EVENT = "event"


class ConflictOfInterest(DomainError):
    code = "conflict-of-interest"
    status = 403
    text = N_("You must stand aside here: %(reason)s Please leave it to a colleague.")


Check = Callable[[int, Deed, int], Message | None]

_checks: list[Check] = []


def use_check(check: Check) -> None:
    """Register what knows about interests; a second registration replaces the first."""
    _checks[:] = [check]


def require_no_conflict(account_id: int | None, deed: Deed, target_id: int) -> None:
    """Refuse whoever has an interest in the target. account_id None: a program acts, which has none.

    raise (ConflictOfInterest): with the reason in plain words. raise (RuntimeError): no check is registered."""
    if account_id is None:
        return
    if not _checks:
        raise RuntimeError("no check of interests is registered")
    reason = _checks[0](account_id, deed, target_id)
    if reason is not None:
        raise ConflictOfInterest(reason=reason)
