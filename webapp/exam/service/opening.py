"""From contest rules to exams: what begins soon is opened beforehand, with a mock exam beside it."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import text

from webapp.contests import queries as contests
from webapp.contests.rules.blueprint import Blueprint, Cell, Mock, Section
from webapp.contests.rules.carried import replaces_exam
from webapp.contests.service import require_decided
from webapp.core.db import db
from webapp.exam.errors import BankNotReady, NoExamInStage
from webapp.exam.service.exams import ExamOrder, open_exam
from webapp.exam.service.sessions import follow_file
from webapp.registration.queries.entrants import SITS

BEFORE = timedelta(days=7)
"""How long before its window an exam is frozen. The mock exam opens then."""

DRAW_BEFORE = timedelta(hours=2)

COMPONENT = "theory"

_DUE = text(
    """
    SELECT s.id FROM stages s
    WHERE s.opens_at < :soon AND s.closes_at > :at
      AND NOT EXISTS (SELECT FROM exams e WHERE e.stage_id = s.id AND e.kind = 'formal')
    """
)
_BANK = text(
    "SELECT approved_version_id, is_sealed FROM banks WHERE code = :code AND approved_version_id IS NOT NULL"
)
_FOLLOW = text(
    """
    UPDATE exams e SET opens_at = s.opens_at, closes_at = s.closes_at
    FROM stages s
    WHERE s.id = e.stage_id AND e.kind = 'formal' AND s.opens_at IS NOT NULL AND s.closes_at IS NOT NULL
      AND (e.opens_at, e.closes_at) IS DISTINCT FROM (s.opens_at, s.closes_at)
      AND NOT EXISTS (SELECT FROM sheets x WHERE x.exam_id = e.id AND x.state <> 'created')
    """
)
# What somebody has begun keeps its beginning; a later end holds for it too, as long as it is not over.
_LENGTHEN = text(
    """
    UPDATE exams e SET closes_at = s.closes_at FROM stages s
    WHERE s.id = e.stage_id AND e.closes_at > :now AND s.closes_at > e.closes_at AND e.secret_revealed_at IS NULL
      AND (e.kind = 'mock' OR s.opens_at = e.opens_at)
    RETURNING e.id
    """
)
_MORE_TIME = text(
    """
    UPDATE sheets s SET deadline_at = due.deadline_at
    FROM (SELECT o.attempt_id,
                 least(o.started_at + make_interval(secs => ceil(e.duration_s * p.time_factor)), e.closes_at)
                     + make_interval(secs => coalesce((
                           SELECT sum(g.extra_s) FROM time_grants g
                           WHERE g.exam_id = e.id AND (g.attempt_id IS NULL OR g.attempt_id = o.attempt_id)
                             AND (g.participation_id IS NULL OR g.participation_id = p.id)
                             AND (g.hall IS NULL OR g.hall = p.hall)), 0)) AS deadline_at
          FROM sheets o JOIN exams e ON e.id = o.exam_id JOIN participations p ON p.id = o.participation_id
          WHERE o.exam_id = ANY(:exam_ids) AND o.state = 'open' AND o.closes_at IS NULL) due
    WHERE s.attempt_id = due.attempt_id AND s.state = 'open' AND s.deadline_at < due.deadline_at
    """
)
_TO_DRAW = text(
    f"""
    SELECT e.id FROM exams e JOIN events ev ON ev.id = e.event_id
    WHERE e.kind = 'formal' AND e.state IN ('ready', 'blocked') AND ev.track = 'competition'
      AND e.opens_at < :soon AND e.closes_at > :at
      AND EXISTS (SELECT FROM participations p WHERE p.event_id = e.event_id AND p.state = 'active' AND {SITS}
                  AND NOT EXISTS (SELECT FROM attempts a
                                  WHERE a.exam_id = e.id AND a.participation_id = p.id))
    """  # noqa: S608 - no value of anybody is spliced in
)


_WITH_SESSIONS = text(
    """
    SELECT e.id, e.booking_closes_at <= :at AS is_over FROM exams e
    WHERE e.booking_closes_at IS NOT NULL AND e.closes_at > :at
      AND EXISTS (SELECT FROM exam_sessions x WHERE x.exam_id = e.id)
    ORDER BY e.id
    """
)
_FOR_ONE = text(
    f"""
    SELECT e.id, e.booking_closes_at <= :at AS is_over
    FROM participations p JOIN exams e ON e.event_id = p.event_id JOIN events ev ON ev.id = e.event_id
    WHERE p.id = :participation_id AND p.state = 'active' AND e.kind = 'formal' AND e.state = 'ready'
      AND ev.track = 'competition' AND e.opens_at < :soon AND e.closes_at > :at
      AND {SITS}
      AND NOT EXISTS (SELECT FROM attempts a WHERE a.exam_id = e.id AND a.participation_id = p.id)
    ORDER BY e.id
    """  # noqa: S608 - no value of anybody is spliced in
)


def due_stages(at: datetime) -> list[int]:
    """Stages whose window begins within BEFORE or runs, and whose exam is not open yet."""
    return list(db.session.scalars(_DUE, {"soon": at + BEFORE, "at": at}))


def follow_windows(now: datetime) -> None:
    """A window that the contest file moved moves its exam too, as long as nobody has started. An exam that was begun,
    and the mock exam, only end later: whoever is writing gains what the earlier end had cut off."""
    db.session.execute(_FOLLOW)
    longer = list(db.session.scalars(_LENGTHEN, {"now": now}))
    if longer:
        db.session.execute(_MORE_TIME, {"exam_ids": longer})


def open_for_stage(stage_id: int, at: datetime) -> int:
    """Freeze the stage's exam from its contest file and the approved version of its bank; its id.

    raise (RulesUndecided): the host has yet to decide something that the stage needs.
    raise (NoExamInStage): the file has none, a score carried over takes its place, or the window is undecided. raise (BankNotReady): no
    approved version. raise (PoolTooSmall)."""
    require_decided(stage_id)
    stage = contests.stage_by_id(stage_id)
    blueprint = stage.rules.exam
    has_exam = blueprint is not None and not replaces_exam(
        [part.key for part in stage.rules.components], COMPONENT
    )
    if blueprint is None or not has_exam or stage.opens_at is None or stage.closes_at is None:
        raise NoExamInStage
    bank = db.session.execute(_BANK, {"code": blueprint.bank}).one_or_none()
    if bank is None:
        raise BankNotReady(bank=blueprint.bank)
    order = ExamOrder(
        stage_id=stage_id,
        event_id=stage.event_id,
        contest_version_id=stage.contest_version_id,
        bank_version_id=bank.approved_version_id,
        component=COMPONENT,
        kind="formal",
        title={
            "zh": f"{stage.title.get('zh', '')}理论考试",
            "en": f"{stage.title.get('en', '')} theory exam",
        },
        blueprint=blueprint,
        opens_at=stage.opens_at,
        closes_at=stage.closes_at,
    )
    exam_id = open_exam(order)
    if blueprint.mock is not None and not bank.is_sealed:
        open_exam(mock_of(order, blueprint.mock, min(at, stage.opens_at)))
    return exam_id


def mock_of(order: ExamOrder, mock: Mock, opens_at: datetime) -> ExamOrder:
    """The short exam that the contest file offers for trying out, until the real one ends; it never counts."""
    return replace(
        order,
        kind="mock",
        title={"zh": "模拟考试", "en": "Mock exam"},
        blueprint=_short(order.blueprint, mock),
        opens_at=opens_at,
    )


def _short(blueprint: Blueprint, mock: Mock) -> Blueprint:
    return replace(
        blueprint,
        duration_s=mock.duration_s,
        attempts_allowed=mock.attempts_allowed,
        counting_attempt="last",
        key_release="never",
        sections=tuple(
            _short_section(section, mock, blueprint.duration_s)
            for section in blueprint.sections
            if section.question_type != "essay"  # nobody marks a mock exam
        ),
        layout=mock.layout or blueprint.layout,
        mock=None,
        fairness=None,
    )


def _short_section(section: Section, mock: Mock, whole_s: int) -> Section:
    """Fewer questions; a time of its own shrinks like that of the paper, to a minute at the least."""
    duration_s = section.duration_s and max(60, section.duration_s * mock.duration_s // whole_s)
    cells = (Cell(None, None, min(mock.questions_per_section, section.count)),)
    return replace(section, cells=cells, duration_s=duration_s)


def stages_to_book(at: datetime) -> list[int]:
    """Stages whose contest file lets people choose sessions by now."""
    found = []
    for stage_id in contests.stages_with_booking():
        booking = contests.stage_by_id(stage_id).rules.booking
        if booking is not None and at >= booking.opens_at:
            found.append(stage_id)
    return found


def follow_booking(stage_id: int, at: datetime) -> None:
    """Open the stage's exam if it is not open yet (booking may begin weeks before BEFORE) and make its
    sessions what the file says. raise: as `open_for_stage`."""
    booking = contests.stage_by_id(stage_id).rules.booking
    if booking is not None:
        follow_file(open_for_stage(stage_id, at), booking, at)


def exams_with_sessions(at: datetime) -> list[tuple[int, bool]]:
    """(exam id, whether booking has closed) of exams with sessions that are not over."""
    return [(row.id, row.is_over) for row in db.session.execute(_WITH_SESSIONS, {"at": at})]


def exams_to_draw_for(participation_id: int, at: datetime) -> list[tuple[int, bool]]:
    """(exam id, whether people without a seat are given one now) of the exams that open soon or run, for
    somebody who was confirmed a moment ago and has no paper yet."""
    rows = db.session.execute(
        _FOR_ONE, {"participation_id": participation_id, "soon": at + DRAW_BEFORE, "at": at}
    )
    return [(row.id, bool(row.is_over)) for row in rows]


def exams_to_draw(at: datetime) -> list[int]:
    """Exams that open soon and whose people still lack papers. The popularisation track draws at once."""
    return list(db.session.scalars(_TO_DRAW, {"soon": at + DRAW_BEFORE, "at": at}))
