"""The performance file of an application as its pages show it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from webapp.accounts.queries.people import names_of_accounts
from webapp.core.db import db
from webapp.hosting.models import HostingApplication, HostingPerformance, HostingPiece, HostingUpload
from webapp.hosting.queries.applications import terms_for
from webapp.hosting.rules.performance import (
    Delivered,
    FileRules,
    Item,
    Photo,
    Video,
    checklist,
    file_rules,
    is_complete,
    length,
)
from webapp.media import service as media


@dataclass(frozen=True)
class Uploaded:
    """A photo or video; completed_at None: pieces are missing."""

    upload_id: int
    kind: str
    name: str
    size_bytes: int
    dpi: int | None
    length_s: int | None
    completed_at: datetime | None


@dataclass(frozen=True)
class FileView:
    """Everything that is known of a performance file. characters: of the report, without white space."""

    ended_on: date
    due_at: datetime | None
    filing_due_at: datetime | None
    without_table: tuple[int, ...]
    rules: FileRules
    items: tuple[Item, ...]
    report: dict[str, str]
    characters: int
    uploads: tuple[Uploaded, ...]
    state: str
    recordings_by: str
    recordings_at: datetime | None
    scores_signed_on: date | None
    scores_chief: str
    scores_by: str
    scores_at: datetime | None
    sent_at: datetime | None
    reviewed_by: str
    reviewed_at: datetime | None
    review_reason: str

    @property
    def is_open(self) -> bool:
        """Whether the organiser may change it."""
        return self.state in {"open", "returned"}

    @property
    def may_send(self) -> bool:
        return self.is_open and is_complete(self.items)


def file_view(row: HostingApplication) -> FileView | None:
    """None before everything is settled, and where the contest asks for nothing."""
    found = db.session.get(HostingPerformance, row.id)
    rules = file_rules(terms_for(row))
    if found is None or rules is None:
        return None
    uploads = uploads_of(row.id)
    people = names_of_accounts(
        one
        for one in (found.recordings_by_account_id, found.scores_by_account_id, found.reviewed_by_account_id)
        if one
    )
    return FileView(
        ended_on=found.ended_on,
        due_at=found.due_at,
        filing_due_at=found.filing_due_at,
        without_table=tuple(found.without_table),
        rules=rules,
        items=checklist(delivered(found, uploads), rules),
        report=found.report,
        characters=length(found.report),
        uploads=uploads,
        state=found.state,
        recordings_by=people.get(found.recordings_by_account_id or 0, ""),
        recordings_at=found.recordings_at,
        scores_signed_on=found.scores_signed_on,
        scores_chief=found.scores_chief,
        scores_by=people.get(found.scores_by_account_id or 0, ""),
        scores_at=found.scores_at,
        sent_at=found.sent_at,
        reviewed_by=people.get(found.reviewed_by_account_id or 0, ""),
        reviewed_at=found.reviewed_at,
        review_reason=found.review_reason,
    )


def delivered(found: HostingPerformance, uploads: tuple[Uploaded, ...]) -> Delivered:
    """What the checklist looks at."""
    complete = [one for one in uploads if one.completed_at is not None]
    return Delivered(
        report=found.report,
        photos=[Photo(one.name, one.size_bytes, one.dpi) for one in complete if one.kind == "photo"],
        videos=[Video(one.name, one.length_s) for one in complete if one.kind == "video"],
        recordings_kept=found.recordings_at is not None,
        scores_filed=found.scores_at is not None,
    )


def uploads_of(application_id: int) -> tuple[Uploaded, ...]:
    """The files that were not taken off, in the order in which they came."""
    rows = db.session.scalars(
        select(HostingUpload)
        .where(HostingUpload.application_id == application_id, HostingUpload.removed_at.is_(None))
        .order_by(HostingUpload.id)
    )
    return tuple(
        Uploaded(row.id, row.kind, row.name, row.size_bytes, row.dpi, row.length_s, row.completed_at)
        for row in rows
    )


def arrived(upload_id: int) -> list[int]:
    """The pieces that have arrived, from 0."""
    query = select(HostingPiece.number).where(HostingPiece.upload_id == upload_id)
    return list(db.session.scalars(query.order_by(HostingPiece.number)))


def places_of(upload_id: int) -> list[Path]:
    """Where the pieces lie, in order."""
    query = select(HostingPiece.file_id).where(HostingPiece.upload_id == upload_id)
    return [media.place_of(one) for one in db.session.scalars(query.order_by(HostingPiece.number))]


def content_of(upload_id: int) -> Iterator[bytes]:
    """The bytes, piece after piece; the database is asked at once. Raise FileNotFoundError before the first byte
    when a piece is lost on disk."""
    places = places_of(upload_id)
    for place in places:
        place.stat()
    return (place.read_bytes() for place in places)


def scan_of(application_id: int) -> int | None:
    """The stored scan of the scores; None before they are filed."""
    found = db.session.get(HostingPerformance, application_id)
    return found.scores_file_id if found is not None else None
