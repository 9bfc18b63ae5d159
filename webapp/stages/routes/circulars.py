"""The circular after all events: the host's page, the bodies' agreements, and what the public reads."""

from typing import Any

from flask import Response, flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from webapp.access.guards import public, requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests.queries import contest_by_code
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.core.limits import limiter
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.stages.errors import CircularClosed, CircularMissing
from webapp.stages.forms import AgreeForm, DropForm
from webapp.stages.queries import circulars
from webapp.stages.queries.circulars import CircularView
from webapp.stages.routes.blueprint import bp, notice_when
from webapp.stages.rules.circular import CircularState, unfinished
from webapp.stages.service import circulating
from webapp.stages.service.exporting import circular_pdf


@bp.get("/staff/circulars")
@requires(Permission.PUBLISH_RESULTS)
def circular_list() -> Response:
    rows = [row for row in circulars.with_second_gate() if _may(row[0])]
    return render("stages/circulars.html", rows=rows)


@bp.get("/staff/circulars/<contest>")
@requires(Permission.PUBLISH_RESULTS)
def circular_page(contest: str) -> Response:
    return _page(contest)


@bp.post("/staff/circulars/<contest>/prepare")
@requires(Permission.PUBLISH_RESULTS)
def prepare_circular(contest: str) -> ResponseReturnValue:
    contest_id = _in_scope(contest)
    with transaction():
        circulating.prepare(contest_id, principal().account_id, clock.now())
    return _done(contest, _("The circular is prepared: every body reads it and agrees."))


@bp.post("/staff/circulars/<contest>/agree")
@requires(Permission.PUBLISH_RESULTS)
def agree_circular(contest: str) -> ResponseReturnValue:
    one = _signing(contest)
    form = AgreeForm(prefix="agree")
    form.body.choices = [SelectChoice(name, name) for name in one.missing]
    if not form.validate_on_submit():
        return _page(contest, 422, agree_form=form)
    with transaction():
        state = circulating.agree(one.circular_id, form.body.data, principal().account_id, clock.now())
    issued = state is CircularState.ISSUED
    return _done(
        contest,
        _("All bodies have agreed: the circular is public.") if issued else _("Your agreement is recorded."),
    )


@bp.post("/staff/circulars/<contest>/drop")
@requires(Permission.PUBLISH_RESULTS)
def drop_circular(contest: str) -> ResponseReturnValue:
    one = _signing(contest)
    form = DropForm(prefix="drop")
    if not form.validate_on_submit():
        return _page(contest, 422, drop_form=form)
    with transaction():
        circulating.drop(one.circular_id, form.reason.data)
    return _done(contest, _("The circular was given up."))


@bp.get("/circulars/<contest>")
@public("the circular after all events; names are masked as on the notices")
def circular(contest: str) -> Response:
    one = _issued(contest)
    return render("stages/circular.html", one=one, is_closed=circulars.is_closed(one, clock.now()))


@bp.get("/circulars/<contest>.json")
@public("the very bytes that the digest of a circular is taken of")
def circular_json(contest: str) -> Response:
    response = make_response(_shown(contest).text)
    response.mimetype = "application/json"
    response.headers["Content-Disposition"] = f'attachment; filename="circular-{contest}.json"'
    return response


@bp.get("/circulars/<contest>.pdf")
@public("the circular as a document")
@limiter.limit("60 per minute")
def circular_document(contest: str) -> Response:
    one = _shown(contest)
    response = make_response(circular_pdf(one, document_words(one)))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="circular-{contest}.pdf"'
    return response


def document_words(one: CircularView) -> dict[str, Any]:
    """The words around the tables, in the reader's language."""
    return {
        "host": pick(one.told["host"]),
        "title": _("Circular on the results of %(contest)s", contest=pick(one.told["title"])),
        "paragraphs": [
            _("All events have ended and their lists are final. The results below are announced with the agreement of %(bodies)s.", bodies="、".join(one.told["bodies"])),
        ],
        "head": [_("Rank"), _("Contestant number"), _("Contestant"), _("Unit"), _("Combined score")],
        "events": [
            {
                "title": pick(event["title"]),
                "rows": [[str(row["rank"]), row["number"], row["name"], row["unit"], row["combined"]] for row in event["rows"]],
            }
            for event in one.told["events"]
        ],
        "closing": [f"{each.body} · {notice_when(each.at)}" for each in one.agreements],
        "digest_label": _("SHA-256 of the list:"),
        "posted_on": notice_when(one.issued_at)[:10],
    }  # fmt: skip


def _page(contest: str, status: int = 200, **forms: Any) -> Response:
    contest_id = _in_scope(contest)
    every = circulars.circulars_of(contest_id)
    ends = circulars.event_ends(contest_id)
    signing = next((one for one in every if one.state is CircularState.SIGNING), None)
    agree_form = AgreeForm(formdata=None, prefix="agree")
    agree_form.body.choices = [SelectChoice(name, name) for name in signing.missing] if signing else []
    made = {"agree_form": agree_form, "drop_form": DropForm(formdata=None, prefix="drop"), **forms}
    return render(
        "stages/circular_staff.html",
        status=status,
        contest=contest,
        title=contest_by_code(contest, clock.now()).title,
        bodies=circulars.bodies_of(contest_id),
        unfinished=unfinished(ends),
        ended=[end for end in ends if end.is_final],
        signing=signing,
        every=every,
        **made,
    )


def _signing(contest: str) -> CircularView:
    contest_id = _in_scope(contest)
    found = [one for one in circulars.circulars_of(contest_id) if one.state is CircularState.SIGNING]
    if not found:
        raise CircularMissing
    return found[0]


def _issued(contest: str) -> CircularView:
    found = circulars.issued(contest_by_code(contest, clock.now()).contest_id)
    if found is None:
        raise NotFound
    return found


def _shown(contest: str) -> CircularView:
    one = _issued(contest)
    if circulars.is_closed(one, clock.now()):
        raise CircularClosed(digest=one.digest)
    return one


def _in_scope(contest: str) -> int:
    """The contest, if a grant covers it whole; a foreign one answers like a missing one."""
    contest_id = contest_by_code(contest, clock.now()).contest_id
    if not _may(contest_id):
        raise NotFound
    return contest_id


def _may(contest_id: int) -> bool:
    return principal().allows(Permission.PUBLISH_RESULTS, contest_id=contest_id)


def _done(contest: str, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("stages.circular_page", contest=contest), code=303)
