"""Issuing certificates: once each, whoever asks and however often."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import Row
from sqlalchemy.dialects.postgresql import insert

from webapp.accounts import queries as people
from webapp.audit.service import record
from webapp.certificates.errors import NotDue
from webapp.certificates.models import Certificate
from webapp.certificates.queries.reached import Entrant, Held, entrants, held, reached
from webapp.certificates.rules import award as rules
from webapp.certificates.rules.award import Reached
from webapp.certificates.rules.facts import Facts, digest_of
from webapp.certificates.rules.serial import RANDOM_BITS, serial_of
from webapp.contests import queries as contests
from webapp.contests.queries import StageView
from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.schema import Award, Contest
from webapp.core.clock import SHANGHAI
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.words import N_
from webapp.notifications.service import notify_all
from webapp.organisations import queries as organisations

MINE = "/my/certificates"
_ISSUED = N_("You have a new certificate: %(award)s (%(event)s).")


@dataclass(frozen=True)
class Place:
    """Where an entry stands on a final list. goes_on: None where the list does not decide it."""

    rank: int
    goes_on: bool | None = None


@dataclass(frozen=True)
class By:
    """Who issues and from which list. account_id None: the program. again: anew after a revocation.
    contest_version_id: the rules it was decided by, None: those that count now."""

    account_id: int | None = None
    snapshot_id: int | None = None
    again: bool = False
    contest_version_id: int | None = None


PROGRAM = By()


def issue_due(
    stage_id: int, participation_ids: Collection[int], now: datetime, by: By = PROGRAM
) -> list[int]:
    """Issue the certificates for finishing (learning, exam) that are due to these people and were never issued.

    Return the ids of the new certificates; doing it again gives none. Who had one revoked gets no other by
    this way. raise (NotFound): no such stage."""
    stage = contests.stage_by_id(stage_id)
    wanted = [award for award in awards_of(stage) if not rules.needs_list(award)]
    found = entrants(stage.event_id, participation_ids=participation_ids) if wanted else []
    facts = reached(stage, [one.participation_id for one in found])
    made: list[int] = []
    for award in wanted:
        due = [one for one in found if rules.due(award, facts[one.participation_id])]
        made += _issue(stage, award, due, {}, now, by)
    return made


def issue_ranked(
    stage_id: int, rows: Sequence[tuple[int, Place]], now: datetime, by: By = PROGRAM
) -> list[int]:
    """Issue the certificates by rank of a final list: (entry id, place), best first.

    Return the ids of the new certificates; doing it again gives none. raise (NotFound): no such stage."""
    stage = contests.stage_by_id(stage_id)
    wanted = [award for award in awards_of(stage) if rules.needs_list(award)]
    places = dict(rows)
    found = entrants(stage.event_id, entry_ids=places) if wanted else []
    facts = reached(stage, [one.participation_id for one in found])
    made: list[int] = []
    for award in wanted:
        due = [
            one
            for one in found
            if rules.due(award, _placed(facts[one.participation_id], places[one.entry_id]), stage.rules.quota)
        ]
        made += _issue(stage, award, due, places, now, by)
    return made


def issue(
    stage_id: int,
    entry_ids: Iterable[int],
    award_code: str,
    places: Mapping[int, Place],
    now: datetime,
    by: By,
) -> list[int]:
    """Issue one award to these entries as far as it is due to them; return the ids of the new certificates.

    raise (NotFound): no such stage or certificate in the file. raise (NotDue): nobody meets its conditions."""
    stage = contests.stage_by_id(stage_id)
    award = next((one for one in awards_of(stage) if one.code == award_code), None)
    if award is None:
        raise NotFound
    found = entrants(stage.event_id, entry_ids=list(entry_ids))
    facts = reached(stage, [one.participation_id for one in found])
    due = [
        one
        for one in found
        if rules.due(award, _placed(facts[one.participation_id], places.get(one.entry_id)), stage.rules.quota)
    ]
    if not due:
        raise NotDue
    return _issue(stage, award, due, places, now, by)


def issue_given(stage_id: int, award: Award, places: Mapping[int, Place], now: datetime, by: By) -> list[int]:
    """Issue one award that people have given to these entries (by entry: where they stand on the final list).

    Nothing is judged here: whoever decided has looked at the conditions. An entry that takes part no longer gets
    none. Return the ids of the new certificates; doing it again gives none. raise (NotFound): no such stage."""
    stage = contests.stage_by_id(stage_id)
    return _issue(stage, award, entrants(stage.event_id, entry_ids=list(places)), places, now, by)


def awards_of(stage: StageView, contest: Contest | None = None) -> list[Award]:
    """The certificates that can be issued in a stage: of its profile and class, nothing undecided.

    contest: its rules, where they are at hand."""
    classes = (contest or contests.rules_of(stage.contest_id)).classes
    event_class = next((one for one in classes if one.code == stage.event_rules.event_class), None)
    return [
        award
        for award in rules.certificates(stage.profile, stage.code)
        if rules.applies_to(award, stage.event_rules.event_class)
        and not rules.obstacles(award, stage.profile.learning, event_class)
    ]


def _placed(facts: Reached, place: Place | None) -> Reached:
    return facts if place is None else replace(facts, rank=place.rank, goes_on=place.goes_on)


def _issue(
    stage: StageView,
    award: Award,
    due: Sequence[Entrant],
    places: Mapping[int, Place],
    now: datetime,
    by: By,
) -> list[int]:
    known = held(stage.stage_id, award.code, [one.entry_id for one in due])
    wanted = [one for one in due if _may(known.get(one.entry_id), by)]
    if not wanted:
        return []
    said = _Sayings(stage, award, wanted, now)
    rows = [_row(stage, award, one, said.of(one, places.get(one.entry_id)), known, by) for one in wanted]
    made = db.session.execute(
        insert(Certificate)
        .on_conflict_do_nothing(index_elements=["stage_id", "entry_id", "award_code", "issue_number"])
        .returning(Certificate.id, Certificate.person_id),
        rows,
    ).all()
    if made:
        _tell(stage, award, made, said, by)
    return [row.id for row in made]


def _may(known: Held | None, by: By) -> bool:
    return known is None or (by.again and not known.is_valid)


class _Sayings:
    """What the certificates of one award say; names and units are read once for all."""

    def __init__(self, stage: StageView, award: Award, wanted: Sequence[Entrant], now: datetime) -> None:
        self.event = contests.event_by_id(stage.event_id, now)
        self._stage, self._award, self._now = stage, award, now
        self._hosts = contests.rules_of(stage.contest_id).host
        self._cards = people.cards(one.person_id for one in wanted)
        self._units = organisations.names(one.unit_id for one in wanted if one.unit_id)

    def of(self, one: Entrant, place: Place | None) -> Facts:
        day = self._now.astimezone(SHANGHAI).date()
        goes_on = (
            place is not None
            and bool(place.goes_on)
            and rules.is_for_going_on(self._award, self._stage.rules.quota)
        )
        return Facts(
            serial=serial_of(day.year, secrets.randbits(RANDOM_BITS)),
            name=self._cards[one.person_id].name,
            number=one.number,
            unit=self._units.get(one.unit_id or 0, ""),
            award=_words(self._award.title),
            contest=self.event.contest_title,
            event=self.event.title,
            stage=self._stage.title,
            hosts=_words(self._hosts),
            finished=tuple(name for name in rules.REACHED if name in self._award.conditions),
            rank=place.rank if place else None,
            goes_on=goes_on,
            issued_on=day,
            is_sample=bool(current_app.config["DEMO"]),
        )


def _words(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _row(
    stage: StageView, award: Award, one: Entrant, facts: Facts, known: Mapping[int, Held], by: By
) -> dict[str, Any]:
    said = facts.as_json()
    return {
        "serial": facts.serial,
        "stage_id": stage.stage_id,
        "entry_id": one.entry_id,
        "participation_id": one.participation_id,
        "person_id": one.person_id,
        "award_code": award.code,
        "issue_number": known[one.entry_id].last + 1 if one.entry_id in known else 1,
        "facts": said,
        "digest": digest_of(said),
        "template_version": rules.template_of(award, stage.rules.quota),
        "contest_version_id": by.contest_version_id or stage.contest_version_id,
        "snapshot_id": by.snapshot_id,
        "issued_by_account_id": by.account_id,
    }


def _tell(stage: StageView, award: Award, made: Sequence[Row[int, int]], said: _Sayings, by: By) -> None:
    told = {"award": _words(award.title), "event": said.event.title}
    notify_all([row.person_id for row in made], _ISSUED, told, link=MINE)
    record(
        "certificate.issue",
        "stage",
        stage.stage_id,
        award=award.code,
        certificates=[row.id for row in made],
        snapshot=by.snapshot_id,
        again=by.again,
    )
