"""Giving marks. They are only ever added; the last one that is needed settles the answer."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, select, text

from webapp.access.interests import Deed, require_no_conflict
from webapp.audit.service import record
from webapp.core.db import db
from webapp.exam.queries.essays import EssayPlace, essay_place
from webapp.exam.queries.plans import plan
from webapp.exam.queries.results import is_over
from webapp.exam.service.essays import settle
from webapp.marking.errors import (
    AnswerGone,
    ArbiterMarked,
    MarkedAlready,
    MarkRefused,
    OwnQuestion,
    ReasonNeeded,
    SeatTaken,
    SettledAlready,
    StillWritten,
)
from webapp.marking.models import EssayClaim, EssayMark
from webapp.marking.rules.scale import Outcome, Scale, Stand, outcome, said
from webapp.marking.rules.scales import scale_of
from webapp.marking.service.claiming import has_seat, held_until, hold_seats

MOST_COMMENT = 2000

_LOCK = text("SELECT FROM essay_answers WHERE id = :answer_id FOR NO KEY UPDATE")
_SET_IT = text(
    """
    SELECT EXISTS (SELECT FROM bank_version_questions b JOIN bank_versions v ON v.id = b.bank_version_id
                   WHERE b.question_version_id = :version_id AND v.created_by_account_id = :me)
    """
)


@dataclass(frozen=True)
class GivenMark:
    """What somebody gives an answer. mark: as typed."""

    answer_id: int
    account_id: int
    mark: str
    comment: str = ""


def scale_at(place: EssayPlace) -> Scale:
    """How the answer at this place is marked."""
    return scale_of(plan(place.exam_id).blueprint.sections[place.section], place.out_of)


def give_mark(given: GivenMark, at: datetime) -> Outcome:
    """Keep a marker's mark; what the answer comes to by it. The same mark again changes nothing.

    raise (MarkRefused): not on the scale. raise (MarkedAlready): they gave another one before. raise
    (SeatTaken): their time was over and two others hold it. raise (AnswerGone): it was never handed to them:
    nobody picks whom to mark. raise (AnswerGone, SettledAlready, StillWritten, OwnQuestion,
    ConflictOfInterest)."""
    place = _locked(given.answer_id)
    scale, mark = _read(place, given.mark)
    marks = _marks(place.answer_id)
    own = next((one for one in marks if one.account_id == given.account_id), None)
    if own is not None:
        if own.kind != "marker" or own.mark != mark:
            raise MarkedAlready
        return _come_to(scale, marks)
    _require_open(place, given.account_id, at)
    if held_until(place.answer_id, given.account_id) is None:
        raise AnswerGone
    if not has_seat(place.answer_id, given.account_id, at):
        raise SeatTaken
    return _keep(place, scale, given, mark, "marker")


def arbitrate(given: GivenMark, at: datetime) -> Outcome:
    """Decide between two marks that lie too far apart; the reason stays with the mark.

    raise (MarkRefused, ReasonNeeded). raise (ArbiterMarked): one of the two is theirs. raise (AnswerGone):
    the marks do not differ. raise (SettledAlready, StillWritten, OwnQuestion, ConflictOfInterest)."""
    place = _locked(given.answer_id)
    scale, mark = _read(place, given.mark)
    marks = _marks(place.answer_id)
    _require_open(place, given.account_id, at)
    if _come_to(scale, marks).stand is not Stand.DIFFERING:
        raise AnswerGone
    if any(one.account_id == given.account_id for one in marks):
        raise ArbiterMarked
    if not given.comment.strip():
        raise ReasonNeeded
    return _keep(place, scale, given, mark, "arbiter")


def require_marker(place: EssayPlace, account_id: int) -> None:
    """raise (OwnQuestion, ConflictOfInterest): this person must not mark this answer."""
    require_no_conflict(account_id, Deed.ATTEMPT, place.attempt_id)
    if db.session.scalar(_SET_IT, {"version_id": place.version_id, "me": account_id}):
        raise OwnQuestion


def _locked(answer_id: int) -> EssayPlace:
    before = essay_place(answer_id)
    if before is None:
        raise AnswerGone
    hold_seats(before.exam_id)
    db.session.execute(_LOCK, {"answer_id": answer_id})
    place = essay_place(answer_id)
    if place is None:
        raise AnswerGone
    return place


def _read(place: EssayPlace, typed: str) -> tuple[Scale, Decimal]:
    scale = scale_at(place)
    mark = scale.read(typed)
    if mark is None:
        raise MarkRefused(out_of=said(scale.out_of), step=said(scale.step))
    return scale, mark


def _require_open(place: EssayPlace, account_id: int, at: datetime) -> None:
    if place.mark is not None:
        raise SettledAlready
    if place.sheet_state != "submitted":
        raise AnswerGone
    if not is_over(place.exam_id, at):
        raise StillWritten
    require_marker(place, account_id)


def _marks(answer_id: int) -> list[EssayMark]:
    found = select(EssayMark).where(EssayMark.answer_id == answer_id).order_by(EssayMark.id)
    return list(db.session.scalars(found))


def _come_to(scale: Scale, marks: list[EssayMark]) -> Outcome:
    deciding = next((one.mark for one in marks if one.kind == "arbiter"), None)
    return outcome(scale, [one.mark for one in marks if one.kind == "marker"], deciding)


def _keep(place: EssayPlace, scale: Scale, given: GivenMark, mark: Decimal, kind: str) -> Outcome:
    row = EssayMark(
        answer_id=place.answer_id,
        account_id=given.account_id,
        kind=kind,
        mark=mark,
        comment=given.comment.strip()[:MOST_COMMENT],
    )
    db.session.add(row)
    db.session.execute(
        delete(EssayClaim).where(
            EssayClaim.answer_id == place.answer_id, EssayClaim.account_id == given.account_id
        )
    )
    db.session.flush()
    found = _come_to(scale, _marks(place.answer_id))
    record(
        f"essay.{'mark' if kind == 'marker' else 'arbitrate'}", "essay_answer", place.answer_id,
        why=row.comment if kind == "arbiter" else "", mark=str(mark), out_of=str(place.out_of), stand=str(found.stand),
    )  # fmt: skip
    if found.mark is not None:
        settle(place.answer_id, found.mark)
    return found
