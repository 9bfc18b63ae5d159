"""View objects of the exam pages: words and numbers, no rows."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask import url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from webapp.contests.rules.blueprint import NO_CHECKS, Blueprint, Section
from webapp.core.i18n import gettext as _
from webapp.core.i18n import ngettext, pick
from webapp.exam.queries.plans import plan
from webapp.exam.queries.sheets import MyExam, SheetView
from webapp.exam.routes.fragments import Place, ready
from webapp.exam.routes.pulse import pulse_data
from webapp.exam.routes.shapes import (
    CardPart,
    PartsView,
    Tools,
    card_of,
    parts_of,
    section_notes,
    shape_notes,
    slots_on_page,
    tools_of,
)
from webapp.exam.rules.states import AttemptState
from webapp.exam.rules.timing import remaining_s, window_is_open


@dataclass(frozen=True)
class ExamRow:
    """An exam as its contestant's list shows it. phase: upcoming | open | running | done | missed |
    unseated (a session has to be chosen first). session: the title of the held one."""

    exam_id: int
    title: str
    event: str
    contest: str
    is_mock: bool
    opens_at: datetime
    closes_at: datetime
    duration_min: int
    extra_time: bool
    attempts_left: int
    attempt_id: int | None
    phase: str
    session: str = ""
    may_choose: bool = False


def exam_row(found: MyExam, at: datetime) -> ExamRow:
    """One exam with what its contestant can do now."""
    return ExamRow(
        exam_id=found.exam_id,
        title=pick(found.title),
        event=pick(found.event_title),
        contest=pick(found.contest_title),
        is_mock=found.kind == "mock",
        opens_at=found.opens_at,
        closes_at=found.closes_at,
        duration_min=round(found.duration_s / 60),
        extra_time=found.time_factor > 1,
        attempts_left=_attempts_left(found),
        attempt_id=found.attempt_id,
        phase=_phase(found, at),
        session=pick(found.session_title) if found.session_title else "",
        may_choose=found.has_sessions and found.attempt_state in {None, AttemptState.CREATED},
    )


def _attempts_left(found: MyExam) -> int:
    if found.is_given and found.attempt_state is AttemptState.CREATED:
        return 1  # a paper that hosts gave waits: it uses up nothing of what the exam allows
    begun = found.attempt_number - (found.attempt_state is AttemptState.CREATED)
    return max(0, found.attempts_allowed - begun)


def _phase(found: MyExam, at: datetime) -> str:
    if found.attempt_state is AttemptState.OPEN:
        return "running"
    if found.needs_session and found.attempt_state in {None, AttemptState.CREATED}:
        return "unseated" if at < found.closes_at else "missed"
    is_open = window_is_open(at, found.opens_at, found.starts_until)
    if is_open and _attempts_left(found):
        return "open"
    if found.attempt_state not in {None, AttemptState.CREATED}:
        return "done"
    return "upcoming" if at < found.opens_at else "missed"


@dataclass(frozen=True)
class SectionRules:
    """How a part of the paper is marked, entered and left, in plain words."""

    title: str
    questions: int
    mark: str
    marking: str


@dataclass(frozen=True)
class RulesView:
    """What the waiting page tells about the paper."""

    questions: int
    full_mark: str
    sections: tuple[SectionRules, ...]
    notes: tuple[str, ...]


def rules_view(blueprint: Blueprint) -> RulesView:
    """The rules of an exam for its contestants."""
    return RulesView(
        blueprint.question_count,
        number(blueprint.full_mark),
        tuple(
            SectionRules(pick(s.title), s.count, number(s.mark), f"{_marking(s)} {section_notes(s)}".strip())
            for s in blueprint.sections
        ),
        shape_notes(blueprint),
    )


def _marking(section: Section) -> str:
    if section.question_type == "true_false" and section.wrong_true_false_mark:
        off = number(-section.wrong_true_false_mark)
        return ngettext(
            "A wrong answer takes off %(mark)s mark, never below 0 for the part.",
            "A wrong answer takes off %(mark)s marks, never below 0 for the part.",
            _plural(off),
            mark=off,
        )
    is_shared = section.marking_rule in {"proportional", "weights"}
    if section.question_type == "ordering":
        return str(
            _("Each thing at its place brings its share.")
            if is_shared
            else _("Only the whole order brings marks.")
        )
    if section.question_type == "matching" and is_shared:
        return str(_("Each right pair brings its share."))
    if section.question_type not in {"multiple", "matching"}:
        return ""
    match section.marking_rule:
        case "half_for_subset":
            return str(_("Too few but all right: half of the marks. One wrong: 0."))
        case "per_pick":
            each = number(section.per_pick_mark or Decimal(0))
            return ngettext(
                "Too few but all right: %(mark)s mark for each. One wrong: 0.",
                "Too few but all right: %(mark)s marks for each. One wrong: 0.",
                _plural(each),
                mark=each,
            )
        case "proportional":
            return str(_("Too few but all right: the share that was found. One wrong: 0."))
        case "weights":
            return str(_("Each option carries its own share, never below 0."))
        case _:
            return str(_("Only the exact choice brings marks."))


@dataclass(frozen=True)
class SectionView:
    """A part of the paper: its heading and the ready questions."""

    number: int
    title: str
    questions: int
    mark: str
    total: str
    html: Markup


@dataclass(frozen=True)
class AttemptView:
    """The exam page. parts: None unless the paper's parts are entered by themselves."""

    attempt_id: int
    has_checks: bool
    title: str
    event: str
    is_mock: bool
    lease: str
    remaining_s: int
    deadline_at: datetime
    questions: int
    answered: int
    layout: str
    card: tuple[CardPart, ...]
    parts: PartsView | None
    tools: Tools
    sections: tuple[SectionView, ...]
    data: str


def attempt_view(sheet: SheetView, at: datetime, with_questions: bool = True) -> AttemptView:
    """The page of a running attempt; with_questions=False leaves the paper out (submit page)."""
    assert sheet.deadline_at is not None, "a running attempt has a deadline"
    left = remaining_s(at, sheet.deadline_at)
    parts = parts_of(sheet, at)
    slots = slots_on_page(sheet, parts)
    counted = slots if with_questions else range(len(sheet.answers))
    return AttemptView(
        attempt_id=sheet.attempt_id,
        has_checks=plan(sheet.exam_id).blueprint.checks != NO_CHECKS,
        title=pick(sheet.title),
        event=pick(sheet.event_title),
        is_mock=sheet.kind == "mock",
        lease=sheet.lease,
        remaining_s=left,
        deadline_at=sheet.deadline_at,
        questions=len(counted),
        answered=sum(1 for slot in counted if sheet.answers[slot]),
        layout=plan(sheet.exam_id).blueprint.layout,
        card=card_of(sheet, slots),
        parts=parts,
        tools=tools_of(sheet.exam_id),
        sections=_sections(sheet, slots) if with_questions else (),
        data=page_data(sheet, left, parts),
    )


def _sections(sheet: SheetView, slots: Sequence[int]) -> tuple[SectionView, ...]:
    places = list(dict.fromkeys(sheet.sections))
    questions = ready(sheet.paper[slot] for slot in slots)
    words = {section.mark: marks_words(section.mark) for section in map(sheet.section, slots)}
    html: dict[int, list[str]] = {}
    for slot, question in zip(slots, questions, strict=True):
        section = sheet.section(slot)
        place = Place(
            slot,
            sheet.order(slot, question.n_options),
            words[section.mark],
            sheet.answers[slot],
            sheet.seqs[slot],
            sheet.flags[slot],
        )
        html.setdefault(sheet.sections[slot], []).append(question.html(place))
    return tuple(
        _section_view(places.index(key) + 1, sheet.section(sheet.sections.index(key)), parts)
        for key, parts in html.items()
    )


def _section_view(at: int, section: Section, parts: list[str]) -> SectionView:
    return SectionView(
        number=at,
        title=pick(section.title),
        questions=len(parts),
        mark=number(section.mark),
        total=number(section.mark * len(parts)),
        html=Markup("".join(parts)),  # noqa: S704 - pieces are rendered by Jinja with escaping
    )


def marks_words(value: Decimal) -> str:
    """'1 mark', '2 marks', '0.5 marks'."""
    mark = number(value)
    return ngettext("%(mark)s mark", "%(mark)s marks", _plural(mark), mark=mark)


def _plural(mark: str) -> int:
    """The number by which a language chooses its form: of fractions the plural."""
    return 1 if mark == "1" else 2


def number(value: Decimal) -> str:
    """A mark without useless zeros."""
    return format(value.normalize(), "f")


def page_data(sheet: SheetView, left: int, parts: PartsView | None = None) -> str:
    """What the page's script needs, as JSON."""
    attempt_id = sheet.attempt_id
    return json.dumps(
        {
            "attempt": sheet.attempt_id,
            "lease": sheet.lease,
            "csrf": generate_csrf(),
            "remaining_s": left,
            "section_s": parts.here.remaining_s if parts and parts.here else None,
            "urls": {
                "answers": url_for("exam.answers", attempt_id=attempt_id),
                "heartbeat": url_for("exam.heartbeat", attempt_id=attempt_id),
                "token": url_for("exam.token", attempt_id=attempt_id),
                "receipt": url_for("exam.receipt", attempt_id=attempt_id),
            },
            "deadline_at": sheet.deadline_at.isoformat() if sheet.deadline_at else "",
            "pulse": pulse_data(sheet),
            "words": _words(),
        },
        ensure_ascii=False,
    )


def _words() -> dict[str, str]:
    return {
        "empty": _("Not answered yet"),
        "editing": _("Being edited"),
        "unsent": _("Waiting to be saved"),
        "saved": _("Saved"),
        "refused": _("Not accepted"),
        "allSaved": _("All answers saved"),
        "waiting": _("{n} answers wait to be saved"),
        "someRefused": _("{n} answers were not accepted"),
        "stale": _(
            "You changed this question on another device later. This older answer was not used: {answer}"
        ),
        "minutes": _("{n} minutes left."),
        "partMinutes": _("This part: {n} minutes left."),
        "partOver": _("The time of this part is over. Your answers are being saved."),
        "timeUp": _("Time is over. Your answers are being handed in."),
        "extended": _("You have been given {n} more minutes."),
        "flag": _("Mark for later"),
        "flagged": _("Marked for later"),
    }
