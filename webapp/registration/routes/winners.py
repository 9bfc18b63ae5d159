"""The register of earlier winners: list and search, import from a workbook, deciding whose a record is."""

from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.principal import principal
from webapp.accounts.errors import UploadGone, WorkbookUnreadable
from webapp.accounts.service import importing
from webapp.banks.errors import FileRefused
from webapp.core import clock
from webapp.core.errors import DomainError, NotFound
from webapp.core.forms import trimmed
from webapp.core.i18n import gettext as _
from webapp.core.i18n import ngettext, say
from webapp.core.render import render
from webapp.core.transaction import in_transaction, transaction
from webapp.registration.errors import WinnersEmpty
from webapp.registration.formats import winners as workbooks
from webapp.registration.queries import winners as queries
from webapp.registration.routes.participants import workbook
from webapp.registration.rules.winners import MATCH_TEXTS, PRIZE_TEXTS, MatchState
from webapp.registration.service import winners as service

bp = Blueprint("winners", __name__, template_folder="../templates", url_prefix="/staff/winners")

WHY_MOST = 300


@bp.get("")
@requires(queries.KEEPING)
def overview() -> ResponseReturnValue:
    found = queries.registers(principal())
    if len(found) == 1:
        return redirect(url_for(".listing", contest_id=found[0].contest_id), code=303)
    return render("registration/winner_registers.html", registers=found)


@bp.get("/contests/<int:contest_id>")
@requires(queries.KEEPING)
def listing(contest_id: int) -> ResponseReturnValue:
    who = principal()
    register, chosen = queries.register_for(who, contest_id), _filter()
    return render(
        "registration/winners.html",
        register=register,
        others=[one for one in queries.registers(who) if one.contest_id != contest_id and one.records],
        view=queries.page(contest_id, chosen, _number("page", 1)),
        chosen=chosen,
        years=queries.years(contest_id),
        states=MATCH_TEXTS,
        prizes=PRIZE_TEXTS,
    )


@bp.route("/contests/<int:contest_id>/import", methods=["GET", "POST"])
@requires(queries.KEEPING)
def bring_in(contest_id: int) -> ResponseReturnValue:
    """Read a workbook and show what would come in, and what is wrong. Nothing is stored yet."""
    register = queries.register_for(principal(), contest_id)
    if request.method == "GET":
        return render("registration/winners_import.html", register=register, book=None, error="")
    upload = request.files.get("file")
    content = upload.read() if upload is not None else b""
    try:
        book = workbooks.read(content, _today())
        if not book.lines and not book.problems:
            raise WinnersEmpty
    except (WorkbookUnreadable, FileRefused, WinnersEmpty) as error:
        return render(
            "registration/winners_import.html", status=422, register=register, book=None,
            error=say(error.message),
        )  # fmt: skip
    ticket = importing.keep(content, principal().account_id)
    return render("registration/winners_import.html", register=register, book=book, ticket=ticket, error="")


@bp.post("/contests/<int:contest_id>/import/accept")
@requires(queries.KEEPING)
def accept(contest_id: int) -> ResponseReturnValue:
    who, now = principal(), clock.now()
    register = queries.register_for(who, contest_id)
    ticket = request.form.get("ticket", "")[:64]
    try:
        book = workbooks.read(importing.kept(ticket, who.account_id), _today())
    except (UploadGone, WorkbookUnreadable, FileRefused) as error:
        return render(
            "registration/winners_import.html", status=409, register=register, book=None,
            error=say(error.message),
        )  # fmt: skip
    if book.problems and request.form.get("part") != "valid":
        return render(
            "registration/winners_import.html", status=422, register=register, book=book, ticket=ticket,
            error="",
        )  # fmt: skip
    done = in_transaction(lambda: service.bring_in(contest_id, book.lines, who.account_id, now))
    importing.forget(ticket, who.account_id)
    flash(
        _(
            "%(added)d records came in, %(matched)d of them matched by their number; %(known)d were there already.",
            added=done.added,
            matched=done.matched,
            known=done.known,
        ),
        "success",
    )
    return redirect(url_for(".listing", contest_id=contest_id), code=303)


@bp.get("/template.xlsx")
@requires(queries.KEEPING)
def template() -> ResponseReturnValue:
    return workbook(workbooks.template(), "earlier-winners-template.xlsx")


@bp.post("/contests/<int:contest_id>/take-over")
@requires(queries.KEEPING)
def take_over(contest_id: int) -> ResponseReturnValue:
    """Copy the register of an earlier contest that the person keeps too."""
    who = principal()
    queries.register_for(who, contest_id)
    source = queries.register_for(who, _number("source"))
    if source.contest_id == contest_id:
        raise NotFound
    count = in_transaction(
        lambda: service.take_over(contest_id, source.contest_id, who.account_id, clock.now())
    )
    flash(ngettext("%(num)d record was taken over.", "%(num)d records were taken over.", count), "success")
    return redirect(url_for(".listing", contest_id=contest_id), code=303)


@bp.get("/<int:winner_id>")
@requires(queries.KEEPING)
def one(winner_id: int) -> ResponseReturnValue:
    return _page(winner_id)


@bp.post("/<int:winner_id>")
@requires(queries.KEEPING)
def decide(winner_id: int) -> ResponseReturnValue:
    """Decide whose the record is, take a decision back, or take the record out."""
    who, now = principal(), clock.now()
    contest_id = queries.load(who, winner_id).contest_id
    why = str(trimmed(request.form.get("why", "")))[:WHY_MOST]
    action, person_id = request.form.get("action", ""), _number("person")
    try:
        with transaction():
            if action == "match":
                service.match(winner_id, person_id, who, why, now)
            elif action == "rule-out":
                service.rule_out(winner_id, person_id, who, why, now)
            elif action == "nobody":
                service.match_nobody(winner_id, who, why, now)
            elif action == "reopen":
                service.reopen(winner_id, who, why, now)
            elif action == "remove":
                service.remove(winner_id, who, why, now)
            else:
                return _page(winner_id, 422, _("Please choose what is to be done."))
    except NotFound:
        raise
    except DomainError as refusal:
        return _page(winner_id, refusal.status, say(refusal.message), why)
    flash(_("Your decision is saved."), "success")
    if action == "remove":
        return redirect(url_for(".listing", contest_id=contest_id), code=303)
    return redirect(url_for(".one", winner_id=winner_id), code=303)


def _page(winner_id: int, status: int = 200, error: str = "", why: str = "") -> ResponseReturnValue:
    row = queries.load(principal(), winner_id)
    decided_by, decided_at = queries.matched_at(row)
    found = queries.candidates(winner_id)
    return render(
        "registration/winner.html",
        status=status,
        contest_id=row.contest_id,
        row=queries.row_of(row),
        person_id=row.person_id,
        candidates=found,
        is_removed=row.removed_at is not None,
        decided_by=decided_by,
        decided_at=decided_at,
        decided_why=row.match_why,
        prizes=PRIZE_TEXTS,
        states=MATCH_TEXTS,
        error=error,
        why=why,
    )


def _filter() -> queries.Filter:
    """The filter from the address; anything unknown is as if it were not there."""
    state = request.args.get("state", "")
    return queries.Filter(
        name=str(trimmed(request.args.get("name", "")))[:50],
        trade=str(trimmed(request.args.get("trade", "")))[:50],
        year=_number("year"),
        state=MatchState(state) if state in set(MatchState) else None,
    )


def _number(name: str, otherwise: int = 0) -> int:
    text = request.values.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else otherwise


def _today() -> date:
    return clock.now().astimezone(clock.SHANGHAI).date()
