"""Archives of events: which there are, making one, watching it, taking it away."""

from typing import Any

from flask import Response, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.accounts.queries import names_of_accounts
from webapp.core import clock
from webapp.core.errors import Forbidden
from webapp.core.i18n import gettext as _
from webapp.core.listing import asked
from webapp.core.paging import find
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.media.service import place_of
from webapp.reports.errors import ArchiveMissing
from webapp.reports.forms import ArchiveForm, TakeForm
from webapp.reports.queries import archives
from webapp.reports.queries.archives import ArchiveEvent
from webapp.reports.routes.blueprint import archive_bp as bp
from webapp.reports.service import archiving

WORDS = {
    "the exam is not over": lambda: _("the exam is not over"),
    "the bank is sealed": lambda: _("the bank is sealed"),
    "another exam still uses the bank": lambda: _("another exam still uses the bank"),
    "keys were not asked for": lambda: _("keys were not asked for"),
    "the draw secret is not public yet": lambda: _("the draw secret is not public yet"),
}


@bp.app_template_filter("archive_omitted")
def archive_omitted(why: str) -> str:
    """Why a member was left out, in the reader's language."""
    return WORDS[why]() if why in WORDS else why


@bp.get("")
@requires(*archives.READING)
def index() -> Response:
    found = find(
        archives.events_for(principal()), lambda one: (one.title, one.contest_title), *asked()
    )  # fmt: skip
    return render("reports/archives.html", found=found)


@bp.get("/<int:event_id>")
@requires(*archives.READING)
def event(event_id: int) -> Response:
    return event_page(archives.event_for(principal(), event_id))


def event_page(found: ArchiveEvent, status: int = 200, **forms: Any) -> Response:
    """The archives of one event; forms: those that were refused, by name."""
    who, every = principal(), archives.archives_of(found.event_id)
    ids = [one.asked_by_account_id for one in every if one.asked_by_account_id]
    made: dict[str, Any] = {
        "make_form": ArchiveForm(formdata=None, prefix="make"),
        "take_form": TakeForm(formdata=None, prefix="take"),
    }
    return render(
        "reports/archive.html",
        status=status,
        head=found,
        archives=every,
        people=names_of_accounts(ids),
        may={
            "make": found.allows(who, Permission.EXPORT_LISTS),
            "names": found.allows(who, Permission.UNMASK_PEOPLE),
            "keys": found.allows(who, Permission.RUN_EXAMS),
        },
        **{**made, **forms},
    )


@bp.get("/<int:event_id>/progress")
@requires(*archives.READING)
def progress(event_id: int) -> Response:
    """How far the archive is that is being made, for the page that watches."""
    found = archives.event_for(principal(), event_id)
    every = archives.archives_of(found.event_id)
    return render("reports/_archive_progress.html", head=found, newest=every[0] if every else None)


@bp.post("/<int:event_id>/make")
@requires(Permission.EXPORT_LISTS)
def make(event_id: int) -> ResponseReturnValue:
    found = archives.event_for(principal(), event_id, Permission.EXPORT_LISTS)
    form = ArchiveForm(prefix="make")
    if not form.validate_on_submit():
        return event_page(found, 422, make_form=form)
    wish = archiving.Wish(form.reason.data, bool(form.with_names.data), bool(form.with_keys.data))
    _require(found, with_names=wish.with_names, with_keys=wish.with_keys)
    with transaction():
        archiving.ask_archive(event_id, wish, principal().account_id, clock.now())
    flash(_("The archive is being made; this page shows how far."), "success")
    return redirect(url_for(".event", event_id=event_id), code=303)


@bp.post("/files/<int:archive_id>/take")
@requires(Permission.EXPORT_LISTS)
def take(archive_id: int) -> ResponseReturnValue:
    event_id, one = archives.archive(archive_id)
    found = archives.event_for(principal(), event_id, Permission.EXPORT_LISTS)
    _require(found, with_names=one.with_names, with_keys=one.with_keys)
    form = TakeForm(prefix="take")
    if not form.validate_on_submit():
        return event_page(found, 422, take_form=form, taken_id=archive_id)
    with transaction():
        row = archiving.take(archive_id, form.reason.data)
        file_id, made_at = row.file_id, row.made_at
    if file_id is None or made_at is None:
        raise ArchiveMissing
    name = f"archive-{found.contest}-{found.code}-{made_at.astimezone(clock.SHANGHAI):%Y%m%d-%H%M}.zip"
    return send_file(
        place_of(file_id), mimetype=archiving.ZIP, as_attachment=True, download_name=name, max_age=0
    )  # fmt: skip


def _require(found: ArchiveEvent, *, with_names: bool, with_keys: bool) -> None:
    """raise (Forbidden): names or keys are not for this person."""
    who = principal()
    if with_names and not found.allows(who, Permission.UNMASK_PEOPLE):
        raise Forbidden
    if with_keys and not found.allows(who, Permission.RUN_EXAMS):
        raise Forbidden
