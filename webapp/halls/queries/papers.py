"""Papers of a hall: whose, with which questions, how far their typing is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from webapp.banks.queries.contents import QuestionContent, contents
from webapp.banks.rules.answers import SlotForm
from webapp.core.db import db
from webapp.exam.queries.sheets import SheetView, own_sheet
from webapp.halls.errors import PaperNotFound


@dataclass(frozen=True)
class PaperView:
    """One paper. readers: account ids of those who have typed it, in order; state: of the paper; is_open:
    whether its attempt still takes answers."""

    paper_id: int
    exam_id: int
    attempt_id: int
    person_id: int
    code: str
    name: str
    number: str
    hall: str
    label: str
    slots: tuple[int, ...]
    state: str
    is_open: bool
    made_at: datetime
    readers: tuple[int, ...]
    scans: int


@dataclass(frozen=True)
class Printed:
    """One question on paper. options: in the person's own order; saved: the answer stored before, '' = none."""

    slot: int
    section: str
    content: QuestionContent
    options: tuple[str, ...]
    saved: str

    @property
    def form(self) -> SlotForm:
        """What can be typed for it."""
        return self.content.form


@dataclass(frozen=True)
class ScanView:
    """A stored scan."""

    scan_id: int
    file_id: int
    name: str
    media_type: str
    at: datetime


_PAPERS = text(
    """
    SELECT h.id AS paper_id, h.exam_id, h.attempt_id, s.person_id, h.code, person.name, p.number, p.hall,
           coalesce(seat.label, '') AS label, h.slots, h.state, s.state = 'open' AS is_open, h.made_at,
           (SELECT coalesce(array_agg(e.by_account_id ORDER BY e.round), '{}') FROM hall_paper_entries e
            WHERE e.paper_id = h.id) AS readers,
           (SELECT count(*) FROM hall_scans c WHERE c.paper_id = h.id) AS scans
    FROM hall_papers h
    JOIN sheets s ON s.attempt_id = h.attempt_id
    JOIN participations p ON p.id = s.participation_id
    JOIN persons person ON person.id = p.person_id
    LEFT JOIN hall_seats seat ON seat.exam_id = h.exam_id AND seat.participation_id = p.id
    LEFT JOIN halls room ON room.id = seat.hall_id
    WHERE h.exam_id = :exam_id AND (:paper_id = 0 OR h.id = :paper_id) AND (:hall = '' OR p.hall = :hall)
      AND (:code = '' OR h.code = :code)
    ORDER BY p.hall, array_position(room.labels, seat.label), h.id
    """
)
_ENTRIES = text("SELECT answers FROM hall_paper_entries WHERE paper_id = :paper_id ORDER BY round")
_SCANS = text(
    """
    SELECT c.id AS scan_id, c.file_id, c.name, f.media_type, c.at
    FROM hall_scans c JOIN stored_files f ON f.id = c.file_id WHERE c.paper_id = :paper_id ORDER BY c.id
    """
)


def papers(exam_id: int, hall: str = "", paper_id: int = 0, code: str = "") -> list[PaperView]:
    """Papers of an exam, by hall and seat."""
    values = {"exam_id": exam_id, "hall": hall, "paper_id": paper_id, "code": code}
    return [
        PaperView(**{**row, "slots": tuple(row["slots"]), "readers": tuple(row["readers"])})
        for row in db.session.execute(_PAPERS, values).mappings()
    ]


def paper(exam_id: int, paper_id: int) -> PaperView:
    """One paper. raise (PaperNotFound)."""
    found = papers(exam_id, paper_id=paper_id) if paper_id else []
    if not found:
        raise PaperNotFound
    return found[0]


def questions(found: PaperView) -> list[Printed]:
    """The printed questions of a paper, options in the order the person saw on the screen."""
    sheet = own_sheet(found.attempt_id, found.person_id)
    known = contents(list(sheet.paper))
    return [_printed(sheet, slot, known[sheet.paper[slot]]) for slot in found.slots]


def saved_answers(found: PaperView) -> list[tuple[int, str, str]]:
    """(slot, answer, type of the question) of what is not printed because it was saved before."""
    sheet = own_sheet(found.attempt_id, found.person_id)
    return [
        (slot, answer, sheet.section(slot).question_type)
        for slot, answer in enumerate(sheet.answers)
        if slot not in found.slots and answer
    ]


def readings(paper_id: int) -> list[tuple[str, ...]]:
    """What was typed so far. Only for settling: nobody sees the first reading before typing the second."""
    return [tuple(answers) for answers in db.session.scalars(_ENTRIES, {"paper_id": paper_id})]


def scans(paper_id: int) -> list[ScanView]:
    """The scans of a paper."""
    return [ScanView(**row) for row in db.session.execute(_SCANS, {"paper_id": paper_id}).mappings()]


def _printed(sheet: SheetView, slot: int, content: QuestionContent) -> Printed:
    order = sheet.order(slot, len(content.options))
    section = sheet.section(slot)
    return Printed(
        slot, section.title.zh, content, tuple(content.options[at] for at in order), sheet.answers[slot]
    )
