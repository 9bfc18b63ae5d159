"""What merging two events would move, which people are in both, and which merges wait."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text

from webapp.accounts import queries as people
from webapp.contests.models import Event
from webapp.contests.queries import rules_of
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.words import Message
from webapp.stages.models import EventMerge
from webapp.stages.rules.merging import Facts, Held, Stays, differences, forbidden, who_stays

SHOWN = 100

_FACTS = text(
    """
    SELECT side.name,
        (SELECT count(*) FROM sheets s JOIN exams e ON e.id = s.exam_id
         WHERE e.event_id = side.id AND e.kind = 'formal' AND s.state <> 'created') AS begun,
        (SELECT count(*) FROM stage_lists l JOIN stages t ON t.id = l.stage_id
         WHERE t.event_id = side.id AND l.state <> 'dropped') AS lists,
        (SELECT count(*) FROM stage_admissions a JOIN stages t ON t.id = a.stage_id WHERE t.event_id = side.id) AS places,
        (SELECT count(*) FROM practical_blind_numbers n JOIN practical_runs r ON r.id = n.run_id
         JOIN stages t ON t.id = r.stage_id WHERE t.event_id = side.id) AS practical,
        (SELECT count(DISTINCT c.participation_id) FROM component_scores c JOIN stages t ON t.id = c.stage_id
         WHERE t.event_id = side.id AND c.component NOT IN ('learning', 'theory')) AS filed
    FROM (VALUES ('old', CAST(:old AS bigint)), ('new', CAST(:new AS bigint))) AS side(name, id)
    """
)
_EFFECT = text(
    """
    SELECT
        (SELECT count(*) FROM participations WHERE event_id = :old AND state IN ('active', 'provisional')) AS people,
        (SELECT count(*) FROM participations WHERE event_id = :new AND state IN ('active', 'provisional')) AS here,
        (SELECT count(*) FROM applications WHERE event_id = :old AND state IN ('in_review', 'returned', 'invited')) AS waiting,
        (SELECT coalesce(sum(l.points), 0) FROM point_entries l JOIN participations p ON p.id = l.participation_id
         WHERE p.event_id = :old) AS points,
        (SELECT count(*) FROM team_members m JOIN participations p ON p.id = m.participation_id
         WHERE p.event_id = :old AND m.is_leader) AS teams,
        (SELECT count(*) FROM sheets s JOIN exams e ON e.id = s.exam_id
         WHERE e.event_id = :old AND e.kind = 'formal' AND s.state = 'created') AS papers,
        (SELECT count(*) FROM role_grants WHERE scope_kind = 'event' AND scope_id = :old AND revoked_at IS NULL) AS roles
    """
)
_BOTH = text(
    """
    SELECT o.person_id, o.id AS old_id, o.number AS old_number, o.state AS old_state,
           n.id AS new_id, n.number AS new_number, n.state AS new_state,
           (SELECT coalesce(sum(points), 0) FROM point_entries
            WHERE contest_id = o.contest_id AND participation_id = o.id) AS old_points,
           (SELECT coalesce(sum(points), 0) FROM point_entries
            WHERE contest_id = n.contest_id AND participation_id = n.id) AS new_points
    FROM participations o JOIN participations n ON n.person_id = o.person_id AND n.event_id = :new
    WHERE o.event_id = :old ORDER BY o.id
    """
)


@dataclass(frozen=True)
class Effect:
    """What moves: people with live participations, applications that wait, points, teams. papers: drawn and not
    begun, they become void. here: people of the event that stays. roles: limited to the event that ends; they stay
    behind."""

    people: int
    here: int
    waiting: int
    points: Decimal
    teams: int
    papers: int
    roles: int


@dataclass(frozen=True)
class InBoth:
    """Somebody who is in both events."""

    person_id: int
    old_id: int
    old_number: str
    new_id: int
    new_number: str
    old: Held
    new: Held

    @property
    def stays(self) -> Stays:
        return who_stays(self.old, self.new)


@dataclass(frozen=True)
class Preview:
    """Everything that two people read before they agree."""

    effect: Effect
    both: tuple[InBoth, ...]
    forbidden: tuple[Message, ...]
    differences: tuple[Message, ...]


@dataclass(frozen=True)
class MergeRow:
    """One merge in words."""

    merge_id: int
    title: dict[str, str]
    into: dict[str, str]
    why: str
    state: str
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    moved: dict[str, Any]
    preview: Preview | None
    is_mine: bool


def preview(old: Event, new: Event) -> Preview:
    """What merging `old` into `new` would do now; a fixed number of statements."""
    values = {"old": old.id, "new": new.id}
    sides = {row["name"]: row for row in db.session.execute(_FACTS, values).mappings()}
    facts = Facts(
        **{
            f"{key}_{side}": row[key]
            for side, row in sides.items()
            for key in ("begun", "lists", "places", "practical", "filed")
        }
    )
    rules = rules_of(old.contest_id)
    return Preview(
        Effect(**db.session.execute(_EFFECT, values).mappings().one()),
        in_both(old.id, new.id),
        forbidden(facts, old.title, new.title),
        tuple(differences(rules, rules.event(old.code), rules.event(new.code))),
    )


def in_both(old_id: int, new_id: int) -> tuple[InBoth, ...]:
    """The people who are in both events, in the order of registration."""
    rows = db.session.execute(_BOTH, {"old": old_id, "new": new_id})
    return tuple(
        InBoth(
            row.person_id, row.old_id, row.old_number, row.new_id, row.new_number,
            Held(row.old_state, row.old_points), Held(row.new_state, row.new_points),
        )
        for row in rows
    )  # fmt: skip


def events_of(contest_id: int) -> list[Event]:
    """The events of a contest that take place, in the order of the file."""
    return list(
        db.session.scalars(
            select(Event)
            .where(Event.contest_id == contest_id, Event.is_withdrawn.is_(False))
            .order_by(Event.position)
        )
    )


def merges(contest_id: int, account_id: int) -> list[MergeRow]:
    """The merges of a contest, those that wait first."""
    rows = db.session.scalars(
        select(EventMerge)
        .join(Event, Event.id == EventMerge.event_id)
        .where(Event.contest_id == contest_id)
        .order_by((EventMerge.state == "waiting").desc(), EventMerge.id.desc())
        .limit(SHOWN)
    ).all()
    found = _events({one for row in rows for one in (row.event_id, row.into_id)})
    names = people.names_of_accounts(
        one for row in rows for one in (row.asked_by_account_id, row.decided_by_account_id) if one
    )
    return [
        MergeRow(
            row.id,
            found[row.event_id].title,
            found[row.into_id].title,
            row.why,
            row.state,
            names.get(row.asked_by_account_id, ""),
            row.asked_at,
            names.get(row.decided_by_account_id or 0, ""),
            row.decided_at,
            row.moved,
            preview(found[row.event_id], found[row.into_id]) if row.state == "waiting" else None,
            row.asked_by_account_id == account_id,
        )
        for row in rows
    ]


def load(contest_id: int, merge_id: int, *, lock: bool = False) -> EventMerge:
    """A merge of this contest. raise (NotFound): any other id."""
    query = (
        select(EventMerge)
        .join(Event, Event.id == EventMerge.event_id)
        .where(EventMerge.id == merge_id, Event.contest_id == contest_id)
    )
    found = db.session.scalars(query.with_for_update(of=EventMerge) if lock else query).one_or_none()
    if found is None:
        raise NotFound
    return found


def _events(ids: Iterable[int]) -> Mapping[int, Event]:
    return {row.id: row for row in db.session.scalars(select(Event).where(Event.id.in_(set(ids))))}
