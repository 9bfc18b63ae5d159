"""Reviewers are reminded in time; what is overdue goes to the reviewer above, or to the organiser, as well."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from webapp.audit.service import record
from webapp.calendars.queries import work_calendar
from webapp.contests.rules.escalation import Escalation
from webapp.core.db import db
from webapp.core.words import N_
from webapp.notifications.service import notify_all, notify_many
from webapp.organisations import queries as organisations
from webapp.registration.models import Application, ReviewEscalation
from webapp.registration.queries import events
from webapp.registration.queries import overdue as queries
from webapp.registration.rules.overdue import began_before, due, target
from webapp.registration.rules.review import Link, read_chain

BATCH = 500

WILL_BE_OVERDUE = N_(
    "%(count)s registrations have waited %(days)s working days at %(node)s. After %(most)s they go to the next reviewer as well."
)
IS_OVERDUE = N_(
    "%(count)s registrations are overdue at %(node)s: they have waited %(days)s working days. You may decide on them."
)
YOURS_IS_OVERDUE = N_(
    "Your registration for “%(event)s” has waited longer than planned. %(above)s was told and may decide as well."
)
QUEUE = "/staff/review?whose=below&overdue=1"


def escalate(now: datetime, batch: int = BATCH) -> int:
    """Take up to `batch` steps of each rule that are due at `now`; return how many.

    Call it in a transaction of its own until it returns 0. Each link of each revision is reminded of once and goes
    on once, however often and by however many processes this runs; where the file decides nothing nothing is done."""
    return sum(_remind(found, now, batch) + _go_on(found, now, batch) for found in queries.rules_in_force())


def _remind(found: queries.Rule, now: datetime, batch: int) -> int:
    rule = found.rule
    if rule.remind_after is None:
        return 0
    rows = queries.late(found, queries.REMINDED, began_before(now, rule.remind_after, work_calendar()), batch)
    _keep(rows, queries.REMINDED, now, [None] * len(rows), rule)
    for link, waiting in _by_link([(_link(row), row) for row in rows]).items():
        told = {
            "count": len(waiting), "node": _name(link), "days": rule.remind_after, "most": rule.working_days,
        }  # fmt: skip
        notify_all(_people(link, waiting), WILL_BE_OVERDUE, told, "/staff/review")
    return len(rows)


def _go_on(found: queries.Rule, now: datetime, batch: int) -> int:
    rule = found.rule
    rows = queries.late(
        found, queries.ESCALATED, began_before(now, rule.working_days, work_calendar()), batch
    )
    goals = [target(read_chain(row.chain), row.step, rule) for row in rows]
    _keep(rows, queries.ESCALATED, now, goals, rule)
    pairs = [(goal, row) for goal, row in zip(goals, rows, strict=True) if goal is not None]
    for goal, waiting in _by_link(pairs).items():
        people = _people(goal, waiting)
        for behind, here in _by_link([(_link(row), row) for row in waiting]).items():
            told = {"count": len(here), "node": _name(behind), "days": rule.working_days}
            notify_all(people, IS_OVERDUE, told, QUEUE)
        _tell_applicants(goal, waiting)
    for row, to in zip(rows, goals, strict=True):
        record(
            "application.overdue", "application", row.id, level=rule.level, working_days=rule.working_days,
            step=row.step, revision=row.revision, to=to.level if to else "",
            to_organisation_id=to.organisation_id if to else None, actor="clock",
        )  # fmt: skip
    return len(rows)


def _keep(
    rows: Sequence[Application], kind: str, now: datetime, goals: Sequence[Link | None], rule: Escalation
) -> None:
    calendar = work_calendar()
    made = [
        {
            "application_id": row.id,
            "revision": row.revision,
            "step": row.step,
            "kind": kind,
            "level": rule.level,
            "to_level": goal.level if goal else "",
            "to_organisation_id": goal.organisation_id if goal else None,
            "listed_at": due(row.step_since, rule, calendar).listed_at if row.step_since and goal else None,
            "at": now,
        }
        for row, goal in zip(rows, goals, strict=True)
    ]
    if made:
        db.session.execute(insert(ReviewEscalation).on_conflict_do_nothing(), made)


def _tell_applicants(goal: Link, rows: Sequence[Application]) -> None:
    titles = events.headers({row.event_id for row in rows})
    notify_many(
        [(row.person_id, {"event": titles[row.event_id].title, "above": _name(goal)}) for row in rows],
        YOURS_IS_OVERDUE,
        "/my",
    )


def _link(row: Application) -> Link:
    return read_chain(row.chain)[row.step]


def _by_link(pairs: Sequence[tuple[Link, Application]]) -> dict[Link, list[Application]]:
    found: dict[Link, list[Application]] = {}
    for link, row in pairs:
        found.setdefault(link, []).append(row)
    return found


def _people(link: Link, rows: Sequence[Application]) -> list[int]:
    return queries.people_at(link, {row.event_id for row in rows}, {row.contest_id for row in rows})


def _name(link: Link) -> str | dict[str, str]:
    """The organisation's name; an event may have an organiser's people and no organisation."""
    if link.organisation_id is None:
        return {"zh": "赛项承办单位", "en": "the organiser of the event"}
    return organisations.names([link.organisation_id]).get(link.organisation_id, "")
