"""What there is to mark, and how far it is."""

from flask import Response

from webapp.access.guards import requires
from webapp.access.principal import principal
from webapp.accounts.queries import people
from webapp.core import clock
from webapp.core.i18n import pick
from webapp.core.render import render
from webapp.exam.queries.results import is_over
from webapp.exam.routes.scope import head_in_scope, may
from webapp.marking.queries import progress as queries
from webapp.marking.routes.blueprint import DECIDE, HOST, LOOKING, MARK, WATCH, bp


@bp.get("/staff/marking")
@requires(MARK, HOST, WATCH)
def index() -> Response:
    me, now = principal(), clock.now()
    rows = []
    for line in queries.exams_with_answers(me.account_id):
        allowed = {
            one
            for one in (MARK, *LOOKING)
            if me.allows(one, contest_id=line.contest_id, event_id=line.event_id)
        }
        may_mark, may_look = MARK in allowed, bool(allowed - {MARK})
        if may_mark or may_look:
            rows.append(
                {
                    "line": line,
                    "title": pick(line.title),
                    "event": pick(line.event_title),
                    "may_mark": may_mark and is_over(line.exam_id, now),
                    "waits": may_mark and not is_over(line.exam_id, now),
                    "may_look": may_look,
                }
            )
    return render("marking/index.html", rows=rows)


@bp.get("/staff/marking/<int:exam_id>")
@requires(*LOOKING)
def progress(exam_id: int) -> Response:
    head = head_in_scope(exam_id, *LOOKING)
    me = principal()
    found = queries.markers_of(exam_id)
    return render(
        "marking/progress.html",
        head=head,
        title=pick(head.title),
        event=pick(head.event_title),
        questions=queries.questions_of(exam_id),
        markers=found,
        names=people.names_of_accounts(one.account_id for one in found),
        to_decide=queries.to_decide(exam_id, me.account_id) if may(head, DECIDE) else [],
    )
