"""Delegations as their pages show them: who could be sent, who is, which events have how many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.contests import queries as contests
from webapp.contests.rules.delegation import DelegationRule
from webapp.contests.rules.schema import Rule
from webapp.contingents.errors import ContingentGone, NoDelegations
from webapp.contingents.models import Contingent, ContingentChange
from webapp.contingents.rules.choosing import Choosable
from webapp.core.db import db
from webapp.leaderboard.rules.masking import masked_name
from webapp.organisations import queries as organisations
from webapp.stages.rules.minimum import Shortage, shortage

# Everybody with a place in the stage of that code, with the union that sends them: the first of the levels that
# the unit stands below.
_HOLDERS = text(
    """
    SELECT a.entry_id, a.position, a.rank, a.state, p.number, p.person_id, p.unit_id, ev.id AS event_id,
           ev.code AS event, ev.title AS event_title, node.id AS node_id, m.contingent_id
    FROM stages st
    JOIN events ev ON ev.id = st.event_id AND ev.contest_id = :contest_id AND NOT ev.is_withdrawn
    JOIN stage_admissions a ON a.stage_id = st.id AND a.state IN ('invited', 'confirmed', 'admitted')
    JOIN entries e ON e.id = a.entry_id
    JOIN participations p ON p.id = e.participation_id AND p.state = 'active'
    LEFT JOIN LATERAL (
        SELECT o.id FROM organisation_closure c JOIN organisations o ON o.id = c.ancestor_id
        WHERE c.descendant_id = p.unit_id AND o.level = ANY(:levels)
        ORDER BY array_position(CAST(:levels AS text[]), CAST(o.level AS text)), c.depth LIMIT 1
    ) node ON true
    LEFT JOIN LATERAL (
        SELECT x.contingent_id FROM contingent_members x JOIN contingents y ON y.id = x.contingent_id
        WHERE x.entry_id = a.entry_id AND y.contest_id = :contest_id AND y.stage_code = :stage
    ) m ON true
    WHERE st.code = :stage AND (CAST(:node_id AS bigint) IS NULL OR node.id = :node_id)
    ORDER BY ev.position, a.position, a.id
    """
)
_JUDGES = text(
    """
    SELECT DISTINCT p.id, p.name, p.unit_id
    FROM role_grants g JOIN persons p ON p.id = g.person_id
    JOIN organisation_closure c ON c.descendant_id = p.unit_id AND c.ancestor_id = :node_id
    WHERE g.role IN ('judge', 'chief-judge') AND g.revoked_at IS NULL
      AND NOT EXISTS (SELECT FROM participations x WHERE x.person_id = p.id AND x.contest_id = :contest_id
                        AND x.state = 'active')
    ORDER BY p.name, p.id LIMIT 300
    """
)
_MEMBERS = text(
    """
    SELECT m.contingent_id, m.entry_id, m.judge_person_id, p.number, coalesce(p.person_id, m.judge_person_id) AS person_id,
           coalesce(p.unit_id, j.unit_id) AS unit_id, ev.title AS event_title, ev.position,
           coalesce(a.state IN ('invited', 'confirmed', 'admitted') AND p.state = 'active', false) AS has_place
    FROM contingent_members m
    JOIN contingents k ON k.id = m.contingent_id
    LEFT JOIN persons j ON j.id = m.judge_person_id
    LEFT JOIN entries e ON e.id = m.entry_id
    LEFT JOIN participations p ON p.id = e.participation_id
    LEFT JOIN events ev ON ev.id = e.event_id
    LEFT JOIN stages st ON st.event_id = ev.id AND st.code = k.stage_code
    LEFT JOIN stage_admissions a ON a.stage_id = st.id AND a.entry_id = m.entry_id
    WHERE m.contingent_id = ANY(:ids)
    ORDER BY ev.position NULLS LAST, a.position, m.id
    """
)
_OPENS = text(
    """
    SELECT min(st.opens_at) FROM stages st JOIN events e ON e.id = st.event_id
    WHERE e.contest_id = :contest_id AND st.code = :stage AND NOT e.is_withdrawn
    """
)
_OWN = text(
    """
    SELECT k.id FROM contingents k JOIN contingent_members m ON m.contingent_id = k.id
    LEFT JOIN entries e ON e.id = m.entry_id LEFT JOIN participations p ON p.id = e.participation_id
    WHERE k.state = 'confirmed' AND (m.judge_person_id = :person_id OR p.person_id = :person_id AND p.state = 'active')
    GROUP BY k.id ORDER BY k.id DESC
    """
)
HOLDING = ("invited", "confirmed", "admitted")


@dataclass(frozen=True)
class Holder:
    """Somebody with a place. node_id: who sends; None: no union of those levels above the unit."""

    entry_id: int
    event_id: int
    event: str
    event_title: dict[str, str]
    number: str
    name: str
    unit: str
    unit_id: int | None
    rank: int | None
    position: int
    node_id: int | None
    contingent_id: int | None

    def choosable(self) -> Choosable:
        return Choosable(self.entry_id, self.event, self.position)


@dataclass(frozen=True)
class Judge:
    """Somebody of below the union with the role of judge. own_unit: contestants of the delegation from the same
    unit, for whom the judge stands aside."""

    person_id: int
    name: str
    unit: str
    own_unit: int


@dataclass(frozen=True)
class Member:
    """One line of a delegation. number '': a judge. has_place: False: gave the place up since."""

    entry_id: int | None
    person_id: int
    number: str
    name: str
    unit: str
    event_title: dict[str, str] | None
    has_place: bool

    @property
    def is_judge(self) -> bool:
        return self.entry_id is None


@dataclass(frozen=True)
class ContingentView:
    """A delegation with its people."""

    contingent_id: int
    contest_id: int
    contest: str
    contest_title: dict[str, str]
    stage: str
    organisation_id: int
    name: str
    leader: str
    is_confirmed: bool
    confirmed_at: datetime | None
    confirmed_by: str
    members: tuple[Member, ...]

    @property
    def contestants(self) -> list[Member]:
        return [one for one in self.members if not one.is_judge]

    @property
    def judges(self) -> list[Member]:
        return [one for one in self.members if one.is_judge]


@dataclass(frozen=True)
class EventCount:
    """How many come to an event: with a place, in a delegation, in a confirmed one. missing: the contest's minimum."""

    title: dict[str, str]
    places: int
    chosen: int
    confirmed: int
    missing: Shortage | None


def limit_of(contest_id: int) -> Rule | None:
    """The contest's limit `delegation`, if it has one that says something."""
    for rule in contests.rules_of(contest_id).limits:
        if rule.code == "delegation" and isinstance(rule.value, DelegationRule):
            return rule
    return None


def rule_of(contest_id: int) -> DelegationRule:
    """The rule of delegations in force. raise (NoDelegations): none, or undecided who sends."""
    found = limit_of(contest_id)
    if found is None or not found.value.sent_by:
        raise NoDelegations
    rule: DelegationRule = found.value
    return rule


def rule_for(row: Contingent) -> DelegationRule:
    """The rule for the page of a delegation: one that was made is read also when the file sends none any more."""
    found = limit_of(row.contest_id)
    if found is None or found.value.stage != row.stage_code:
        return DelegationRule(stage=row.stage_code)
    rule: DelegationRule = found.value
    return rule


def opens_at(contest_id: int, stage: str) -> datetime | None:
    """When the first event's stage of this code opens."""
    found: datetime | None = db.session.scalar(_OPENS, {"contest_id": contest_id, "stage": stage})
    return found


def holders(contest_id: int, rule: DelegationRule, node_id: int | None = None) -> list[Holder]:
    """Everybody with a place in the rule's stage, or those whom one union sends; a fixed number of statements."""
    values = {
        "contest_id": contest_id, "stage": rule.stage, "levels": list(rule.sent_by), "node_id": node_id,
    }  # fmt: skip
    rows = db.session.execute(_HOLDERS, values).all()
    cards = people.cards(row.person_id for row in rows)
    units = organisations.names(row.unit_id for row in rows if row.unit_id is not None)
    return [
        Holder(
            row.entry_id, row.event_id, row.event, row.event_title, row.number, cards[row.person_id].name,
            units.get(row.unit_id or 0, ""), row.unit_id, row.rank, row.position, row.node_id, row.contingent_id,
        )
        for row in rows
    ]  # fmt: skip


def judges(contest_id: int, node_id: int, sent: Iterable[Holder]) -> list[Judge]:
    """Judges from below a union who do not compete themselves."""
    rows = db.session.execute(_JUDGES, {"contest_id": contest_id, "node_id": node_id}).all()
    units = organisations.names(row.unit_id for row in rows if row.unit_id is not None)
    of_unit = [one.unit_id for one in sent]
    return [Judge(row.id, row.name, units.get(row.unit_id, ""), of_unit.count(row.unit_id)) for row in rows]


def views(rows: Sequence[Contingent], *, whole_names: bool = True) -> list[ContingentView]:
    """These delegations with their people, in the order given; a fixed number of statements."""
    found = db.session.execute(_MEMBERS, {"ids": [row.id for row in rows]}).all()
    cards = people.cards(row.person_id for row in found)
    names = organisations.names(
        {row.organisation_id for row in rows} | {row.unit_id for row in found if row.unit_id is not None}
    )
    accounts = people.names_of_accounts(
        row.confirmed_by_account_id for row in rows if row.confirmed_by_account_id
    )
    codes = {id_: (code, title) for code, title, id_ in _contests({row.contest_id for row in rows})}
    members: dict[int, list[Member]] = {}
    for one in found:
        name = cards[one.person_id].name
        members.setdefault(one.contingent_id, []).append(
            Member(
                one.entry_id, one.person_id, one.number or "", name if whole_names else masked_name(name),
                names.get(one.unit_id or 0, ""), one.event_title, one.has_place or one.entry_id is None,
            )
        )  # fmt: skip
    return [
        ContingentView(
            row.id, row.contest_id, codes[row.contest_id][0], codes[row.contest_id][1], row.stage_code,
            row.organisation_id, names.get(row.organisation_id, ""), row.leader, row.state == "confirmed",
            row.confirmed_at, accounts.get(row.confirmed_by_account_id or 0, ""), tuple(members.get(row.id, ())),
        )
        for row in rows
    ]  # fmt: skip


def of_contest(contest_id: int, stage: str) -> list[Contingent]:
    """The delegations to a stage, in the order they were made."""
    return list(
        db.session.scalars(
            select(Contingent)
            .where(Contingent.contest_id == contest_id, Contingent.stage_code == stage)
            .order_by(Contingent.id)
        )
    )


def of_reviewer(who: Principal) -> list[Contingent]:
    """The delegations of the unions this person reviews for, the newest first."""
    grants = who.scopes(Permission.REVIEW_APPLICATIONS)
    if not grants:
        return []
    return list(
        db.session.scalars(
            select(Contingent)
            .where(organisations.within(Contingent.organisation_id, grants))
            .order_by(Contingent.id.desc())
            .limit(200)
        )
    )


def own(person_id: int) -> list[Contingent]:
    """The confirmed delegations that a person belongs to."""
    ids = list(db.session.scalars(_OWN, {"person_id": person_id}))
    return list(
        db.session.scalars(select(Contingent).where(Contingent.id.in_(ids)).order_by(Contingent.id.desc()))
    )


def load(who: Principal, contingent_id: int, *, lock: bool = False) -> Contingent:
    """A delegation that this person composes or hosts. raise (ContingentGone): any other id."""
    query = select(Contingent).where(Contingent.id == contingent_id)
    row = db.session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None or not (may_compose(who, row) or is_host(who, row.contest_id)):
        raise ContingentGone
    return row


def may_compose(who: Principal, row: Contingent) -> bool:
    """Whether this person reviews for the sending union, or for one above it."""
    path = organisations.path(row.organisation_id)
    return who.allows(Permission.REVIEW_APPLICATIONS, organisation_path=path)


def is_host(who: Principal, contest_id: int) -> bool:
    """Whether this person publishes the contest's results."""
    return who.allows(Permission.PUBLISH_RESULTS, contest_id=contest_id)


def waiting_change(contingent_id: int) -> ContingentChange | None:
    """The change that waits for a second person."""
    return db.session.scalars(
        select(ContingentChange).where(
            ContingentChange.contingent_id == contingent_id, ContingentChange.state == "waiting"
        )
    ).one_or_none()


def counts(contest_id: int, rule: DelegationRule, confirmed_ids: Iterable[int]) -> list[EventCount]:
    """Per event with people: places, chosen, confirmed, and what the contest's minimum lacks of the confirmed."""
    file = contests.rules_of(contest_id)
    confirmed = set(confirmed_ids)
    last = {event.code: file.profile_of(event).stages[-1].code == rule.stage for event in file.events}
    events: dict[str, list[Holder]] = {}
    for one in holders(contest_id, rule):
        events.setdefault(one.event, []).append(one)
    found = []
    for code, rows in events.items():
        coming = sum(one.contingent_id in confirmed for one in rows)
        found.append(
            EventCount(
                rows[0].event_title, len(rows), sum(one.contingent_id is not None for one in rows), coming,
                shortage(file.limits, coming, is_last_stage=last.get(code, False)),
            )
        )  # fmt: skip
    return found


def contests_with_delegations() -> list[tuple[str, dict[str, Any], int]]:
    """(code, title, id) of the contests whose rules send delegations, the newest first."""
    return [row for row in _contests(None) if limit_of(row[2]) is not None]


_CONTESTS = text(
    """
    SELECT code, title, id FROM contests
    WHERE current_version_id IS NOT NULL AND (CAST(:ids AS bigint[]) IS NULL OR id = ANY(:ids)) ORDER BY id DESC
    """
)


def _contests(ids: Iterable[int] | None) -> list[tuple[str, dict[str, Any], int]]:
    values = {"ids": None if ids is None else list(ids)}
    return [(row.code, row.title, row.id) for row in db.session.execute(_CONTESTS, values)]
