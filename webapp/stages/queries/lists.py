"""Which lists there are and where they stand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, text

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.contests import queries as contests
from webapp.contests.queries import StageView
from webapp.contests.rules.schema import Contest
from webapp.contests.rules.schema import Stage as StageRules
from webapp.core.db import db
from webapp.leaderboard.queries.lists import may
from webapp.stages.models import StageList
from webapp.stages.rules.states import ListState

_HEADS = text(
    """
    SELECT c.id AS contest_id, c.code AS contest, c.title AS contest_title,
           e.id AS event_id, e.code AS event, e.title AS event_title, e.organiser_id,
           st.id AS stage_id, st.code AS stage, st.title AS stage_title, st.kind, st.opens_at, st.closes_at,
           l.state, l.source, n.version, n.posted_at, n.ends_at,
           (SELECT count(*) FROM stage_objections o WHERE o.stage_id = st.id AND o.state = 'received') AS open
    FROM stages st
    JOIN events e ON e.id = st.event_id
    JOIN contests c ON c.id = e.contest_id
    LEFT JOIN LATERAL (SELECT state, source FROM stage_lists WHERE stage_id = st.id AND state <> 'dropped'
                       ORDER BY number DESC LIMIT 1) l ON true
    LEFT JOIN LATERAL (SELECT version, posted_at, ends_at FROM stage_notices WHERE stage_id = st.id
                       ORDER BY version DESC LIMIT 1) n ON true
    WHERE NOT e.is_withdrawn AND c.current_version_id IS NOT NULL
      AND (st.id = :stage_id OR (CAST(:stage_id AS bigint) IS NULL AND NOT EXISTS (
          SELECT FROM stages b WHERE b.event_id = e.id AND b.position < st.position AND b.kind <> 'selection'
            AND NOT EXISTS (SELECT FROM stage_lists f WHERE f.stage_id = b.id AND f.state = 'final'))))
    ORDER BY c.id DESC, e.position, st.position
    """
)

_AWARDS_DECIDED = text(
    "SELECT EXISTS (SELECT FROM award_lists WHERE stage_id = :stage_id AND state IN ('decided', 'reopened'))"
)


@dataclass(frozen=True)
class StageHead:
    """A stage, and where its list stands. state: None before there is one; source: of the list, '' before.

    A selection holds nothing back: what comes after it is listed too, whether or not its list is final."""

    contest_id: int
    contest: str
    contest_title: dict[str, str]
    event_id: int
    event: str
    event_title: dict[str, str]
    organiser_id: int | None
    stage_id: int
    stage: str
    stage_title: dict[str, str]
    kind: str
    opens_at: datetime | None
    closes_at: datetime | None
    state: ListState | None
    source: str
    version: int | None
    posted_at: datetime | None
    ends_at: datetime | None
    open_objections: int

    def allows(self, who: Principal, permission: Permission) -> bool:
        """Whether the person's grant covers this stage's event."""
        return may(who, self.contest_id, self.event_id, self.organiser_id, permission)


def heads(who: Principal) -> list[StageHead]:
    """The stages whose full boards and lists this person may see: the first, and those after a final list."""
    return [one for one in every_head() if one.allows(who, Permission.SEE_FULL_BOARDS)]


def every_head() -> list[StageHead]:
    """As `heads`, of all contests: for what the clock does."""
    return [_head(row) for row in db.session.execute(_HEADS, {"stage_id": None})]


def head(stage_id: int) -> StageHead | None:
    """One stage, or None."""
    row = db.session.execute(_HEADS, {"stage_id": stage_id}).one_or_none()
    return _head(row) if row else None


def _head(row: Row[Any]) -> StageHead:
    return StageHead(
        row.contest_id,
        row.contest,
        row.contest_title,
        row.event_id,
        row.event,
        row.event_title,
        row.organiser_id,
        row.stage_id,
        row.stage,
        row.stage_title,
        row.kind,
        row.opens_at,
        row.closes_at,
        ListState(row.state) if row.state else None,
        row.source or "",
        row.version,
        row.posted_at,
        row.ends_at,
        row.open,
    )


def newest(stage_id: int, *, lock: bool = False) -> StageList | None:
    """The list that is being worked on: the last one that was not given up."""
    query = (
        select(StageList)
        .where(StageList.stage_id == stage_id, StageList.state != ListState.DROPPED)
        .order_by(StageList.number.desc())
        .limit(1)
    )
    return db.session.scalars(query.with_for_update() if lock else query).one_or_none()


def are_awards_decided(stage_id: int) -> bool:
    """Whether awards were decided from a final list of this stage. They stand above lists: read by their rows."""
    return bool(db.session.scalar(_AWARDS_DECIDED, {"stage_id": stage_id}))


def pinned_rules(one: StageList, stage: StageView) -> tuple[Contest, StageRules]:
    """The contest and the stage as the file said when the board was frozen: later versions do not move a
    list that is under way."""
    rules = contests.rules_of_version(one.contest_version_id)
    return rules, rules.stage_of(rules.event(stage.event_code), stage.code)
