"""Files that come with a plan or a report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.campaigns.errors import FileWrong
from webapp.campaigns.models import CampaignFile
from webapp.core.db import db
from webapp.media import service as media

MOST_MB = 10
MOST_FILES = 5
MOST_NAME = 120
_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = (
    (b"%PDF-", ("pdf",), "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", ("png",), "image/png"),
    (b"\xff\xd8\xff", ("jpg", "jpeg"), "image/jpeg"),
    (b"PK\x03\x04", ("docx",), f"{_OFFICE}.wordprocessingml.document"),
    (b"PK\x03\x04", ("xlsx",), f"{_OFFICE}.spreadsheetml.sheet"),
)
"""How a file begins, how it may be called, its kind: beginning and name have to agree."""


@dataclass(frozen=True)
class Upload:
    """A file as it came."""

    name: str
    content: bytes


def keep_files(enrolment_id: int, report_id: int | None, uploads: Sequence[Upload], at: datetime) -> None:
    """Keep the files of a plan (no report) or report. raise (FileWrong): too many, too large, another kind."""
    if len(uploads) > MOST_FILES:
        raise _wrong()
    kinds = [_kind(one) for one in uploads]
    for one, kind in zip(uploads, kinds, strict=True):
        db.session.add(
            CampaignFile(
                enrolment_id=enrolment_id,
                report_id=report_id,
                file_id=media.store(one.content, kind),
                name=one.name[-MOST_NAME:],
                added_at=at,
            )
        )


def _kind(one: Upload) -> str:
    ending = one.name.rpartition(".")[2].lower()
    for start, endings, kind in KINDS:
        if ending in endings and one.content.startswith(start) and len(one.content) <= MOST_MB * 1024 * 1024:
            return kind
    raise _wrong()


def _wrong() -> FileWrong:
    return FileWrong(most=MOST_MB, count=MOST_FILES)
