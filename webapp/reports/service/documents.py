"""Notices and circulars as documents in Chinese, with the words that their public pages have."""

from collections.abc import Iterator

from webapp.reports.errors import ArchiveMissing
from webapp.stages.queries import circulars, notices
from webapp.stages.routes.circulars import document_words as circular_words
from webapp.stages.routes.public import document_words as notice_words
from webapp.stages.service.exporting import circular_pdf, notice_pdf, pdf_parts


def notice_documents(stage_id: int, version: int) -> Iterator[tuple[str, bytes]]:
    """A version of a stage's notice as PDF, of a long one part by part, each with what its name ends with.

    Equal versions give equal bytes. raise (ArchiveMissing)."""
    one = next((each for each in notices.versions(stage_id) if each.version == version), None)
    if one is None:
        raise ArchiveMissing
    parts = pdf_parts(one)
    for part in range(1, parts + 1):
        yield f"-{part}" if parts > 1 else "", notice_pdf(one, notice_words(one, part), one.posted_at, part)


def circular_document(contest_id: int, number: int) -> bytes:
    """A circular of a contest as PDF; equal circulars give equal bytes. raise (ArchiveMissing)."""
    for one in circulars.circulars_of(contest_id):
        if one.number == number:
            return circular_pdf(one, circular_words(one))
    raise ArchiveMissing
