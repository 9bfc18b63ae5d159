"""The liaison's pages: the unit's people, a workbook of them, codes to hand out."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests import queries as contests
from webapp.core import clock
from webapp.core.errors import DomainError, NotFound
from webapp.core.forms import trimmed
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.organisations import queries as organisations
from webapp.registration.formats import workbooks
from webapp.registration.formats.roster import COLUMNS
from webapp.registration.forms import RosterForm
from webapp.registration.models import RosterUpload
from webapp.registration.queries import events
from webapp.registration.queries import roster as queries
from webapp.registration.routes.participants import workbook
from webapp.registration.service import roster as service

bp = Blueprint("roster", __name__, template_folder="../templates", url_prefix="/staff/roster")

LIAISON = Permission.REGISTER_WORKERS
SHOWN = ("", "not-signed-in", "not-confirmed", "no-mock")


@bp.get("")
@requires(LIAISON)
def people() -> ResponseReturnValue:
    units = queries.units(principal())
    asked = request.args.get("unit", "")
    chosen = next((unit_id for unit_id in units if str(unit_id) == asked), None)
    name = str(trimmed(request.args.get("name", "")))[:50]
    shown = request.args.get("shown", "")
    number = request.args.get("page", "")
    return render(
        "registration/roster.html",
        units=units,
        chosen=chosen,
        name=name,
        shown=shown if shown in SHOWN else "",
        view=queries.workers(
            [chosen] if chosen else list(units),
            name,
            shown if shown in SHOWN else "",
            int(number) if number.isdecimal() and len(number) < 9 else 1,
            clock.now(),
        ),
    )


@bp.route("/upload", methods=["GET", "POST"])
@requires(LIAISON)
def upload() -> ResponseReturnValue:
    form = _form()
    if form.validate_on_submit():
        file = form.workbook.data
        try:
            with transaction():
                made = service.stage(
                    principal(),
                    form.unit.data,
                    form.contest.data,
                    file.filename or "",
                    file.read(),
                    clock.now(),
                )
            return redirect(url_for(".preview", upload_id=made.id), code=303)
        except NotFound:
            raise
        except DomainError as refusal:
            form.workbook.errors = [say(refusal.message)]
    return render("registration/roster_upload.html", status=422 if form.errors else 200, form=form)


@bp.get("/template/<int:contest_id>")
@requires(LIAISON)
def template(contest_id: int) -> ResponseReturnValue:
    contests.rules_of(contest_id)
    return workbook(workbooks.template(queries.choices(contest_id, clock.now())), "roster-template.xlsx")


@bp.get("/uploads/<int:upload_id>")
@requires(LIAISON)
def preview(upload_id: int) -> ResponseReturnValue:
    made = queries.upload(principal(), upload_id)
    return render("registration/roster_preview.html", **_preview(made))


@bp.get("/uploads/<int:upload_id>/annotated")
@requires(LIAISON)
def annotated(upload_id: int) -> ResponseReturnValue:
    made = queries.upload(principal(), upload_id)
    words: dict[int, list[str]] = {}
    wrong: dict[int, set[str]] = {}
    for problem in service.problems_of(made):
        row = problem.row or 0
        hint = f" {say(problem.hint)}" if problem.hint else ""
        words.setdefault(row, []).append(f"{say(problem.reason)}{hint}")
        wrong.setdefault(row, set()).update(one for one in COLUMNS if problem.column.endswith(one))
    content = workbooks.annotated(
        service.cells_of(made), {row: "；".join(texts) for row, texts in words.items()}, wrong
    )
    return workbook(content, f"roster-{upload_id}-checked.xlsx")


@bp.post("/uploads/<int:upload_id>/accept")
@requires(LIAISON)
def accept(upload_id: int) -> ResponseReturnValue:
    """Register the people and show the codes: this once, as a page or as a workbook."""
    with transaction():
        handed = service.accept(
            principal(), upload_id, valid_only=request.form.get("valid_only") == "1", now=clock.now()
        )
    titles = {row.event_id: "" for row in handed}
    titles |= {event_id: pick(header.title) for event_id, header in events.headers(titles).items()}
    if request.form.get("as") == "workbook":
        content = workbooks.handout(
            [(row.name, titles[row.event_id], row.code, outcome_words()[row.outcome]) for row in handed],
            [_("Name"), _("Event"), _("Code for the first sign-in"), _("What happens")],
        )
        return workbook(content, f"codes-{upload_id}.xlsx")
    return render("registration/roster_done.html", rows=handed, titles=titles, outcomes=outcome_words())


@bp.post("/uploads/<int:upload_id>/discard")
@requires(LIAISON)
def discard(upload_id: int) -> ResponseReturnValue:
    with transaction():
        service.discard(principal(), upload_id)
    flash(_("The workbook was thrown away; nobody was registered."), "success")
    return redirect(url_for(".people"), code=303)


@bp.post("/people/<int:person_id>/code")
@requires(LIAISON)
def new_code(person_id: int) -> ResponseReturnValue:
    with transaction():
        code = service.new_code(principal(), person_id, clock.now())
    return render("registration/roster_code.html", code=code)


@bp.post("/remind")
@requires(LIAISON)
def remind() -> ResponseReturnValue:
    with transaction():
        count = service.remind(principal(), list(queries.units(principal())))
    flash(_("%(count)d people have a notice now.", count=count), "success")
    return redirect(url_for(".people"), code=303)


@bp.post("/remind-mock")
@requires(LIAISON)
def remind_mock() -> ResponseReturnValue:
    with transaction():
        count = service.remind_of_mock(principal(), list(queries.units(principal())), clock.now())
    if count:
        flash(_("%(count)d people have a notice now.", count=count), "success")
    else:
        flash(_("Nobody was reminded: everybody concerned has had this notice within a day."), "info")
    return redirect(url_for(".people", shown="no-mock"), code=303)


def outcome_words() -> dict[str, str]:
    """What became of a row, in the reader's language."""
    return {
        "invited": _("signs in with the code, checks the data and confirms"),
        "known": _("has a record already: confirms at the next sign-in, if name and number fit"),
        "closed": _("not registered: registration for this event closed in between"),
    }


def _form() -> RosterForm:
    form = RosterForm()
    form.unit.choices = [SelectChoice(unit_id, name) for unit_id, name in queries.units(principal()).items()]
    form.contest.choices = [
        SelectChoice(contest.contest_id, pick(contest.title))
        for contest in contests.listed_contests(clock.now())
    ]
    return form


def _preview(made: RosterUpload) -> dict[str, Any]:
    rows = service.rows_of(made)
    titles = {
        event_id: pick(header.title)
        for event_id, header in events.headers({row.event_id for row in rows}).items()
    }
    by_event: dict[str, int] = {}
    for row in rows:
        by_event[titles[row.event_id]] = by_event.get(titles[row.event_id], 0) + 1
    return {
        "upload_id": made.id,
        "file_name": made.file_name,
        "state": made.state,
        "counts": made.counts,
        "unit": organisations.unit_name(made.unit_id),
        "by_event": by_event,
        "problems": service.problems_of(made),
    }
