"""What organisations send of a selection outside: for those who speak for them, and for the host."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from webapp.access.permissions import ROLE_PERMISSIONS, Permission, ScopeKind
from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.contests.queries import StageView, stage_by_id
from webapp.contests.rules.schema import Contest
from webapp.core.db import db
from webapp.leaderboard.queries.kept import rows_by_id
from webapp.leaderboard.rules.masking import masked_name
from webapp.organisations import queries as organisations
from webapp.stages.errors import ListMissing
from webapp.stages.queries.admissions import SELECTION, is_outside, stage_after
from webapp.stages.queries.candidates import details_of
from webapp.stages.queries.holding import readable
from webapp.stages.queries.lists import StageHead, head
from webapp.stages.rules.states import ListState
from webapp.stages.rules.submissions import WAITING, Standing, Submission, may_send, sends_until, standing

_COLUMNS = """
    s.id, s.stage_id, s.organisation_id, s.state, jsonb_array_length(s.lines) AS people, s.file_name, s.reason, s.list_id, s.sent_by_account_id,
    s.sent_at, s.decided_by_account_id, s.decided_at, l.number AS list_number, l.state AS list_state,
    (SELECT p.state FROM stage_lists p WHERE p.stage_id = s.stage_id AND p.state IN ('posted', 'final')
     ORDER BY p.number DESC LIMIT 1) AS posted
"""
_SENT = text(
    f"""
    SELECT {_COLUMNS} FROM stage_submissions s LEFT JOIN stage_lists l ON l.id = s.list_id
    WHERE s.stage_id = :stage_id AND (CAST(:organisation_id AS bigint) IS NULL OR s.organisation_id = :organisation_id)
      AND (CAST(:submission_id AS bigint) IS NULL OR s.id = :submission_id)
    ORDER BY s.id DESC
    """  # noqa: S608 - names of columns, written above
)
_NEWEST = text(
    f"""
    SELECT DISTINCT ON (s.stage_id, s.organisation_id) {_COLUMNS}
    FROM stage_submissions s LEFT JOIN stage_lists l ON l.id = s.list_id
    WHERE s.organisation_id = ANY(:ids) AND s.state NOT IN ('replaced', 'withdrawn')
    ORDER BY s.stage_id, s.organisation_id, s.id DESC
    """  # noqa: S608 - names of columns, written above
)
_OUTSIDE = text(
    """
    SELECT st.id AS stage_id, st.code AS stage, st.title AS stage_title, st.closes_at, nxt.closes_at AS next_closes_at,
           e.id AS event_id, e.code AS event, e.title AS event_title, c.id AS contest_id, c.title AS contest_title
    FROM stages st
    JOIN events e ON e.id = st.event_id AND NOT e.is_withdrawn
    JOIN contests c ON c.id = e.contest_id AND c.current_version_id IS NOT NULL
    JOIN LATERAL (SELECT closes_at FROM stages n WHERE n.event_id = e.id AND n.position > st.position
                  ORDER BY n.position LIMIT 1) nxt ON true
    WHERE st.kind = :selection AND NOT EXISTS (SELECT FROM stage_components part WHERE part.stage_id = st.id)
    ORDER BY c.id DESC, e.position, st.position
    """
)
_OWN_PEOPLE = text(
    """
    SELECT below.ancestor_id AS organisation_id, p.event_id, count(*) AS people
    FROM organisation_closure below
    JOIN participations p ON p.unit_id = below.descendant_id AND p.state = 'active' AND p.event_id = ANY(:events)
    WHERE below.ancestor_id = ANY(:ids)
      AND NOT EXISTS (SELECT FROM team_members m WHERE m.participation_id = p.id AND NOT m.is_leader)
    GROUP BY below.ancestor_id, p.event_id
    """
)
_EXPECTED = text(
    """
    WITH units AS MATERIALIZED (
        SELECT p.unit_id, count(*) AS people FROM participations p
        WHERE p.event_id = :event_id AND p.state = 'active' AND p.unit_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM team_members m WHERE m.participation_id = p.id AND NOT m.is_leader)
        GROUP BY p.unit_id)
    SELECT near.id, CAST(sum(units.people) AS bigint) AS people FROM units
    JOIN LATERAL (SELECT o.id FROM organisation_closure above JOIN organisations o ON o.id = above.ancestor_id
                  WHERE above.descendant_id = units.unit_id AND o.level = ANY(:levels)
                  ORDER BY above.depth LIMIT 1) near ON true
    GROUP BY near.id
    """
)
_SPEAKERS = text(
    """
    SELECT DISTINCT g.scope_id, g.person_id FROM role_grants g
    JOIN accounts a ON a.person_id = g.person_id AND a.state = 'active'
    WHERE g.revoked_at IS NULL AND g.role = ANY(:roles) AND g.scope_kind = 'organisation' AND g.scope_id = ANY(:ids)
    ORDER BY g.scope_id, g.person_id
    """
)
_WAITING = text(
    """
    SELECT count(*) FROM stage_submissions s LEFT JOIN stage_lists l ON l.id = s.list_id
    WHERE s.stage_id = :stage_id AND (s.state = 'sent' OR l.state = 'dropped')
    """
)
_LINES = text("SELECT lines FROM stage_submissions WHERE id = :id")
_POSTED = text(
    "SELECT snapshot_id FROM stage_notices WHERE stage_id = :stage_id ORDER BY version DESC LIMIT 1"
)


@dataclass(frozen=True)
class SubmissionView:
    """One list that an organisation sent. people: how many it names; list_number: of the list it was taken into."""

    submission_id: int
    stage_id: int
    organisation_id: int
    standing: Standing
    people: int
    file_name: str
    reason: str
    list_number: int | None
    sent_by_account_id: int
    sent_at: datetime
    decided_by_account_id: int | None
    decided_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether the host has to do something about it."""
        return self.standing in WAITING


@dataclass(frozen=True)
class OwnSelection:
    """A selection outside for which an organisation of mine may name people. people: of it that take part; until: None
    where no date is known; sent: what stands now."""

    organisation_id: int
    name: str
    stage_id: int
    event_title: dict[str, str]
    stage_title: dict[str, str]
    contest_title: dict[str, str]
    people: int
    until: datetime | None
    sent: SubmissionView | None


@dataclass(frozen=True)
class Sending:
    """What the page of one organisation and one selection stands on."""

    head: StageHead
    stage: StageView
    organisation_id: int
    name: str
    until: datetime | None


@dataclass(frozen=True)
class Sender:
    """One line of the host's table. people: that take part from its part of the tree, None where nobody waits for its list;
    sent: the newest that counts; speakers: ids of the persons who may send it, of that very organisation."""

    organisation_id: int
    name: str
    people: int | None
    sent: SubmissionView | None
    speakers: tuple[int, ...]


@dataclass(frozen=True)
class Named:
    """Somebody on a list that was sent. stands: on | off of the posted list, '' before; is_here: still takes part."""

    number: str
    name: str
    unit: str
    is_here: bool
    stands: str


def own_selections(who: Principal) -> list[OwnSelection]:
    """The selections outside in which people of my organisations take part, the newest contest first."""
    ids = _own_ids(who)
    if not ids:
        return []
    own = [node for one in ids if (node := organisations.by_id(one)) is not None]
    rows = db.session.execute(_OUTSIDE, {"selection": SELECTION}).all()
    rules = readable({row.contest_id for row in rows})
    wanted = [
        (row, node)
        for row in rows
        for node in own
        if row.contest_id in rules
        and may_send(_levels(rules[row.contest_id], row.event, row.stage), node.level)
    ]
    values = {
        "ids": sorted({node.id for _row, node in wanted}),
        "events": sorted({row.event_id for row, _node in wanted}),
    }
    counts = {
        (row.organisation_id, row.event_id): row.people for row in db.session.execute(_OWN_PEOPLE, values)
    }
    sent = {
        (row.stage_id, row.organisation_id): _view(row) for row in db.session.execute(_NEWEST, {"ids": ids})
    }
    return [
        OwnSelection(
            node.id,
            node.name,
            row.stage_id,
            row.event_title,
            row.stage_title,
            row.contest_title,
            counts[node.id, row.event_id],
            sends_until(row.closes_at, row.next_closes_at),
            sent.get((row.stage_id, node.id)),
        )
        for row, node in wanted
        if (node.id, row.event_id) in counts
    ]


def returned_count(who: Principal) -> int:
    """How many lists of my organisations the host returned and nobody has sent again."""
    rows = db.session.execute(_NEWEST, {"ids": _own_ids(who)})
    return sum(row.state == Submission.RETURNED for row in rows)


def _own_ids(who: Principal) -> list[int]:
    grants = who.scopes(Permission.NOMINATE_PEOPLE)
    return sorted({grant.scope_id for grant in grants if grant.scope_kind is ScopeKind.ORGANISATION})


def sending(who: Principal, stage_id: int, organisation_id: int) -> Sending:
    """A selection outside and an organisation that names people for it. raise (ListMissing): the person does not speak for this
    organisation, it sends no list here, or there is no such selection."""
    found, one = head(stage_id), organisations.by_id(organisation_id)
    if found is None or one is None or not speaks_for(who, organisation_id):
        raise ListMissing
    stage = stage_by_id(stage_id)
    if not is_outside(stage) or not may_send(stage.rules.nominated_by, one.level):
        raise ListMissing
    after = stage_after(stage)
    ends = sends_until(stage.closes_at, after.closes_at if after else None)
    return Sending(found, stage, organisation_id, one.name, ends)


def speaks_for(who: Principal, organisation_id: int) -> bool:
    """Whether the person names people for this organisation, or for one above it."""
    return who.allows(Permission.NOMINATE_PEOPLE, organisation_path=organisations.path(organisation_id))


def sent_by(stage_id: int, organisation_id: int) -> list[SubmissionView]:
    """Everything that an organisation sent for a selection, the newest first."""
    values = {"stage_id": stage_id, "organisation_id": organisation_id, "submission_id": None}
    return [_view(row) for row in db.session.execute(_SENT, values)]


def submission(stage_id: int, submission_id: int) -> SubmissionView:
    """One list that was sent for this stage. raise (ListMissing)."""
    values = {"stage_id": stage_id, "organisation_id": None, "submission_id": submission_id}
    row = db.session.execute(_SENT, values).one_or_none()
    if row is None:
        raise ListMissing
    return _view(row)


def senders(stage: StageView) -> list[Sender]:
    """Who has sent a list and who has not: what waits for the host first, then who is missing. Who is to send: the nearest
    organisation of the levels that the file names; where it names none, only those that have sent are known."""
    values = {"stage_id": stage.stage_id, "organisation_id": None, "submission_id": None}
    newest: dict[int, SubmissionView] = {}
    for row in db.session.execute(_SENT, values):
        if row.state not in (Submission.REPLACED, Submission.WITHDRAWN):
            newest.setdefault(row.organisation_id, _view(row))
    expected: dict[int, int] = {}
    if stage.rules.nominated_by:
        wanted = {"event_id": stage.event_id, "levels": list(stage.rules.nominated_by)}
        expected = {row.id: row.people for row in db.session.execute(_EXPECTED, wanted)}
    names = organisations.names([*newest, *expected])
    speakers = _speakers(names)
    found = [
        Sender(one, names[one], expected.get(one), newest.get(one), speakers.get(one, ())) for one in names
    ]
    return sorted(found, key=lambda one: (_urgency(one), -(one.people or 0), one.name))


def _speakers(organisation_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    roles = [role.value for role, held in ROLE_PERMISSIONS.items() if Permission.NOMINATE_PEOPLE in held]
    found: dict[int, tuple[int, ...]] = {}
    for row in db.session.execute(_SPEAKERS, {"roles": roles, "ids": list(organisation_ids)}):
        found[row.scope_id] = (*found.get(row.scope_id, ()), row.person_id)
    return found


def waiting_count(stage_id: int) -> int:
    """How many lists wait to be taken in."""
    return db.session.scalar(_WAITING, {"stage_id": stage_id}) or 0


def named(sent: SubmissionView, *, whole_names: bool) -> list[Named]:
    """The people of a list that was sent, in the order of the workbook, as they are now."""
    lines: Sequence[Mapping[str, Any]] = db.session.scalar(_LINES, {"id": sent.submission_id}) or ()
    details = details_of([line["entry_id"] for line in lines])
    cards = people.cards(row.person_id for row in details.values())
    units = organisations.names(row.unit_id for row in details.values() if row.unit_id is not None)
    posted = _posted_entries(sent) if sent.standing in (Standing.POSTED, Standing.FINAL) else None
    return [
        Named(
            line["number"],
            cards[row.person_id].name if whole_names else masked_name(cards[row.person_id].name),
            units.get(row.unit_id or 0, ""),
            row.state == "active",
            "" if posted is None else "on" if line["entry_id"] in posted else "off",
        )
        for line in lines
        if (row := details.get(line["entry_id"])) is not None
    ]


def _posted_entries(sent: SubmissionView) -> frozenset[int]:
    """Who stands on the newest notice of the stage."""
    snapshot_id = db.session.scalar(_POSTED, {"stage_id": sent.stage_id})
    return frozenset(row["entry_id"] for row in rows_by_id(snapshot_id)) if snapshot_id else frozenset()


def _levels(rules: Contest, event: str, stage: str) -> tuple[str, ...]:
    return rules.stage_of(rules.event(event), stage).nominated_by


def _urgency(one: Sender) -> int:
    if one.sent is None:
        return 1
    return 0 if one.sent.waits else 2 if one.sent.standing is Standing.RETURNED else 3


def _view(row: Row[Any]) -> SubmissionView:
    return SubmissionView(
        row.id,
        row.stage_id,
        row.organisation_id,
        standing(
            Submission(row.state),
            ListState(row.list_state) if row.list_state else None,
            ListState(row.posted) if row.posted else None,
        ),
        row.people,
        row.file_name,
        row.reason,
        row.list_number,
        row.sent_by_account_id,
        row.sent_at,
        row.decided_by_account_id,
        row.decided_at,
    )
