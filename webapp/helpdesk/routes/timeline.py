"""The time line of one contestant of one exam."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.paging import Pages
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.routes.scope import may_run, may_watch
from webapp.exam.rules.timeline import KINDS, Moment
from webapp.helpdesk import service
from webapp.helpdesk.forms import TakeAwayForm
from webapp.helpdesk.queries.scope import LOOKING, STAFF, may_follow
from webapp.helpdesk.queries.timeline import PersonLine, person_line
from webapp.helpdesk.routes.blueprint import bp

PAGE_SIZE = 200


@bp.get("/staff/exams/<int:exam_id>/people/<int:participation_id>")
@requires(*LOOKING)
def time_line(exam_id: int, participation_id: int) -> Response:
    page = person_line(principal(), exam_id, participation_id, request.args.get("kind", ""))
    return _page(page, TakeAwayForm(formdata=None))


@bp.post("/staff/exams/<int:exam_id>/people/<int:participation_id>")
@requires(*STAFF)
def take_time_line(exam_id: int, participation_id: int) -> ResponseReturnValue:
    """The same as a CSV file, with the reason noted."""
    page = person_line(principal(), exam_id, participation_id, request.args.get("kind", ""), STAFF)
    form = TakeAwayForm()
    if not form.validate():
        return _page(page, form, 422)
    head = [_("Time (Beijing)"), _("Kind"), _("Step"), _("Who"), _("Words")]
    with transaction():
        made = service.take_away(page, head, [_row(one) for one in page.line.moments], form.why.data)
    response = Response(made, mimetype="text/csv")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=time-line-{exam_id}-{participation_id}.csv"
    )
    return response


def _row(one: Moment) -> list[str]:
    at = one.at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return [at, _(KINDS[one.kind]), say(one.text), one.who, one.words]


def _page(page: PersonLine, form: TakeAwayForm, status: int = 200) -> Response:
    newest = page.line.moments[::-1]
    me, head = principal(), page.head
    cut = Pages.of(request.args.get("page", 1, int), len(newest), PAGE_SIZE)
    return render(
        "helpdesk/time_line.html",
        status=status,
        page=page,
        moments=newest[(cut.page - 1) * PAGE_SIZE : cut.page * PAGE_SIZE],
        cut=cut,
        kinds=KINDS,
        kind=request.args.get("kind", ""),
        form=form,
        may_watch=may_watch(head),
        may_run=may_run(head),
        may_take=may_follow(me, page.card.person_id, head.contest_id, head.event_id, STAFF),
        may_help=me.holds(Permission.HELP_PEOPLE),
    )
