"""Typing the sheets: two people without seeing each other's, a third one where they differ."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from webapp.audit.service import record
from webapp.banks.service.scans import stored_scan
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.exam.rules.receipt import TITLE
from webapp.exam.service.submitting import RECEIPT_SQL
from webapp.halls.errors import PaperDone, PaperNotFound, SamePerson, ScanRefused
from webapp.halls.models import HallPaper, HallPaperEntry, HallScan
from webapp.halls.rules import papers

MOST_SCAN_MB = 20

_SHEET = text("SELECT state, answers, seqs FROM sheets WHERE attempt_id = :attempt_id FOR UPDATE")
_WRITE = text(
    """
    UPDATE sheets SET answers = :answers, seqs = :seqs, saved_at = :at
    WHERE attempt_id = :attempt_id AND state = 'open'
    """
)
_EVENTS = text(
    """
    INSERT INTO answer_events (exam_id, attempt_id, slot, seq, answer, lease, outcome, arrived_at)
    VALUES (:exam_id, :attempt_id, :slot, :seq, :answer, :lease, 'paper', :at)
    """
)
# Typing takes time that is not the person's: the writing time ends where it would have ended before.
_CLOSE = text(
    f"""
    UPDATE sheets s
    SET state = 'submitted', submitted_at = CAST(:at AS timestamptz), submitted_by = 'paper',
        time_used_s = ceil(extract(epoch FROM least(CAST(:at AS timestamptz), CAST(:until AS timestamptz))
                                              - s.started_at)),
        receipt = {RECEIPT_SQL.format(title=TITLE)}
    FROM attempts a
    WHERE a.id = s.attempt_id AND s.attempt_id = :attempt_id AND s.state = 'open'
    """  # noqa: S608 - no value of anybody is spliced in
)


def enter(exam_id: int, paper_id: int, answers: Sequence[str], account_id: int, at: datetime) -> str:
    """Keep one person's reading of a paper; return the paper's state then.

    answers: canonical, one for each printed slot. The second reading that equals the first, or the third
    one, writes the answers into the attempt and hands it in. raise (PaperNotFound, PaperDone).
    raise (SamePerson): this person has typed it before."""
    paper = _locked(exam_id, paper_id)
    sheet = db.session.execute(_SHEET, {"attempt_id": paper.attempt_id}).one()
    if paper.state == "written" or sheet.state != "open":
        raise PaperDone
    entries = _entries(paper_id)
    if any(entry.by_account_id == account_id for entry in entries):
        raise SamePerson
    number = len(entries) + 1
    db.session.add(
        HallPaperEntry(
            paper_id=paper_id, round=number, answers=list(answers), by_account_id=account_id, at=at
        )
    )
    record("hall.paper.enter", "attempt", paper.attempt_id, round=number, paper_id=paper_id)
    if number == 1:
        return paper.state
    if number == 2 and papers.differences(entries[0].answers, answers):
        paper.state = "differs"
        record("hall.paper.differ", "attempt", paper.attempt_id, paper_id=paper_id)
        return paper.state
    agreed = answers if number == 2 else papers.settled(entries[0].answers, entries[1].answers, answers)
    _write(paper, sheet, agreed, at)
    record(
        "hall.paper.write", "attempt", paper.attempt_id, paper_id=paper_id, readings=number,
        by=[*(entry.by_account_id for entry in entries), account_id],
    )  # fmt: skip
    return paper.state


def add_scan(exam_id: int, paper_id: int, name: str, content: bytes, account_id: int, at: datetime) -> None:
    """Keep a scan of a filled-in paper. raise (ScanRefused, PaperNotFound)."""
    _locked(exam_id, paper_id)
    file_id = stored_scan(content, MOST_SCAN_MB)
    if file_id is None:
        raise ScanRefused(name=name[:80], most=MOST_SCAN_MB)
    db.session.add(
        HallScan(paper_id=paper_id, file_id=file_id, name=name[:80], by_account_id=account_id, at=at)
    )
    record("hall.paper.scan", "hall-paper", paper_id, name=name[:80])


def _write(paper: HallPaper, sheet: Any, agreed: Sequence[str], at: datetime) -> None:
    answers, seqs, rows = list(sheet.answers), list(sheet.seqs), []
    for slot, answer in zip(paper.slots, agreed, strict=True):
        if not answer or answer == answers[slot]:
            continue  # an empty place on the sheet leaves what was saved before
        answers[slot], seqs[slot] = answer, seqs[slot] + 1
        rows.append(
            {
                "exam_id": paper.exam_id, "attempt_id": paper.attempt_id, "slot": slot, "seq": seqs[slot],
                "answer": answer, "lease": f"paper {paper.code}", "at": at,
            }
        )  # fmt: skip
    values = {"attempt_id": paper.attempt_id, "at": at, "until": paper.until}
    db.session.execute(_WRITE, values | {"answers": answers, "seqs": seqs})
    if rows:
        db.session.execute(_EVENTS, rows)
    db.session.execute(_CLOSE, values)
    paper.state, paper.written_at = "written", at
    enqueue(Job.GRADE_PENDING, exam_id=paper.exam_id)


def _entries(paper_id: int) -> list[HallPaperEntry]:
    query = select(HallPaperEntry).where(HallPaperEntry.paper_id == paper_id).order_by(HallPaperEntry.round)
    return list(db.session.scalars(query))


def _locked(exam_id: int, paper_id: int) -> HallPaper:
    query = select(HallPaper).where(HallPaper.id == paper_id, HallPaper.exam_id == exam_id).with_for_update()
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise PaperNotFound
    return found
