"""Invented people: everything about one follows from a serial, so nothing has to be kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select

from webapp.accounts.models import Account, Person
from webapp.accounts.rules.documents import Document, DocumentKind
from webapp.accounts.service.secrets import document_hash
from webapp.contests.rules.schema import Profile
from webapp.core.db import db
from webapp.demo.rules import born_of, document_number, name_of, phone_of, skill_of
from webapp.registration.models import Participation
from webapp.registration.rules.eligibility import DECLARED
from webapp.rehearsal.play import EventPlay, Play

A_REGION = 129_000
"""So many serials have different numbers (birthday and order) within one region."""
REGIONS = 90


class Trait(StrEnum):
    """What is odd about an invented person; most are PLAIN. The twins write alike and use the same time."""

    PLAIN = "plain"
    WITHDRAWS = "withdraws"
    RETURNED = "returned"
    REFUSED = "refused"
    INELIGIBLE = "ineligible"
    NEVER_LEARNS = "never-learns"
    NEVER_STARTS = "never-starts"
    NEVER_SUBMITS = "never-submits"
    TWIN = "twin"


ODD = {
    2: Trait.RETURNED,
    6: Trait.REFUSED,
    9: Trait.WITHDRAWS,
    14: Trait.INELIGIBLE,
    18: Trait.NEVER_LEARNS,
    23: Trait.NEVER_STARTS,
    28: Trait.NEVER_SUBMITS,
    33: Trait.TWIN,
    34: Trait.TWIN,
    41: Trait.RETURNED,
    47: Trait.NEVER_STARTS,
}
"""By position among fifty."""
ROUND = 50
REFUSING = frozenset({"not-pupil", "in-service", *DECLARED})
"""Rules of entry that refuse a student, or somebody with an earlier win."""


@dataclass(frozen=True)
class Invented:
    """Somebody who registers for an event. position: among the people of the event, from 0; serial: among all.
    skill: how often an answer is right, 0-1. unit: index among the units of the rehearsal."""

    position: int
    serial: int
    name: str
    document: Document
    phone: str
    trait: Trait
    skill: float
    unit: int


@dataclass(frozen=True)
class Contestant:
    """An invented person who has a record here. participation_id, number: None and '' without a participation;
    state: of the participation."""

    invented: Invented
    person_id: int
    account_id: int
    participation_id: int | None
    number: str
    state: str

    @property
    def is_active(self) -> bool:
        return self.state == "active"


def invented(play: Play, event: EventPlay, position: int) -> Invented:
    """The person at this position of an event."""
    serial = event.first + position
    born = born_of(serial)
    number = document_number(serial, born, f"9901{1 + serial // A_REGION % REGIONS:02d}")
    trait = ODD.get((position + event.first % 7) % ROUND, Trait.PLAIN)
    if trait is Trait.INELIGIBLE and not refuses(event.profile):
        trait = Trait.PLAIN
    twin = trait is Trait.TWIN
    return Invented(
        position=position,
        serial=serial,
        name=name_of(serial),
        document=_document(number, born),
        phone=phone_of(serial),
        trait=trait,
        skill=skill_of(event.first if twin else serial),
        unit=play.chance("unit", serial).randrange(max(1, len(play.units))),
    )


def refuses(profile: Profile) -> bool:
    """Whether the file keeps anybody out whom a rehearsal can invent: without unit, a student, with an earlier
    win. An open track takes everybody."""
    return profile.needs_unit or any(
        rule.force == "hard" and rule.code in REFUSING for rule in profile.eligibility
    )


def _document(number: str, born: date) -> Document:
    return Document(DocumentKind.RESIDENT_ID, number, born, "female" if int(number[16]) % 2 == 0 else "male")


def everybody(play: Play, event: EventPlay) -> list[Invented]:
    """All who register for an event, by position."""
    return [invented(play, event, position) for position in range(event.people)]


def contestants(play: Play, event: EventPlay) -> list[Contestant]:
    """Those of an event who have a record, by position; two statements."""
    by_hash = {document_hash(one.document.number): one for one in everybody(play, event)}
    rows = db.session.execute(
        select(
            Person.document_hash,
            Person.id,
            Account.id.label("account_id"),
            Participation.id.label("participation_id"),
            Participation.number,
            Participation.state,
        )
        .join(Account, Account.person_id == Person.id)
        .outerjoin(
            Participation,
            (Participation.person_id == Person.id) & (Participation.event_id == event.event_id),
        )
        .where(Person.document_hash.in_(list(by_hash)))
    ).all()
    found = [
        Contestant(
            by_hash[bytes(row.document_hash)],
            row.id,
            row.account_id,
            row.participation_id,
            row.number or "",
            row.state or "",
        )
        for row in rows
    ]
    db.session.rollback()
    return sorted(found, key=lambda one: one.invented.position)


def shares(people: int, weights: Sequence[float], least: int) -> list[int]:
    """How many of `people` each event gets: by weight, at least `least` where there are enough for all.

    The sum is `people`; where there are too few for all, the first events have one more."""
    count = len(weights)
    base = min(least, people // count)
    rest = people - base * count
    total = sum(weights)
    exact = [rest * weight / total for weight in weights]
    got = [base + int(part) for part in exact]
    by_rest = sorted(range(count), key=lambda at: (int(exact[at]) - exact[at], at))
    for at in by_rest[: people - sum(got)]:
        got[at] += 1
    return got
