"""The host's page of a contest's delegations, and what is posted and taken away."""

from typing import Any

from flask import flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import public, requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests.queries import contest_by_code
from webapp.contingents.queries import contingents as queries
from webapp.contingents.queries import postings
from webapp.contingents.queries.contingents import ContingentView, Member
from webapp.contingents.queries.postings import PostingView
from webapp.contingents.routes.blueprint import bp
from webapp.contingents.rules.choosing import confirm_by
from webapp.contingents.service import composing, posting
from webapp.core import clock
from webapp.core.errors import DomainError, Forbidden, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.limits import limiter
from webapp.core.render import render
from webapp.core.transaction import in_transaction, transaction
from webapp.stages.forms import ListExportForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/staff/delegations/contests/<contest>")
@requires(Permission.PUBLISH_RESULTS)
def hosted(contest: str) -> ResponseReturnValue:
    return _page(contest)


@bp.post("/staff/delegations/contests/<contest>/prepare")
@requires(Permission.PUBLISH_RESULTS)
def prepare(contest: str) -> ResponseReturnValue:
    contest_id = _in_scope(contest)
    try:
        made = in_transaction(lambda: composing.prepare(contest_id, clock.now()))
    except DomainError as refusal:
        return _page(contest, refusal.status, say(refusal.message))
    if made:
        flash(_("%(count)d delegations are made; their unions have a notice.", count=made), "success")
    else:
        flash(
            _("No union is missing: every one that somebody with a place comes from has a delegation."),
            "info",
        )
    return redirect(url_for(".hosted", contest=contest), code=303)


@bp.post("/staff/delegations/contests/<contest>/post")
@requires(Permission.PUBLISH_RESULTS)
def post(contest: str) -> ResponseReturnValue:
    contest_id = _in_scope(contest)
    try:
        in_transaction(lambda: posting.post(contest_id, principal().account_id, clock.now()))
    except DomainError as refusal:
        return _page(contest, refusal.status, say(refusal.message))
    flash(_("The list of delegations is posted."), "success")
    return redirect(url_for(".hosted", contest=contest), code=303)


@bp.post("/staff/delegations/contests/<contest>/export")
@requires(Permission.EXPORT_LISTS)
def export(contest: str) -> ResponseReturnValue:
    contest_id = contest_by_code(contest, clock.now()).contest_id
    who = principal()
    if not who.allows(Permission.EXPORT_LISTS, contest_id=contest_id):
        raise NotFound
    form = ListExportForm(prefix="export")
    if not form.validate_on_submit():
        return _page(contest, 422, form=form)
    whole = bool(form.whole_names.data)
    if whole and not who.allows(Permission.UNMASK_PEOPLE, contest_id=contest_id):
        raise Forbidden
    rule = queries.rule_of(contest_id)
    rows = queries.views(queries.of_contest(contest_id, rule.stage), whole_names=whole)
    with transaction():
        book = posting.table(contest_id, rows, _table_words(contest), form.reason.data, whole_names=whole)
    response = make_response(book)
    response.mimetype = XLSX
    response.headers["Content-Disposition"] = f'attachment; filename="delegations-{contest}.xlsx"'
    return response


@bp.get("/delegation-lists/<contest>")
@public("the posted list of delegations; names are shortened")
def posted(contest: str) -> ResponseReturnValue:
    return render("contingents/posted.html", contest=contest, one=_posted(contest))


@bp.get("/delegation-lists/<contest>.pdf")
@public("the posted list of delegations as a document")
@limiter.limit("60 per minute")
def document(contest: str) -> ResponseReturnValue:
    one = _posted(contest)
    response = make_response(posting.document(one, _document_words(one)))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="delegations-{contest}.pdf"'
    return response


def _page(
    contest: str, status: int = 200, error: str = "", form: ListExportForm | None = None
) -> ResponseReturnValue:
    contest_id = _in_scope(contest)
    limit = queries.limit_of(contest_id)
    rule = limit.value if limit is not None and limit.value.sent_by else None
    rows = queries.views(queries.of_contest(contest_id, rule.stage)) if rule else []
    confirmed = [one.contingent_id for one in rows if one.is_confirmed]
    return render(
        "contingents/hosted.html",
        status=status,
        contest=contest,
        title=contest_by_code(contest, clock.now()).title,
        note=limit.note if limit else None,
        rule=rule,
        rows=rows,
        counts=queries.counts(contest_id, rule, confirmed) if rule else [],
        until=confirm_by(queries.opens_at(contest_id, rule.stage), rule) if rule else None,
        posted=postings.newest(contest_id, rule.stage) if rule else None,
        form=form or ListExportForm(formdata=None, prefix="export"),
        may_export=principal().allows(Permission.EXPORT_LISTS, contest_id=contest_id),
        error=error,
    )


def _in_scope(contest: str) -> int:
    """The contest, if a grant covers it whole; a foreign one answers like a missing one."""
    contest_id = contest_by_code(contest, clock.now()).contest_id
    if not queries.is_host(principal(), contest_id):
        raise NotFound
    return contest_id


def _posted(contest: str) -> PostingView:
    contest_id = contest_by_code(contest, clock.now()).contest_id
    limit = queries.limit_of(contest_id)
    found = postings.newest(contest_id, limit.value.stage) if limit is not None else None
    if found is None:
        raise NotFound
    return found


def _table_words(contest: str) -> dict[str, Any]:
    def event(member: Member) -> str:
        return str(pick(member.event_title)) if member.event_title else ""

    def state(one: ContingentView) -> str:
        return _("confirmed") if one.is_confirmed else _("draft")

    return {
        "title": f"{pick(contest_by_code(contest, clock.now()).title)} · {_('Delegations')}",
        "notes": (),
        "head": (
            _("Delegation"), _("Head of the delegation"), _("State"), _("Kind"), _("Contestant number"), _("Name"), _("Unit"), _("Event"),
        ),
        "contestant": _("Contestant"),
        "judge": _("Judge"),
        "event": event,
        "state": state,
    }  # fmt: skip


def _document_words(one: PostingView) -> dict[str, Any]:
    return {
        "host": pick(one.told["host"]),
        "title": _("Delegations to %(contest)s", contest=pick(one.told["title"])),
        "paragraphs": [],
        "head": [_("Contestant number"), _("Name"), _("Unit"), _("Event")],
        "delegations": [
            {
                "title": _("%(name)s, leader: %(leader)s", name=each["name"], leader=each["leader"]),
                "rows": [
                    *(
                        [row["number"], row["name"], row["unit"], pick(row["event"])]
                        for row in each["contestants"]
                    ),
                    *([_("Judge"), row["name"], row["unit"], ""] for row in each["judges"]),
                ],
            }
            for each in one.told["delegations"]
        ],
        "digest_label": _("SHA-256 of the list:"),
        "posted_on": one.posted_at.astimezone(clock.SHANGHAI).date().isoformat(),
    }
