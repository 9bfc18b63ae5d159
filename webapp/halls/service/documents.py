"""What is printed: lists of halls and admission tickets, with a QR picture that tells nobody's name."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import segno
from flask import current_app, url_for

from webapp.core import typesetting
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, until
from webapp.exam.queries import control
from webapp.exam.queries.control import ExamHead
from webapp.halls.queries.halls import HallView, hall, plan_of
from webapp.halls.queries.seats import BY_PINYIN, SeatView, seat_of
from webapp.halls.rules import codes

FOLDER = Path(__file__).resolve().parent.parent / "typst"


@dataclass(frozen=True)
class TicketFacts:
    """Everything on a ticket. words: rules in the reader's language, '' = none beyond the usual ones."""

    exam: ExamHead
    hall: HallView
    who: SeatView
    tickets_from: datetime | None
    late_from: datetime | None
    words: str


def ticket_facts(exam_id: int, participation_id: int) -> TicketFacts:
    """The ticket of somebody who has a seat. raise (SeatNotFound)."""
    who, plan = seat_of(exam_id, participation_id), plan_of(exam_id)
    return TicketFacts(
        control.head(exam_id),
        hall(exam_id, who.hall_id),
        who,
        plan.tickets_from,
        plan.late_from,
        pick(plan.words),
    )


def address_of(facts: TicketFacts) -> str:
    """The address in the QR picture: its token is the signed code and nothing else."""
    token = codes.signed(current_app.config["SECRET_KEY"], facts.exam.exam_id, facts.who.code)
    return f"{current_app.config['PUBLIC_URL']}{url_for('halls.scanned', token=token)}"


def open_token(token: str) -> tuple[int, str] | None:
    """Exam and code of a token from a QR picture, or None when it is forged."""
    keys = [current_app.config["SECRET_KEY"], *current_app.config.get("SECRET_KEY_FALLBACKS", ())]
    return codes.opened(keys, token)


def picture(content: str) -> str:
    """A QR picture as SVG."""
    out = io.BytesIO()
    segno.make(content, error="m", micro=False).save(
        out, kind="svg", border=2, scale=4, dark="#000", light="#fff", xmldecl=False
    )
    return out.getvalue().decode()


def ticket_pdf(facts: TicketFacts) -> bytes:
    """The admission ticket on one page."""
    who, exam, place = facts.who, facts.exam, facts.hall
    rows = [
        (_("Name"), who.name),
        (_("Document number"), who.document),
        (_("Contestant number"), who.number),
        (_("Unit"), who.unit or "–"),
        (_("Exam"), f"{pick(exam.event_title)} · {pick(exam.title)}"),
        (_("Exam window"), f"{until(exam.opens_at)} – {until(exam.closes_at)}"),
        (_("Site"), place.site),
        (_("Street address"), pick(place.address) or "–"),
        (_("Hall"), place.name),
        (_("Seat"), who.label),
    ]
    data = {
        "title": _("Admission ticket"),
        "contest": pick(exam.contest_title),
        "rows": rows,
        "code": codes.shown(who.code),
        "code_label": _("Ticket code"),
        "qr": picture(address_of(facts)),
        "rules_title": _("Rules"),
        "rules": ticket_rules(facts),
    }
    return typesetting.pdf(FOLDER / "ticket.typ", data)


def ticket_rules(facts: TicketFacts) -> list[str]:
    """The rules on a ticket, one paragraph each: the usual ones, then the host's."""
    usual = [_("Bring this ticket and the document it was made for; without the document nobody is let in.")]
    if facts.late_from is not None:
        usual.append(
            _("Be checked in before %(when)s; later comers are noted as late.", when=until(facts.late_from))
        )
    return usual + [line.strip() for line in facts.words.splitlines() if line.strip()]


def list_pdf(exam: ExamHead, place: HallView, rows: Sequence[SeatView], order: str) -> bytes:
    """The list of one hall for its door and desk, with room for signatures."""
    by = _("by pinyin") if order == BY_PINYIN else _("by seat")
    data = {
        "title": f"{place.name} · {by}",
        "contest": pick(exam.contest_title),
        "exam": f"{pick(exam.event_title)} · {pick(exam.title)} · {until(exam.opens_at)} – {until(exam.closes_at)}",
        "place": f"{place.site} {pick(place.address)}",
        "head": [
            _("Seat"), _("Name"), _("Contestant number"), _("Document number"), _("Unit"), _("Ticket code"),
            _("Signature"),
        ],
        "rows": [
            [one.label, one.name, one.number, one.document, one.unit, codes.shown(one.code)] for one in rows
        ],
        "count": _("%(n)s people", n=len(rows)),
    }  # fmt: skip
    return typesetting.pdf(FOLDER / "list.typ", data)
