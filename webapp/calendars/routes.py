"""The pages of holidays: the years in force, entering one, from a file too."""

from flask import Blueprint, Response, flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.calendars import queries, service
from webapp.calendars.errors import YearRefused, YearUnchanged
from webapp.calendars.formats.calendar import lines_of
from webapp.calendars.forms import UploadForm, YearForm
from webapp.core import clock
from webapp.core.errors import Forbidden, NotFound
from webapp.core.holidays import CalendarUnreadable
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.core.words import N_, Message

bp = Blueprint("calendars", "webapp.calendars", template_folder="templates")

ENTER = (Permission.MANAGE_CONTESTS, Permission.PUBLISH_RESULTS)
READ = (*ENTER, Permission.READ_AUDIT)
MOST_BYTES = 100_000

NAVIGATION = (
    MenuEntry(
        N_("Holidays and worked days"), "calendars.year_list", permission=Permission.MANAGE_CONTESTS,
        or_permission=Permission.PUBLISH_RESULTS, order=72,
    ),
)  # fmt: skip


@bp.get("/staff/holidays")
@requires(*READ)
def year_list() -> Response:
    return _page()


@bp.get("/staff/holidays/<int:year>")
@requires(*READ)
def year_page(year: int) -> Response:
    """One year with all its versions; the form starts from what is in force."""
    found = next((one for one in queries.years() if one.year == year), None)
    if found is None:
        raise NotFound
    form = YearForm(formdata=None, year=year, off=found.off, work=found.work)
    return _page(form=form, year=year)


@bp.post("/staff/holidays")
@requires(*ENTER)
def enter_year() -> ResponseReturnValue:
    _require_everything()
    form = YearForm()
    problems: tuple[Message, ...] = ()
    if form.validate_on_submit():
        try:
            with transaction():
                service.enter_year(
                    form.year.data or 0, form.off.data or "", form.work.data or "", form.reason.data or "",
                    principal(), clock.now(),
                )  # fmt: skip
            flash(_("The year is in force. What is counted from now on uses it."), "success")
            return redirect(url_for(".year_page", year=form.year.data), code=303)
        except YearRefused as refused:
            problems = refused.reasons
        except YearUnchanged as refused:
            form.off.errors = [say(refused.message)]
    return _page(422, form=form, problems=problems)


@bp.post("/staff/holidays/read")
@requires(*ENTER)
def read_file() -> Response:
    """Show the days of a file in the form; nothing is taken over yet."""
    _require_everything()
    upload = UploadForm(prefix="upload")
    if upload.validate_on_submit() and upload.file.data:
        try:
            content = upload.file.data.read(MOST_BYTES).decode("utf-8")
            year, off, work = lines_of(content)
            return _page(form=YearForm(formdata=None, year=year, off=off, work=work))
        except (CalendarUnreadable, UnicodeDecodeError):
            pass
    upload.file.errors = [_("This is no file of a year. Take one from this page as a pattern.")]
    return _page(422, upload=upload)


@bp.get("/staff/holidays/<int:year>.toml")
@requires(*READ)
def year_file(year: int) -> Response:
    text = queries.texts().get(year)
    if text is None:
        raise NotFound
    response = make_response(text)
    response.mimetype = "application/toml"
    response.headers["Content-Disposition"] = f'attachment; filename="holidays-{year}.toml"'
    return response


def _require_everything() -> None:
    """The days hold for every contest: a role over one contest does not change them. raise (Forbidden)."""
    who = principal()
    if not any(who.allows(permission) for permission in ENTER):
        raise Forbidden


def _page(
    status: int = 200,
    form: YearForm | None = None,
    year: int | None = None,
    problems: tuple[Message, ...] = (),
    upload: UploadForm | None = None,
) -> Response:
    who, this_year = principal(), clock.now().astimezone(clock.SHANGHAI).year
    years = queries.years()
    known = {one.year for one in years}
    return render(
        "calendars/years.html",
        status=status,
        years=years,
        chosen=year,
        versions=queries.versions(year) if year is not None else [],
        missing=[one for one in (this_year, this_year + 1) if one not in known],
        form=form or YearForm(formdata=None, year=max(known | {this_year - 1}) + 1),
        upload=upload or UploadForm(formdata=None, prefix="upload"),
        problems=problems,
        may_enter=any(who.allows(permission) for permission in ENTER),
    )
