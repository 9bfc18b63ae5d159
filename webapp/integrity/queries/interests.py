"""Interests of a person, and what a deed is about."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from webapp.access.interests import Deed
from webapp.contests.queries import rules_of
from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.integrity.rules.interests import Interests, Subject

log = logging.getLogger(__name__)

_PERSON = text(
    "SELECT a.person_id, p.unit_id FROM accounts a JOIN persons p ON p.id = a.person_id WHERE a.id = :account_id"
)
_COMPETES = text(
    """
    SELECT event_id FROM participations WHERE person_id = :person_id AND state = 'active'
    UNION
    SELECT event_id FROM applications
    WHERE person_id = :person_id AND state NOT IN ('withdrawn', 'refused', 'cancelled')
    """
)
_DECLARED = text(
    "SELECT event_id, organisation_id, about_person_id FROM declared_interests"
    " WHERE person_id = :person_id AND withdrawn_at IS NULL"
)
_BANK_CODE = text("SELECT code FROM banks WHERE id = :bank_id")
_USED = text(
    """
    SELECT DISTINCT e.event_id FROM exams e JOIN bank_versions v ON v.id = e.bank_version_id
    WHERE v.bank_id = :bank_id AND e.event_id = ANY(:events)
    """
)
_EVENTS = text("SELECT id, contest_id, code FROM events WHERE id = ANY(:events)")
_CONTESTANTS = text(
    "SELECT person_id, event_id FROM participations WHERE person_id = ANY(:people) AND state = 'active'"
)
_APPLICATION = text("SELECT event_id, person_id, unit_id FROM applications WHERE id = :id")
_ATTEMPT = text(
    """
    SELECT e.event_id, s.person_id, p.unit_id FROM sheets s
    JOIN exams e ON e.id = s.exam_id JOIN participations p ON p.id = s.participation_id
    WHERE s.attempt_id = :id
    """
)
_EXAM = text("SELECT event_id FROM exams WHERE id = :id")
_PATH = text(
    """
    WITH RECURSIVE up AS (
        SELECT id, parent_id FROM organisations WHERE id = :id
        UNION ALL
        SELECT o.id, o.parent_id FROM organisations o JOIN up ON o.id = up.parent_id
    )
    SELECT id FROM up
    """
)


def interests_of(account_id: int) -> Interests | None:
    """What the person of an account competes in and has declared; None = an account of nobody."""
    person = db.session.execute(_PERSON, {"account_id": account_id}).one_or_none()
    if person is None:
        return None
    person_id = person.person_id
    declared = db.session.execute(_DECLARED, {"person_id": person_id}).all()
    return Interests(
        person_id,
        frozenset(db.session.scalars(_COMPETES, {"person_id": person_id})),
        frozenset(row.event_id for row in declared if row.event_id is not None),
        frozenset(row.organisation_id for row in declared if row.organisation_id is not None),
        frozenset(row.about_person_id for row in declared if row.about_person_id is not None),
        person.unit_id,
    )


def subject_of(deed: Deed, target_id: int, mine: Interests) -> Subject:
    """What a deed is about, as far as it can touch these interests. A target that is missing is about nothing:
    whoever acts on it is refused for that."""
    contests = _contestants(mine.people)
    if deed is Deed.BANK:
        asked = mine.competes_in | mine.events | frozenset(event for _, event in contests)
        events = _events_of_bank(target_id, asked)
        return Subject(events, contestants=frozenset(who for who, event in contests if event in events))
    if deed in {Deed.EXAM, Deed.EVENT}:
        exam = deed is Deed.EXAM
        events = frozenset(db.session.scalars(_EXAM, {"id": target_id})) if exam else frozenset({target_id})
        return Subject(events, contestants=frozenset(who for who, event in contests if event in events))
    query = _APPLICATION if deed is Deed.APPLICATION else _ATTEMPT
    row = db.session.execute(query, {"id": target_id}).one_or_none()
    if row is None:
        return Subject(frozenset())
    path = db.session.scalars(_PATH, {"id": row.unit_id}) if row.unit_id is not None else ()
    kept = (
        row.unit_id if deed is Deed.ATTEMPT and keeps_own_unit_away(row.event_id, row.unit_id, mine) else None
    )
    return Subject(frozenset({row.event_id}), frozenset({row.person_id}), tuple(path), kept_unit=kept)


def keeps_own_unit_away(event_id: int, unit_id: int | None, mine: Interests) -> bool:
    """Whether the file of the event's contest keeps people from marking those of their own unit. Asked only where
    the units are the same."""
    if unit_id is None or unit_id != mine.unit_id:
        return False
    event = db.session.execute(_EVENTS, {"events": [event_id]}).one()
    try:
        rules = rules_of(event.contest_id)
    except DomainError as error:
        log.warning("contest %d: its file cannot be read: %s", event.contest_id, error)
        return False
    return any(
        rules.profile_of(one).review.own_unit_stands_aside for one in rules.events if one.code == event.code
    )


_ABOUT = text(
    """
    SELECT a.id FROM applications a
    WHERE a.id = ANY(:ids) AND (
        a.person_id = :me OR a.person_id = ANY(:people) OR a.event_id = ANY(:events)
        OR EXISTS (SELECT 1 FROM organisation_closure c
                   WHERE c.descendant_id = a.unit_id AND c.ancestor_id = ANY(:organisations))
    )
    """
)


def applications_about(mine: Interests, application_ids: Collection[int]) -> list[int]:
    """Of these applications those that touch the interests, as `conflict` has it; at most two statements.

    Somebody declared who is a contestant of an event bars nobody from its applications: so does `subject_of`."""
    return list(
        db.session.scalars(
            _ABOUT,
            {
                "ids": list(application_ids),
                "me": mine.person_id,
                "people": sorted(mine.people),
                "events": sorted(mine.competes_in | mine.events),
                "organisations": sorted(mine.organisations),
            },
        )
    )


def _contestants(people: frozenset[int]) -> list[tuple[int, int]]:
    if not people:
        return []
    rows = db.session.execute(_CONTESTANTS, {"people": sorted(people)})
    return [(row.person_id, row.event_id) for row in rows]


def _events_of_bank(bank_id: int, asked: frozenset[int]) -> frozenset[int]:
    """Which of these events use the bank: in an exam that is open already, or by their contest's file."""
    if not asked:
        return frozenset()
    used = set(db.session.scalars(_USED, {"bank_id": bank_id, "events": sorted(asked)}))
    code = db.session.scalar(_BANK_CODE, {"bank_id": bank_id})
    for row in db.session.execute(_EVENTS, {"events": sorted(asked)}).all():
        if row.id not in used and code in _banks_named(row.contest_id, row.code):
            used.add(row.id)
    return frozenset(used)


def _banks_named(contest_id: int, event_code: str) -> set[str]:
    try:
        rules = rules_of(contest_id)
    except DomainError as error:
        log.warning("contest %d: its file names no banks: %s", contest_id, error)
        return set()
    papers = [
        rules.blueprint(event, stage)
        for event in rules.events
        if event.code == event_code
        for stage in rules.profile_of(event).stages
    ]
    return {paper.bank for paper in papers if paper is not None}


@dataclass(frozen=True)
class Declared:
    """One declaration, in words of the things it is about."""

    interest_id: int
    relation: str
    about: str
    note: str
    declared_at: datetime
    withdrawn_at: datetime | None


_LIST = text(
    """
    SELECT i.id AS interest_id, i.relation, i.note, i.declared_at, i.withdrawn_at,
           coalesce(o.name, ev.title->>'zh', (
               SELECT min(p.number) FROM participations p WHERE p.person_id = i.about_person_id), '') AS about
    FROM declared_interests i
    LEFT JOIN organisations o ON o.id = i.organisation_id
    LEFT JOIN events ev ON ev.id = i.event_id
    WHERE i.person_id = :person_id ORDER BY i.withdrawn_at IS NOT NULL, i.id DESC
    """
)
_CHOICES = text(
    "SELECT ev.id, c.title AS contest_title, ev.title FROM events ev"
    " JOIN contests c ON c.id = ev.contest_id ORDER BY c.id DESC, ev.position"
)
_UNIT = text("SELECT id FROM organisations WHERE name = :name ORDER BY id LIMIT 2")
_CONTESTANT = text("SELECT DISTINCT person_id FROM participations WHERE number = :number LIMIT 2")


def declared_by(person_id: int) -> list[Declared]:
    """The declarations of a person, those in force first."""
    return [Declared(**row) for row in db.session.execute(_LIST, {"person_id": person_id}).mappings()]


def event_choices() -> list[tuple[int, dict[str, str], dict[str, str]]]:
    """Events one can declare an interest in: (id, contest, event)."""
    return [(row.id, row.contest_title, row.title) for row in db.session.execute(_CHOICES)]


def unit_named(name: str) -> int | None:
    """The one organisation of exactly this name, or None."""
    found = list(db.session.scalars(_UNIT, {"name": name}))
    return int(found[0]) if len(found) == 1 else None


def person_numbered(number: str) -> int | None:
    """The one contestant of exactly this number, or None."""
    found = list(db.session.scalars(_CONTESTANT, {"number": number}))
    return int(found[0]) if len(found) == 1 else None
