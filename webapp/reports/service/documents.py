"""Notices and circulars as documents in Chinese, with the words that their public pages have."""

from webapp.reports.errors import ArchiveMissing
from webapp.stages.queries import circulars, notices
from webapp.stages.routes.circulars import document_words as circular_words
from webapp.stages.routes.public import document_words as notice_words
from webapp.stages.service.exporting import circular_pdf, notice_pdf


def notice_document(stage_id: int, version: int) -> bytes:
    """A version of a stage's notice as PDF; equal versions give equal bytes. raise (ArchiveMissing)."""
    for one in notices.versions(stage_id):
        if one.version == version:
            return notice_pdf(one, notice_words(one), one.posted_at)
    raise ArchiveMissing


def circular_document(contest_id: int, number: int) -> bytes:
    """A circular of a contest as PDF; equal circulars give equal bytes. raise (ArchiveMissing)."""
    for one in circulars.circulars_of(contest_id):
        if one.number == number:
            return circular_pdf(one, circular_words(one))
    raise ArchiveMissing
