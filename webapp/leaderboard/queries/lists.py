"""Which boards there are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.contests import queries as contests
from webapp.contests.queries import StageView
from webapp.contests.rules.schema import Contest
from webapp.core.db import db
from webapp.leaderboard.rules.visibility import Shown, Steps, closing, shown_to_public
from webapp.organisations import queries as organisations

_STAGES = text(
    """
    SELECT c.id AS contest_id, c.code AS contest, c.title AS contest_title, c.is_listed,
           e.id AS event_id, e.code AS event, e.title AS event_title, e.organiser_id,
           st.id AS stage_id, st.code AS stage, st.title AS stage_title, st.rechecked_at, st.published_at,
           (SELECT max(n.ends_at) FROM stage_notices n WHERE n.stage_id = st.id) AS notice_ends_at,
           (SELECT count(*) FROM standings s WHERE s.stage_id = st.id) AS entries
    FROM stages st JOIN events e ON e.id = st.event_id JOIN contests c ON c.id = e.contest_id
    WHERE NOT e.is_withdrawn AND c.current_version_id IS NOT NULL
    ORDER BY c.id DESC, e.position, st.position
    """
)
_NOTICE_ENDS = text("SELECT max(ends_at) FROM stage_notices WHERE stage_id = :stage_id")


@dataclass(frozen=True)
class BoardLine:
    """One board in a list. shown: to the public."""

    contest: str
    contest_title: dict[str, str]
    event: str
    event_title: dict[str, str]
    stage: str
    stage_title: dict[str, str]
    entries: int
    shown: Shown


def closes_at(stage: StageView) -> datetime | None:
    """From when the public sees a posted list no longer; None: it is not posted, or it stays."""
    if stage.published_at is None or stage.rules.close_after_days is None:
        return None
    return closing(
        db.session.scalar(_NOTICE_ENDS, {"stage_id": stage.stage_id}), stage.rules.close_after_days
    )


def public_boards(now: datetime) -> list[BoardLine]:
    """Boards of listed contests with results, public already or not yet."""
    return [line for line, row in _lines(now) if row.is_listed and line.entries]


def boards_in_scope(who: Principal, now: datetime) -> list[BoardLine]:
    """Boards whose full rows this person may see: with results, or with an exam here."""
    return [line for line, row in _lines(now) if may(who, row.contest_id, row.event_id, row.organiser_id)]


def may(
    who: Principal,
    contest_id: int,
    event_id: int,
    organiser_id: int | None,
    permission: Permission = Permission.SEE_FULL_BOARDS,
) -> bool:
    """Whether a grant with the permission covers the event (an organiser's covers its own events)."""
    path = organisations.path(organiser_id) if organiser_id else ()
    return who.allows(permission, contest_id=contest_id, event_id=event_id, organisation_path=path)


def _lines(now: datetime) -> list[tuple[BoardLine, Row[Any]]]:
    found: list[tuple[BoardLine, Row[Any]]] = []
    known: dict[int, Contest] = {}
    for row in db.session.execute(_STAGES):
        if row.contest_id not in known:
            known[row.contest_id] = contests.rules_of(row.contest_id)
        rules = known[row.contest_id]
        profile = rules.profile_of(rules.event(row.event))
        stage = profile.stage(row.stage)
        if stage.exam is None and not row.entries:
            continue
        line = BoardLine(
            row.contest,
            row.contest_title,
            row.event,
            row.event_title,
            row.stage,
            row.stage_title,
            row.entries,
            shown_to_public(
                stage.board,
                Steps(
                    row.rechecked_at,
                    row.published_at,
                    closing(row.notice_ends_at, stage.close_after_days),
                ),
                now,
            ),
        )
        found.append((line, row))
    return found
