"""The live part of the control room: numbers by hall, alarms, papers that wait for a person."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import ngettext
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.core.words import Message
from webapp.exam.forms import NoteForm, ThresholdForm
from webapp.exam.queries import alarms as watch_queries
from webapp.exam.queries.alarms import AlarmView, refusal_totals
from webapp.exam.queries.control import ExamHead, Filter
from webapp.exam.queries.numbers import Counts, Live, forget_numbers, live
from webapp.exam.queries.quarantine import quarantined
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.scope import LOOKING, head_in_scope, head_to_watch, may_run
from webapp.exam.rules.alarms import REFUSALS, Thresholds, words_of
from webapp.exam.service import watching
from webapp.exam.service.retrying import mark_again

STATES = ("", "waiting", "writing", "silent", "late", "submitted", "graded", "void")
NO_HALL = "-"
"""Stands in addresses for people without a hall; '' is everybody."""


@dataclass(frozen=True)
class AlarmSaid:
    """An alarm in words."""

    row: AlarmView
    title: Message
    advice: Message


@dataclass(frozen=True)
class LiveView:
    """What refreshes by itself. is_watched: the clock process looks at this exam."""

    numbers: Live
    alarms: tuple[AlarmSaid, ...]
    is_watched: bool
    looked_at: datetime | None
    silent_after_s: int


@bp.get("/staff/exams/<int:exam_id>/control/live")
@requires(*LOOKING)
def control_live(exam_id: int) -> Response:
    """The numbers and alarms alone, for the page that asks every five seconds."""
    head = head_to_watch(exam_id)
    chosen = chosen_people()
    return render(
        "exam/_control_live.html",
        head=head,
        view=live_view(head, clock.now()),
        chosen=chosen,
        kept=kept_filter(chosen),
        may_run=may_run(head),
    )


@bp.get("/staff/exams/<int:exam_id>/alarms")
@requires(*LOOKING)
def alarms(exam_id: int) -> Response:
    head = head_to_watch(exam_id)
    limits = watch_queries.watch(exam_id).thresholds
    return _alarms_page(head, ThresholdForm(formdata=None, data=asdict(limits)))


@bp.post("/staff/exams/<int:exam_id>/alarms/<int:alarm_id>/acknowledge")
@requires(Permission.RUN_EXAMS)
def acknowledge_alarm(exam_id: int, alarm_id: int) -> ResponseReturnValue:
    head_in_scope(exam_id)
    form = NoteForm()
    form.validate()
    with transaction():
        watching.acknowledge(
            exam_id, alarm_id, principal().account_id, (form.note.data or "")[:200], clock.now()
        )
    flash(_("Noted with your name. The alarm ends by itself when its cause is over."), "success")
    return redirect(url_for("exam.control_room", exam_id=exam_id), code=303)


@bp.post("/staff/exams/<int:exam_id>/alarms")
@requires(Permission.RUN_EXAMS)
def change_thresholds(exam_id: int) -> ResponseReturnValue:
    head = head_in_scope(exam_id)
    form = ThresholdForm()
    if not form.validate_on_submit():
        return _alarms_page(head, form, 422)
    with transaction():
        watching.change_thresholds(
            exam_id, {field.name: form[field.name].data for field in fields(Thresholds)}
        )
    forget_numbers()
    flash(_("Alarms begin at these numbers from now on."), "success")
    return redirect(url_for("exam.alarms", exam_id=exam_id), code=303)


@bp.get("/staff/exams/<int:exam_id>/waiting-papers")
@requires(*LOOKING)
def waiting_papers(exam_id: int) -> Response:
    head = head_to_watch(exam_id)
    return render("exam/control_papers.html", head=head, rows=quarantined(exam_id), may_run=may_run(head))


@bp.post("/staff/exams/<int:exam_id>/waiting-papers")
@requires(Permission.RUN_EXAMS)
def retry_papers(exam_id: int) -> ResponseReturnValue:
    """Has one paper, or all that wait, marked again."""
    head_in_scope(exam_id)
    chosen = request.form.get("attempt_id", 0, type=int)
    ids = [row.attempt_id for row in quarantined(exam_id) if chosen in {0, row.attempt_id}]
    with transaction():
        count = mark_again(exam_id, ids, clock.now())
    flash(
        ngettext("%(num)d paper is being marked again.", "%(num)d papers are being marked again.", count),
        "success",
    )
    return redirect(url_for("exam.waiting_papers", exam_id=exam_id), code=303)


def live_view(head: ExamHead, at: datetime) -> LiveView:
    """The numbers and the standing alarms of an exam: three statements, whatever its size."""
    watch = watch_queries.watch(head.exam_id)
    numbers = live(head.exam_id, head.event_id, at, watch.thresholds.silent_after_s)
    standing = tuple(_said(row) for row in watch_queries.standing(head.exam_id))
    is_watched = not (head.opens_at <= at < head.closes_at and watch.is_overdue(at))
    return LiveView(numbers, standing, is_watched, watch.looked_at, watch.thresholds.silent_after_s)


def chosen_people() -> Filter:
    """Whom the address asks for; what cannot be is left out."""
    state = request.args.get("state", "")
    hall = request.args.get("hall", "")[:80]
    return Filter(
        state if state in STATES else "",
        None if not hall else "" if hall == NO_HALL else hall,
        request.args.get("words", "").strip()[:80],
    )


def kept_filter(chosen: Filter) -> dict[str, str]:
    """The filter as parts of an address."""
    hall = "" if chosen.hall is None else chosen.hall or NO_HALL
    return {
        name: value
        for name, value in {"state": chosen.state, "hall": hall, "words": chosen.words}.items()
        if value
    }


def number_of(counts: Counts, state: str) -> int:
    """How many people the list of a state has."""
    if state == "submitted":
        return counts.submitted - counts.graded
    return int(getattr(counts, state or "admitted"))


def _alarms_page(head: ExamHead, form: ThresholdForm, status: int = 200) -> Response:
    return render(
        "exam/control_alarms.html",
        status=status,
        head=head,
        view=live_view(head, clock.now()),
        ended=[_said(row) for row in watch_queries.ended(head.exam_id)],
        refused=[(Message(REFUSALS.get(outcome, outcome)), n) for outcome, n in refusal_totals(head.exam_id)],
        form=form,
        may_run=may_run(head),
    )


def _said(row: AlarmView) -> AlarmSaid:
    return AlarmSaid(row, *words_of(row.kind, row.subject, row.facts))
