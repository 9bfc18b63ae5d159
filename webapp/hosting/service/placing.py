"""A granted trade becomes an event of the contest file, by the contest's own way of changing it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from webapp.access.principal import Principal
from webapp.audit.service import record
from webapp.contests import service as contest_service
from webapp.contests.formats.edits import with_event
from webapp.contests.queries import definition_text, rules_of
from webapp.contests.rules.schema import Contest
from webapp.contests.service.proposing import Change, Submitted, submit
from webapp.core.db import db
from webapp.hosting.errors import EventCodeTaken, NotATrade
from webapp.hosting.models import HostingApplication
from webapp.hosting.rules.form import read_form
from webapp.hosting.rules.states import State
from webapp.organisations import queries as organisations

_EVENT = text(
    "SELECT id, organiser_id FROM events WHERE contest_id = :contest_id AND code = :code AND NOT is_withdrawn"
)
COMPETITION = "competition"


def event_table(row: HostingApplication, rules: Contest, code: str, profile: str) -> dict[str, Any]:
    """What stands in the file of a granted trade: name, kind, trade, organiser, and the plan as a note."""
    form = read_form(row.told)
    organiser = organisations.by_id(row.organisation_id)
    title = {"zh": row.title, "en": form.title_en} if form.title_en else {"zh": row.title}
    days = f"{form.first_day} — {form.last_day}" if form.first_day and form.last_day else ""
    note = "，".join(part for part in (days, form.venue, form.name_reference) if part)
    return {
        "code": code,
        "title": title,
        "class": form.event_class,
        "profile": profile,
        "trade": row.title,
        "organiser": organiser.code if organiser is not None else "",
        "national_standard": "undecided",
        "note": {"zh": note},
    }


def profiles(rules: Contest) -> dict[str, Mapping[str, str]]:
    """Profiles that a trade may belong to, by code."""
    return {
        one.code: {"zh": one.title.zh, "en": one.title.en}
        for one in rules.profiles
        if one.track == COMPETITION
    }


def text_with(row: HostingApplication, code: str, profile: str) -> str:
    """The definition in force with the trade as a further event. raise (NotATrade, EventCodeTaken)."""
    rules = rules_of(row.contest_id)
    if row.offer != "trade" or row.state != State.SETTLED or row.event_id is not None:
        raise NotATrade
    if code in {event.code for event in rules.events}:
        raise EventCodeTaken
    return with_event(definition_text(rules.code), event_table(row, rules, code, profile))


def propose(
    row: HostingApplication,
    code: str,
    profile: str,
    reason: str,
    who: Principal,
    now: datetime,
    *,
    two_person: bool,
) -> Submitted:
    """Put a granted trade into the contest file: at once, or as a proposal that a second person agrees to.

    raise (NotATrade, EventCodeTaken); raise: as `contests.service.proposing.submit`."""
    rules = rules_of(row.contest_id)
    changed = text_with(row, code, profile)
    done = submit(Change(changed, f"{rules.code}.toml", reason, who.account_id), two_person, now)
    row.event_code = code
    record("hosting.place", "hosting", row.id, reason, event=code, proposal=done.proposal_id)
    if done.loaded is not None:
        follow(row)
    return done


def follow(row: HostingApplication) -> bool:
    """Once the event of a granted trade stands in the file in force, its applicant organises it. Return whether."""
    found = db.session.execute(_EVENT, {"contest_id": row.contest_id, "code": row.event_code}).one_or_none()
    if found is None:
        return False
    row.event_id = found.id
    contest_service.assign_organiser(found.id, row.organisation_id)
    return True


def follow_all() -> int:
    """`follow` for every granted trade whose event waited for a second person; return how many stand now."""
    rows = db.session.scalars(
        select(HostingApplication)
        .where(
            HostingApplication.offer == "trade",
            HostingApplication.state == State.SETTLED,
            HostingApplication.event_code != "",
            HostingApplication.event_id.is_(None),
        )
        .with_for_update(skip_locked=True)
    ).all()
    return sum(follow(row) for row in rows)
