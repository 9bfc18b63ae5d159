"""The stages whose certificates a host or supervisor looks after, with their numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import func, select, text

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.certificates.models import Certificate, CertificateRevocation
from webapp.certificates.rules import award as rules
from webapp.contests import queries as contests
from webapp.contests.queries import EventView, StageView
from webapp.contests.rules.schema import Contest
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.words import Message
from webapp.leaderboard.queries.finals import newest_final
from webapp.leaderboard.queries.lists import may

READING = (Permission.MANAGE_CERTIFICATES, Permission.READ_AUDIT)

_STAGES = text(
    """
    SELECT c.id AS contest_id, c.title AS contest_title, e.id AS event_id, e.code AS event, e.title AS event_title,
           e.organiser_id, st.id AS stage_id, st.code AS stage, st.title AS stage_title
    FROM stages st JOIN events e ON e.id = st.event_id JOIN contests c ON c.id = e.contest_id
    WHERE NOT e.is_withdrawn AND c.current_version_id IS NOT NULL
    ORDER BY c.id DESC, e.position, st.position
    """
)


@dataclass(frozen=True)
class StageLine:
    """One stage that gives certificates. awards: kinds, those that people give among them; issued, revoked: numbers of
    certificates."""

    stage_id: int
    event_id: int
    contest_id: int
    contest_title: Mapping[str, str]
    event_title: Mapping[str, str]
    stage_title: Mapping[str, str]
    awards: int
    issued: int
    revoked: int


@dataclass(frozen=True)
class EventLine:
    """One event that gives certificates, with its stages in order."""

    event_id: int
    contest_id: int
    contest_title: Mapping[str, str]
    event_title: Mapping[str, str]
    stages: tuple[StageLine, ...]

    @property
    def awards(self) -> int:
        return sum(one.awards for one in self.stages)

    @property
    def issued(self) -> int:
        return sum(one.issued for one in self.stages)

    @property
    def revoked(self) -> int:
        return sum(one.revoked for one in self.stages)


@dataclass(frozen=True)
class AwardLine:
    """One award of a stage. obstacles: why it cannot be issued; waits: it needs the final list, which is not there."""

    code: str
    title: Mapping[str, str]
    rank_from: int
    rank_to: int | None
    needs_list: bool
    waits: bool
    issued: int
    revoked: int
    obstacles: tuple[Message, ...]


def events_in_scope(who: Principal) -> list[EventLine]:
    """The events with certificates in their rules that lie in the scope of this host or supervisor."""
    found = []
    for event_id, group in groupby(_stages_in_scope(who), key=lambda line: line.event_id):
        lines = tuple(group)
        found.append(
            EventLine(event_id, lines[0].contest_id, lines[0].contest_title, lines[0].event_title, lines)
        )
    return found


def event_in_scope(who: Principal, event_id: int, now: datetime, *permissions: Permission) -> EventView:
    """One event, if a grant with one of the permissions covers it. raise (NotFound)."""
    event = contests.event_by_id(event_id, now)
    if not _is_covered(who, event.contest_id, event_id, event.organiser_id, *permissions):
        raise NotFound
    return event


def issued_by_award(stage_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """(stage, award) -> certificates issued, the revoked among them. One statement."""
    query = (
        select(Certificate.stage_id, Certificate.award_code, func.count().label("issued"))
        .where(Certificate.stage_id.in_(list(stage_ids)))
        .group_by(Certificate.stage_id, Certificate.award_code)
    )
    return {(row.stage_id, row.award_code): row.issued for row in db.session.execute(query)}


def issued_by_stage(stage_ids: Sequence[int]) -> dict[int, int]:
    """Stage -> certificates issued, the revoked among them. One statement."""
    query = (
        select(Certificate.stage_id, func.count().label("issued"))
        .where(Certificate.stage_id.in_(list(stage_ids)))
        .group_by(Certificate.stage_id)
    )
    return {row.stage_id: row.issued for row in db.session.execute(query)}


def _stages_in_scope(who: Principal) -> list[StageLine]:
    files: dict[int, Contest] = {}
    numbers = _numbers()
    found = []
    for row in db.session.execute(_STAGES):
        if not _is_covered(who, row.contest_id, row.event_id, row.organiser_id):
            continue
        if row.contest_id not in files:
            files[row.contest_id] = contests.rules_of(row.contest_id)
        file = files[row.contest_id]
        event = file.event(row.event)
        awards = [
            award
            for award in rules.certified(file.profile_of(event), row.stage)
            if rules.applies_to(award, event.event_class)
        ]
        issued, revoked = numbers[row.stage_id, False], numbers[row.stage_id, True]
        if awards or issued:
            found.append(
                StageLine(
                    row.stage_id,
                    row.event_id,
                    row.contest_id,
                    row.contest_title,
                    row.event_title,
                    row.stage_title,
                    len(awards),
                    issued,
                    revoked,
                )
            )
    return found


def stage_in_scope(who: Principal, stage_id: int, now: datetime, *permissions: Permission) -> StageView:
    """One stage, if a grant with one of the permissions (default: READING) covers it. raise (NotFound)."""
    stage = contests.stage_by_id(stage_id)
    event = contests.event_by_id(stage.event_id, now)
    if not _is_covered(who, stage.contest_id, stage.event_id, event.organiser_id, *permissions):
        raise NotFound
    return stage


def award_lines(stage: StageView) -> list[AwardLine]:
    """The certificates of a stage's rules with their numbers."""
    classes = {one.code: one for one in contests.rules_of(stage.contest_id).classes}
    final = newest_final(stage.stage_id)
    numbers = _numbers(stage.stage_id)
    return [
        AwardLine(
            award.code,
            {"zh": award.title.zh, "en": award.title.en},
            award.rank_from,
            award.rank_to if award.rank_to < rules.LAST_RANK else None,
            rules.needs_list(award),
            rules.needs_list(award) and final is None,
            numbers[award.code, False],
            numbers[award.code, True],
            rules.obstacles(award, stage.profile.learning, classes.get(stage.event_rules.event_class)),
        )
        for award in rules.certificates(stage.profile, stage.code)
        if rules.applies_to(award, stage.event_rules.event_class)
    ]


def _is_covered(
    who: Principal, contest_id: int, event_id: int, organiser_id: int | None, *permissions: Permission
) -> bool:
    return any(
        may(who, contest_id, event_id, organiser_id, permission) for permission in permissions or READING
    )


def _numbers(stage_id: int | None = None) -> Counter[tuple[int | str, bool]]:
    """(stage, or award of the one stage; whether revoked) -> certificates. Those issued include the revoked."""
    key = Certificate.stage_id if stage_id is None else Certificate.award_code
    query = (
        select(
            key.label("name"),
            func.count().label("issued"),
            func.count(CertificateRevocation.id).label("revoked"),
        )
        .outerjoin(CertificateRevocation, CertificateRevocation.certificate_id == Certificate.id)
        .group_by(key)
    )
    if stage_id is not None:
        query = query.where(Certificate.stage_id == stage_id)
    found: Counter[tuple[int | str, bool]] = Counter()
    for row in db.session.execute(query):
        found[row.name, False], found[row.name, True] = row.issued, row.revoked
    return found
