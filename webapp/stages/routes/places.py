"""Who has a place in a stage: the host's page, and the contestant's answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires, signed_in
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests.queries import StageView, stage_by_id
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import ngettext, say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.stages.errors import (
    ListMissing,
    NobodyChosen,
    NothingSupplementary,
    PlaceUnknown,
    ReasonNeeded,
    TooFew,
)
from webapp.stages.forms import AttendForm, EndForm, OpenForm, PlaceForm, SupplementForm
from webapp.stages.queries import admissions
from webapp.stages.queries.admissions import OwnPlace, PlaceView
from webapp.stages.queries.exceptions import ExceptionView, exceptions
from webapp.stages.queries.lists import StageHead, newest
from webapp.stages.queries.struck import Struck, struck
from webapp.stages.routes.acting import extra_of
from webapp.stages.routes.blueprint import bp
from webapp.stages.routes.running import ordered
from webapp.stages.routes.staff import in_scope, sees_names
from webapp.stages.rules.attendance import COMPETING, VACATED, Admission, may_answer
from webapp.stages.rules.minimum import Shortage
from webapp.stages.rules.orders import Kind, Order
from webapp.stages.rules.states import ListState
from webapp.stages.service import attending, opening
from webapp.stages.service.ordering import days_payload
from webapp.stages.service.supplementing import supplement

PAGE_SIZE = 100
GROUPS = {
    "": frozenset(Admission),
    "waiting": frozenset({Admission.INVITED}),
    "coming": COMPETING,
    "away": VACATED | {Admission.REPLACED, Admission.ENDED},
}
"""What the host may look at: everybody, who has yet to answer, who competes, whose place is free or given on."""


@dataclass(frozen=True)
class PlacesPage:
    """Who has a place. before: None for the first stage. is_final: the list before; to_come: how many of it have no place
    yet. takes_nominations: units selected those people outside, and may name more later; struck: who has a place by an
    earlier list of theirs that the final one no longer names.

    rows: one page of the chosen group, total people long; counts: by state, of everybody."""

    head: StageHead
    stage: StageView
    before: StageView | None
    takes_nominations: bool
    is_final: bool
    to_come: int
    shortage: Shortage | None
    rows: tuple[PlaceView, ...]
    chosen: str
    page: int
    pages: int
    total: int
    counts: dict[str, int]
    confirm_by: datetime | None
    substitutes_until: datetime | None
    has_opened: bool
    may_supplement: bool
    signed: tuple[ExceptionView, ...]
    struck: tuple[Struck, ...]
    may_act: bool

    @property
    def competing(self) -> int:
        return sum(self.counts[state] for state in COMPETING)

    @property
    def anybody(self) -> bool:
        return any(self.counts.values())

    def many(self, group: str) -> int:
        """How many are in a group of GROUPS."""
        return sum(self.counts[state] for state in GROUPS[group])


@bp.get("/staff/stages/<int:stage_id>/places")
@requires(Permission.SEE_FULL_BOARDS)
def places(stage_id: int) -> Response:
    return _page(in_scope(stage_id))


@bp.post("/staff/stages/<int:stage_id>/places/open")
@requires(Permission.PUBLISH_RESULTS)
def open_stage(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = OpenForm(prefix="open")
    if not form.validate_on_submit():
        return _page(found, 422, open_form=form)
    try:
        with transaction():
            count = opening.open_stage(stage_id, principal().account_id, clock.now(), form.reason.data or "")
    except TooFew as error:
        form.reason.errors = [say(error.message)]
        return _page(found, 422, open_form=form)
    words = ngettext(
        "%(num)d person has a place and was told.", "%(num)d people have a place and were told.", count
    )
    return _done(stage_id, words)


@bp.post("/staff/stages/<int:stage_id>/places/note")
@requires(Permission.PUBLISH_RESULTS)
def note_answer(stage_id: int) -> ResponseReturnValue:
    """What somebody said by telephone."""
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = PlaceForm(prefix="note")
    if not form.validate_on_submit():
        return _page(found, 422, place_form=form)
    entry_id = admissions.entry_of_number(stage_id, form.number.data)
    if entry_id is None:
        form.number.errors = [say(PlaceUnknown().message)]
        return _page(found, 422, place_form=form)
    comes = form.comes.data == "yes"
    if not comes and not (form.reason.data or "").strip():
        form.reason.errors = [say(ReasonNeeded().message)]
        return _page(found, 422, place_form=form)
    with transaction():
        attending.answer(
            stage_id, entry_id, comes, form.reason.data or "", principal().account_id, clock.now()
        )
    return _done(stage_id, _("It is noted."))


@bp.post("/staff/stages/<int:stage_id>/places/end")
@requires(Permission.PUBLISH_RESULTS)
def end_places(stage_id: int) -> ResponseReturnValue:
    """End places of people whom a later list of the nominated no longer names."""
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = EndForm(prefix="end")
    if not form.validate_on_submit():
        return _page(found, 422, end_form=form)
    try:
        with transaction():
            count = attending.end_places(
                stage_id, form.entries.data, form.reason.data, principal().account_id, clock.now()
            )
    except NobodyChosen as error:
        form.entries.errors = [say(error.message)]
        return _page(found, 422, end_form=form)
    words = ngettext(
        "%(num)d place has ended; the person was told.",
        "%(num)d places have ended; the people were told.",
        count,
    )
    return _done(stage_id, words)


@bp.post("/staff/stages/<int:stage_id>/places/next")
@requires(Permission.PUBLISH_RESULTS)
def move_up(stage_id: int) -> ResponseReturnValue:
    in_scope(stage_id, Permission.PUBLISH_RESULTS)
    with transaction():
        step = attending.move_up(stage_id, clock.now())
    words = ngettext("%(num)d substitute was asked.", "%(num)d substitutes were asked.", len(step.moves))
    return _done(stage_id, words)


@bp.post("/staff/stages/<int:stage_id>/places/supplement")
@requires(Permission.PUBLISH_RESULTS)
def post_supplement(stage_id: int) -> ResponseReturnValue:
    found = in_scope(stage_id, Permission.PUBLISH_RESULTS)
    form = SupplementForm(prefix="supplement")
    if not form.validate_on_submit():
        return _page(found, 422, supplement_form=form)
    one = opening.list_before(stage_by_id(stage_id))
    told = {"next_stage_id": stage_id, "reason": form.reason.data, **days_payload(extra_of(form))}
    back = url_for("stages.places", stage_id=stage_id)
    return ordered(found, Order(Kind.SUPPLEMENT, one.stage_id, told), back)


@bp.get("/my/places")
@signed_in
def own_places() -> Response:
    rows = admissions.own_places(principal().person_id)
    return render("stages/own_places.html", rows=rows)


@bp.route("/my/places/<int:stage_id>", methods=["GET", "POST"])
@signed_in
def own_place(stage_id: int) -> ResponseReturnValue:
    """Whether one comes, until the stage opens."""
    me = principal()
    found = admissions.own_places(me.person_id, stage_id)
    if not found:
        raise ListMissing
    form = AttendForm()
    if request.method == "GET":
        form.comes.data = {Admission.CONFIRMED: "yes", Admission.DECLINED: "no"}.get(found[0].state)
        return _own_page(found[0], form, 200)
    if not form.validate_on_submit():
        return _own_page(found[0], form, 422)
    comes = form.comes.data == "yes"
    if not comes and not (form.reason.data or "").strip():
        form.reason.errors = [_("Please say why, so that the next in rank can be asked.")]
        return _own_page(found[0], form, 422)
    with transaction():
        attending.answer_own(
            stage_id, me.person_id, comes, form.reason.data or "", me.account_id, clock.now()
        )
    flash(_("Thank you: you come.") if comes else _("You do not come; the next in rank is asked."), "success")
    return redirect(url_for("stages.own_place", stage_id=stage_id), code=303)


def _own_page(one: OwnPlace, form: AttendForm, status: int) -> Response:
    opens_at = one.stage.opens_at or clock.now()
    return render(
        "stages/own_place.html",
        status=status,
        one=one,
        form=form,
        may_answer=may_answer(one.state, clock.now(), opens_at),
        may_leave=one.state is Admission.ADMITTED and clock.now() < opens_at,
    )


def _page(found: StageHead, status: int = 200, **forms: Any) -> Response:
    """The host's page; forms: those that were refused."""
    page = _view(found)
    made = {
        "open_form": OpenForm(formdata=None, prefix="open"),
        "place_form": PlaceForm(formdata=None, prefix="note"),
        "end_form": EndForm(formdata=None, prefix="end"),
        "supplement_form": SupplementForm(formdata=None, prefix="supplement"),
    }
    return render(
        "stages/places.html",
        status=status,
        page=page,
        two_person=current_app.config["TWO_PERSON"],
        **{**made, **forms},
    )


def _view(found: StageHead) -> PlacesPage:
    stage, now = stage_by_id(found.stage_id), clock.now()
    before = admissions.stage_before(stage)
    one = newest(before.stage_id) if before else None
    is_final = one is not None and one.state == ListState.FINAL
    seats = admissions.seats(found.stage_id)
    listed = opening.rows_of(one) if one is not None and is_final else ()
    seated = {seat.entry_id for seat in seats if seat.state is not Admission.ENDED}
    takes_nominations = before is not None and (
        one.is_nominated if one is not None else admissions.is_outside(before)
    )
    chosen = request.args.get("show", "")
    chosen = chosen if chosen in GROUPS else ""
    group = [seat.entry_id for seat in seats if seat.state in GROUPS[chosen]]
    pages = max(1, -(-len(group) // PAGE_SIZE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    shown = group[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    rule = stage.rules.attendance if stage.opens_at else None
    return PlacesPage(
        head=found,
        stage=stage,
        before=before,
        takes_nominations=takes_nominations,
        is_final=is_final,
        to_come=sum(row["entry_id"] not in seated for row in listed),
        shortage=opening.missing_people(stage, len(listed)) if is_final and not seats else None,
        rows=tuple(admissions.places(found.stage_id, shown, whole_names=sees_names(found))),
        chosen=chosen,
        page=number,
        pages=pages,
        total=len(group),
        counts={state: sum(seat.state is state for seat in seats) for state in Admission},
        confirm_by=rule.confirm_at(stage.opens_at) if rule and stage.opens_at else None,
        substitutes_until=rule.last_hour(stage.opens_at) if rule and stage.opens_at else None,
        has_opened=stage.opens_at is not None and stage.opens_at <= now,
        signed=exceptions(found.stage_id),
        struck=tuple(struck(stage, one, whole_names=sees_names(found))),
        may_supplement=is_final
        and not takes_nominations
        and bool(seats)
        and _has_moved(found.stage_id, stage),
        may_act=found.allows(principal(), Permission.PUBLISH_RESULTS),
    )


def _has_moved(stage_id: int, stage: StageView) -> bool:
    try:
        supplement(opening.list_before(stage), stage_id)
    except NothingSupplementary:
        return False
    return True


def _done(stage_id: int, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("stages.places", stage_id=stage_id), code=303)
