"""An archive of the event, ready to be taken away."""

from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.media.service import store
from webapp.reports.models import EventArchive


def archive_of(session: Session, event_id: int) -> dict[str, int | str]:
    """One archive; what stands in it does not matter here."""
    at = clock.now()
    made = EventArchive(
        event_id=event_id, state="ready", reason="test", file_id=store(b"archive", "application/zip"), size_bytes=7,
        manifest_sha256="0" * 64, content_sha256="0" * 64, asked_at=at, made_at=at, keep_until=at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return {"archive_id": made.id}
