"""Contestants of an event, for organisers and hosts."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.principal import principal
from webapp.audit.service import record
from webapp.core.clock import SHANGHAI
from webapp.core.forms import trimmed
from webapp.core.i18n import gettext as _
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.registration.formats.workbooks import handout
from webapp.registration.queries import participants

bp = Blueprint("participants", __name__, template_folder="../templates", url_prefix="/staff/participants")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("")
@requires(*participants.SEEING)
def overview() -> ResponseReturnValue:
    return render("registration/participant_events.html", events=participants.events_of(principal()))


@bp.get("/<int:event_id>")
@requires(*participants.SEEING)
def listing(event_id: int) -> ResponseReturnValue:
    event = participants.event_for(principal(), event_id)
    name = str(trimmed(request.args.get("name", "")))[:50]
    number = request.args.get("page", "")
    return render(
        "registration/participants.html",
        event=event,
        view=participants.page(event_id, name, int(number) if number.isdecimal() and len(number) < 9 else 1),
        name=name,
    )


@bp.post("/<int:event_id>/export")
@requires(*participants.SEEING)
def export(event_id: int) -> ResponseReturnValue:
    """The list as a workbook. A POST, because the audit trail notes it."""
    event = participants.event_for(principal(), event_id)
    rows = participants.everybody(event_id)
    with transaction():
        record("participants.export", "event", event_id, rows=len(rows))
    content = handout(
        [
            (
                row.number,
                row.name,
                row.document_mask,
                row.phone_mask,
                " / ".join(row.unit_path),
                state_words()[row.state],
                row.confirmed_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
            )
            for row in rows
        ],
        [
            _("Contestant number"),
            _("Name"),
            _("Document number"),
            _("Phone"),
            _("Unit"),
            _("State"),
            _("Confirmed at"),
        ],
    )
    return workbook(content, f"participants-{event.header.contest_code}-{event.header.code}.xlsx")


def state_words() -> dict[str, str]:
    """The states of a participation in the reader's language."""
    return {"active": _("takes part"), "withdrawn": _("withdrawn"), "disqualified": _("excluded")}


def workbook(content: bytes, name: str) -> Response:
    """A workbook to download; `name` is ASCII."""
    response = Response(content, mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
