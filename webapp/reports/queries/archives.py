"""Which archives there are, and of which events somebody may make them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.leaderboard.queries.lists import may
from webapp.reports.errors import ArchiveMissing
from webapp.reports.models import EventArchive

READING = (Permission.EXPORT_LISTS, Permission.READ_AUDIT)
MOST = 50

_EVENTS = text(
    """
    SELECT e.id AS event_id, e.code, e.title, e.organiser_id, c.id AS contest_id, c.code AS contest,
           c.title AS contest_title, a.made_at, a.archives,
           NOT EXISTS (SELECT FROM stages s WHERE s.event_id = e.id AND s.published_at IS NULL) AS is_published
    FROM events e JOIN contests c ON c.id = e.contest_id
    LEFT JOIN (SELECT event_id, max(made_at) AS made_at, count(*) AS archives FROM event_archives
               WHERE state = 'ready' GROUP BY event_id) a ON a.event_id = e.id
    WHERE NOT e.is_withdrawn AND c.current_version_id IS NOT NULL AND (:event_id = 0 OR e.id = :event_id)
    ORDER BY c.id DESC, e.position, e.id
    """
)
_ORGANISERS = text(
    "SELECT c.ancestor_id, c.descendant_id FROM organisation_closure c WHERE c.descendant_id = ANY(:ids)"
)


@dataclass(frozen=True)
class ArchiveEvent:
    """An event with the time of its newest archive. is_published: every stage of it is."""

    event_id: int
    code: str
    title: Mapping[str, str]
    organiser_id: int | None
    contest_id: int
    contest: str
    contest_title: Mapping[str, str]
    made_at: datetime | None
    archives: int
    is_published: bool

    def allows(self, who: Principal, permission: Permission) -> bool:
        """Whether a grant of the person with this permission covers the event."""
        return may(who, self.contest_id, self.event_id, self.organiser_id, permission)


@dataclass(frozen=True)
class ArchiveView:
    """One archive as its page shows it."""

    archive_id: int
    state: str
    with_names: bool
    with_keys: bool
    reason: str
    done: int
    total: int
    members: int
    size_bytes: int
    manifest_sha256: str
    content_sha256: str
    omitted: tuple[Mapping[str, str], ...]
    asked_by_account_id: int | None
    asked_at: datetime
    made_at: datetime | None
    keep_until: datetime | None


def events_for(who: Principal) -> list[ArchiveEvent]:
    """The events whose archives the person may see. Two statements."""
    rows = [_event(row) for row in db.session.execute(_EVENTS, {"event_id": 0}).mappings()]
    paths: dict[int, set[int]] = {}
    ids = {row.organiser_id for row in rows if row.organiser_id}
    for link in db.session.execute(_ORGANISERS, {"ids": list(ids)}):
        paths.setdefault(link.descendant_id, set()).add(link.ancestor_id)
    return [
        row
        for row in rows
        if any(
            who.allows(
                permission, contest_id=row.contest_id, event_id=row.event_id,
                organisation_path=tuple(paths.get(row.organiser_id or 0, ())),
            )
            for permission in READING
        )
    ]  # fmt: skip


def event_for(who: Principal, event_id: int, *permissions: Permission) -> ArchiveEvent:
    """One event, if a grant with one of the permissions (default: READING) covers it. raise (ArchiveMissing)."""
    row = db.session.execute(_EVENTS, {"event_id": event_id}).mappings().one_or_none() if event_id else None
    if row is None:
        raise ArchiveMissing
    found = _event(row)
    if not any(found.allows(who, one) for one in permissions or READING):
        raise ArchiveMissing
    return found


def archives_of(event_id: int) -> list[ArchiveView]:
    """The archives of an event, the newest first; those that broke only while nothing newer is there."""
    rows = db.session.scalars(
        select(EventArchive)
        .where(EventArchive.event_id == event_id)
        .order_by(EventArchive.id.desc())
        .limit(MOST)
    ).all()
    return [_view(row) for at, row in enumerate(rows) if row.state != "failed" or at == 0]


def archive(archive_id: int) -> tuple[int, ArchiveView]:
    """(event, archive) by its id. raise (ArchiveMissing)."""
    row = db.session.get(EventArchive, archive_id)
    if row is None:
        raise ArchiveMissing
    return row.event_id, _view(row)


def _event(row: Any) -> ArchiveEvent:
    return ArchiveEvent(**{**row, "archives": row["archives"] or 0})


def _view(row: EventArchive) -> ArchiveView:
    return ArchiveView(
        row.id, row.state, row.with_names, row.with_keys, row.reason, row.done, row.total, row.members,
        row.size_bytes, row.manifest_sha256, row.content_sha256, tuple(row.omitted), row.asked_by_account_id,
        row.asked_at, row.made_at, row.keep_until,
    )  # fmt: skip
