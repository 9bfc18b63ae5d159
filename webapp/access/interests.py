"""回避: the one door that keeps people from what they have an interest in.

Packages that set, review, mark or decide call `require_no_conflict`; the package that knows the
declarations and can derive others registers the check. Without one nothing is allowed: a door that
nobody watches stays shut."""

from collections.abc import Callable, Collection
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
ManyCheck = Callable[[int, Deed, Collection[int]], Collection[int]]
"""Of these targets those in which the account has an interest, in a fixed number of statements."""

_checks: list[Check] = []
_many_checks: list[ManyCheck] = []


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


def use_check_of_many(check: ManyCheck) -> None:
    """Register what knows about interests in many things at once; a second registration replaces the first."""
    _many_checks[:] = [check]


def in_conflict(account_id: int, deed: Deed, target_ids: Collection[int]) -> frozenset[int]:
    """Those of the targets from which the account has to keep away: the same answers as `require_no_conflict`
    gives one by one.

    raise (RuntimeError): no check of many is registered, or it does not know this deed."""
    if not target_ids:
        return frozenset()
    if not _many_checks:
        raise RuntimeError("no check of many interests is registered")
    return frozenset(_many_checks[0](account_id, deed, target_ids))
