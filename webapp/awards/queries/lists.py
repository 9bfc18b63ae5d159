"""Award lists as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.awards.models import AwardList
from webapp.awards.rules.levels import LEVEL_WORDS, SkillLevel
from webapp.contests import queries as contests
from webapp.contests.rules.schema import Award, Contest
from webapp.core.db import db
from webapp.core.problems import message_from_json
from webapp.core.words import Message
from webapp.leaderboard.queries.lists import may
from webapp.leaderboard.rules.masking import masked_name

CERTIFICATE = "certificate"
"""Certificates of the file are issued from the final list by the certificates package, without a decision."""
MASK = "first_character"

_STAGES = text(
    """
    SELECT c.id AS contest_id, c.title AS contest_title, e.id AS event_id, e.code AS event,
           e.title AS event_title, e.organiser_id, st.id AS stage_id, st.code AS stage, st.title AS stage_title,
           (SELECT max(b.taken_at) FROM board_snapshots b WHERE b.stage_id = st.id AND b.kind = 'final') AS final_at,
           l.state, l.derived_at,
           (SELECT count(*) FROM award_lines n WHERE n.list_id = l.id AND n.state = 'candidate'
              AND n.decision = '') AS to_decide
    FROM stages st
    JOIN events e ON e.id = st.event_id
    JOIN contests c ON c.id = e.contest_id
    LEFT JOIN award_lists l ON l.stage_id = st.id AND l.state NOT IN ('superseded', 'reopened')
    WHERE NOT e.is_withdrawn AND c.current_version_id IS NOT NULL
      AND (CAST(:stage_id AS bigint) IS NULL OR st.id = :stage_id)
    ORDER BY c.id DESC, e.position, st.position
    """
)
_LINES = text(
    """
    SELECT n.*, p.number, h.name, coalesce(o.name, '') AS unit, coalesce(o.region, '') AS region,
           (SELECT array_agg(t.kind) FROM award_payout_ticks t WHERE t.line_id = n.id) AS ticks,
           coalesce((
               SELECT u.name FROM organisation_closure k JOIN organisations u ON u.id = k.ancestor_id
               WHERE k.descendant_id = p.unit_id AND u.kind = 'union' ORDER BY k.depth LIMIT 1), '') AS union_name
    FROM award_lines n
    JOIN entries e ON e.id = n.entry_id
    JOIN participations p ON p.id = e.participation_id
    JOIN persons h ON h.id = n.person_id
    LEFT JOIN organisations o ON o.id = p.unit_id
    WHERE n.list_id = :list_id
    ORDER BY n.position
    """
)
_MINE = text(
    """
    SELECT n.award_code, n.rank, n.granted_amount, n.level, n.why, s.closed_at, s.contest_version_id,
           e.code AS event, e.title AS event_title, c.id AS contest_id, c.title AS contest_title
    FROM award_lines n
    JOIN award_lists l ON l.id = n.list_id AND l.state <> 'superseded'
    JOIN award_lists s ON s.id = coalesce(n.settled_list_id, n.list_id)
    JOIN stages st ON st.id = l.stage_id
    JOIN events e ON e.id = st.event_id
    JOIN contests c ON c.id = e.contest_id
    WHERE n.person_id = :person_id AND n.decision = 'granted' AND s.closed_at IS NOT NULL
    ORDER BY s.closed_at DESC, n.position
    """
)


@dataclass(frozen=True)
class AwardStage:
    """A stage for which the contest file names awards that people decide, and where they stand."""

    contest_id: int
    contest_title: dict[str, str]
    event_id: int
    event: str
    event_title: dict[str, str]
    organiser_id: int | None
    stage_id: int
    stage: str
    stage_title: dict[str, str]
    final_at: datetime | None
    state: str | None
    derived_at: datetime | None
    to_decide: int

    def allows(self, who: Principal, permission: Permission) -> bool:
        """Whether the person's grant covers this stage's event."""
        return may(who, self.contest_id, self.event_id, self.organiser_id, permission)


@dataclass(frozen=True)
class Line:
    """One line as a page or a list shows it. level: its words, None where there is none. amount: by the rules,
    granted_amount: what is paid, None until it is given. union_name, region: of the contestant's unit."""

    line_id: int
    award_code: str
    number: str
    name: str
    unit: str
    union_name: str
    region: str
    person_id: int
    rank: int
    state: str
    amount: Decimal | None
    granted_amount: Decimal | None
    level: Message | None
    why: tuple[Message, ...]
    decision: str
    decision_reason: str
    decided_by: str
    is_settled: bool
    ticks: frozenset[str]


@dataclass(frozen=True)
class AwardBlock:
    """One award of the file with its lines."""

    award: Award
    lines: tuple[Line, ...]

    @property
    def has_ceiling(self) -> bool:
        return bool(self.award.conditions.get("ceiling")) and bool(self.lines)

    @property
    def open(self) -> int:
        return sum(line.state == "open" for line in self.lines)

    @property
    def to_decide(self) -> int:
        return sum(line.state == "candidate" and not line.decision for line in self.lines)


@dataclass(frozen=True)
class OwnAward:
    """One award that a person has been given."""

    contest_id: int
    contest_title: dict[str, str]
    event_title: dict[str, str]
    title: dict[str, str]
    rank: int
    amount: Decimal | None
    level: Message | None
    why: tuple[Message, ...]
    closed_at: datetime


def award_stages(who: Principal) -> list[AwardStage]:
    """The stages whose awards people decide, as far as this person's grants reach; with a final list first."""
    known: dict[int, Contest] = {}
    found = []
    for row in db.session.execute(_STAGES, {"stage_id": None}):
        one = AwardStage(**row._mapping)
        if not one.allows(who, Permission.SEE_FULL_BOARDS):
            continue
        if one.contest_id not in known:
            known[one.contest_id] = contests.rules_of(one.contest_id)
        if awards_named(known[one.contest_id], one.event, one.stage):
            found.append(one)
    return sorted(found, key=lambda one: one.final_at is None)


def award_stage(stage_id: int) -> AwardStage | None:
    """One stage, or None."""
    row = db.session.execute(_STAGES, {"stage_id": stage_id}).one_or_none()
    return AwardStage(**row._mapping) if row else None


def awards_of(one: AwardStage) -> tuple[Award, ...]:
    """What the contest's present file names for the stage, certificates aside."""
    return awards_named(contests.rules_of(one.contest_id), one.event, one.stage)


def awards_by(one: AwardList, stage: AwardStage) -> tuple[Award, ...]:
    """What the file named by which a list was derived."""
    return awards_named(contests.rules_of_version(one.contest_version_id), stage.event, stage.stage)


def awards_named(rules: Contest, event_code: str, stage_code: str) -> tuple[Award, ...]:
    """The awards of an event's class that people decide at the end of a stage, in the order of the file."""
    event = rules.event(event_code)
    return tuple(
        award
        for award in rules.profile_of(event).awards
        if award.stage == stage_code
        and award.kind != CERTIFICATE
        and (not award.classes or event.event_class in award.classes)
    )


def blocks(one: AwardList, awards: Sequence[Award], *, whole_names: bool) -> list[AwardBlock]:
    """The lines of a list under their awards, in the order of the file; awards without lines too."""
    lines = lines_of(one.id, whole_names=whole_names)
    return [
        AwardBlock(award, tuple(line for line in lines if line.award_code == award.code)) for award in awards
    ]


def lines_of(list_id: int, *, whole_names: bool) -> list[Line]:
    """All lines of a list in their order."""
    rows = db.session.execute(_LINES, {"list_id": list_id}).mappings().all()
    deciders = people.names_of_accounts({row["decided_by_account_id"] for row in rows} - {None})
    return [
        Line(
            line_id=row["id"],
            award_code=row["award_code"],
            number=row["number"],
            name=row["name"] if whole_names else masked_name(row["name"], MASK),
            unit=row["unit"],
            union_name=row["union_name"],
            region=row["region"],
            person_id=row["person_id"],
            rank=row["rank"],
            state=row["state"],
            amount=row["amount"],
            granted_amount=row["granted_amount"],
            level=_level(row["level"]),
            why=_why(row["why"]),
            decision=row["decision"],
            decision_reason=row["decision_reason"],
            decided_by=deciders.get(row["decided_by_account_id"], ""),
            is_settled=row["settled_list_id"] is not None,
            ticks=frozenset(row["ticks"] or ()),
        )
        for row in rows
    ]


def own_awards(person_id: int) -> list[OwnAward]:
    """What a person has been given, the newest first."""
    found = []
    known: dict[int, Contest] = {}
    for row in db.session.execute(_MINE, {"person_id": person_id}):
        if row.contest_version_id not in known:
            known[row.contest_version_id] = contests.rules_of_version(row.contest_version_id)
        rules = known[row.contest_version_id]
        award = next(
            one for one in rules.profile_of(rules.event(row.event)).awards if one.code == row.award_code
        )
        found.append(
            OwnAward(
                contest_id=row.contest_id,
                contest_title=row.contest_title,
                event_title=row.event_title,
                title={"zh": award.title.zh, "en": award.title.en},
                rank=row.rank,
                amount=row.granted_amount,
                level=_level(row.level),
                why=_why(row.why),
                closed_at=row.closed_at,
            )
        )
    return found


def _level(code: str) -> Message | None:
    return Message(LEVEL_WORDS[SkillLevel(code)]) if code else None


def _why(said: Sequence[dict[str, Any]]) -> tuple[Message, ...]:
    return tuple(message_from_json(one) for one in said)
