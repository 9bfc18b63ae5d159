"""Seating people: preview and confirm, moves, late additions."""

from flask import flash, request
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from webapp.access.guards import requires
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import DomainError, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import ngettext, say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.halls.forms import MoveForm, SeatingForm
from webapp.halls.queries import halls as hall_queries
from webapp.halls.queries.seats import people_by_id, seat_of
from webapp.halls.routes.blueprint import HOST, bp, in_scope, to_exam
from webapp.halls.service import seating as service


@bp.get("/staff/halls/<int:exam_id>/seating")
@requires(HOST)
def seating(exam_id: int) -> ResponseReturnValue:
    """The preview of a rule and seed; without them the form."""
    found = in_scope(exam_id, HOST)
    plan = hall_queries.plan_of(exam_id)
    form = SeatingForm(
        request.args if "rule" in request.args else None,
        meta={"csrf": False},
        data={"rule": plan.rule or "apart", "seed": plan.seed or service.new_seed()},
    )
    made, refusal = None, ""
    if "rule" in request.args and form.validate():
        try:
            made = service.preview(exam_id, form.rule.data, form.seed.data)
        except DomainError as error:
            refusal = say(error.message)
    status = 422 if refusal or form.errors else 200
    people = people_by_id(exam_id) if made else {}
    halls = hall_queries.halls(exam_id)
    return render(
        "halls/seating.html", status=status, head=found.head, form=form, made=made, people=people,
        halls=halls, refusal=refusal,
    )  # fmt: skip


@bp.post("/staff/halls/<int:exam_id>/seating")
@requires(HOST)
def confirm_seating(exam_id: int) -> ResponseReturnValue:
    in_scope(exam_id, HOST)
    given = request.form
    with transaction():
        count = service.confirm(
            exam_id, given.get("rule", ""), given.get("seed", "")[:64], given.get("digest", ""),
            principal().account_id, clock.now(),
        )  # fmt: skip
    return to_exam(exam_id, ngettext("%(num)d person is seated.", "%(num)d people are seated.", count))


@bp.post("/staff/halls/<int:exam_id>/late")
@requires(HOST)
def add_late(exam_id: int) -> ResponseReturnValue:
    in_scope(exam_id, HOST)
    with transaction():
        rest = service.seat_rest(exam_id, principal().account_id, clock.now())
    if rest.without:
        words = ngettext(
            "%(num)d person still has no seat: add a hall, or seats to a hall.",
            "%(num)d people still have no seat: add a hall, or seats to a hall.",
            rest.without,
        )
        flash(words, "warning")
    return to_exam(exam_id, ngettext("%(num)d person is seated.", "%(num)d people are seated.", rest.seated))


@bp.route("/staff/halls/<int:exam_id>/move/<int:participation_id>", methods=["GET", "POST"])
@requires(HOST)
def move(exam_id: int, participation_id: int) -> ResponseReturnValue:
    found = in_scope(exam_id, HOST)
    who = seat_of(exam_id, participation_id)
    form = MoveForm(data={"hall": who.hall_id})
    halls = hall_queries.halls(exam_id)
    form.hall.choices = [SelectChoice(hall.hall_id, hall.name) for hall in halls]
    if form.validate_on_submit():
        try:
            with transaction():
                service.move(
                    exam_id, participation_id, form.hall.data, form.label.data, form.reason.data,
                    principal().account_id, clock.now(),
                )  # fmt: skip
            return to_exam(exam_id, _("The seat is changed; the person was told."))
        except NotFound:
            raise
        except DomainError as error:
            form.label.errors = [say(error.message)]
    status = 422 if request.method == "POST" else 200
    return render("halls/move.html", status=status, head=found.head, form=form, who=who)
