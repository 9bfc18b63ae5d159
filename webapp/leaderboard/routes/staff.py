"""The hosts' boards: full rows, whole names with a reason, lists to take away."""

from flask import Response, make_response, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests import queries as contests
from webapp.contests.queries import EventView, StageView
from webapp.core import clock
from webapp.core.errors import Forbidden, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.core.listing import asked
from webapp.core.paging import find
from webapp.core.render import render
from webapp.core.tickets import Watcher
from webapp.core.transaction import transaction
from webapp.leaderboard.forms import ExportForm, UnmaskForm
from webapp.leaderboard.queries import lists
from webapp.leaderboard.queries.rows import WHOLE_NAMES
from webapp.leaderboard.routes.blueprint import POLL_S, board_when, bp, component_name, live_path
from webapp.leaderboard.routes.fragments import Codes, host_screen, rows_page, shown, stage_of
from webapp.leaderboard.routes.public import page_asked, shared
from webapp.leaderboard.service.exporting import ListWords, note_unmasking, top_list

STAFF_PAGE = 50
MASK = "first_character"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/staff/boards")
@requires(Permission.SEE_FULL_BOARDS)
def staff_index() -> Response:
    boards = lists.boards_in_scope(principal(), clock.now())
    found = find(boards, lambda one: (one.event_title, one.stage_title, one.contest_title), *asked())
    return render("leaderboard/staff_index.html", found=found)


@bp.get("/staff/boards/<contest>/<event>/<stage>")
@requires(Permission.SEE_FULL_BOARDS)
def staff_board(contest: str, event: str, stage: str) -> Response:
    codes = Codes(contest, event, stage)
    found, _event = _in_scope(codes)
    if request.args.get("screen"):
        return _screen(codes, found)
    return _board(codes, found)


@bp.get("/staff/boards/<contest>/<event>/<stage>/screen-rows")
@requires(Permission.SEE_FULL_BOARDS)
def staff_screen_rows(contest: str, event: str, stage: str) -> Response:
    codes = Codes(contest, event, stage)
    _in_scope(codes)
    response = shared(host_screen(codes))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.post("/staff/boards/<contest>/<event>/<stage>/names")
@requires(Permission.UNMASK_PEOPLE)
def unmask(contest: str, event: str, stage: str) -> Response:
    codes = Codes(contest, event, stage)
    found, _event = _in_scope(codes, Permission.UNMASK_PEOPLE)
    form = UnmaskForm(prefix="unmask")
    if not form.validate_on_submit():
        return _board(codes, found, unmask_form=form, status=422)
    with transaction():
        note_unmasking(found, page_asked(), form.reason.data)
    return _board(codes, found, mask=WHOLE_NAMES)


@bp.post("/staff/boards/<contest>/<event>/<stage>/export")
@requires(Permission.EXPORT_LISTS)
def export(contest: str, event: str, stage: str) -> ResponseReturnValue:
    codes = Codes(contest, event, stage)
    found, event_view = _in_scope(codes, Permission.EXPORT_LISTS)
    form = ExportForm(prefix="export")
    if not form.validate_on_submit():
        return _board(codes, found, export_form=form, status=422)
    if form.whole_names.data and not _allows(event_view, Permission.UNMASK_PEOPLE):
        raise Forbidden
    with transaction():
        made = top_list(
            found, _words(found, event_view), form.reason.data, whole_names=bool(form.whole_names.data)
        )
    response = make_response(made)
    response.mimetype = XLSX
    response.headers["Content-Disposition"] = f'attachment; filename="{contest}-{event}-{stage}.xlsx"'
    return response


def _in_scope(
    codes: Codes, permission: Permission = Permission.SEE_FULL_BOARDS
) -> tuple[StageView, EventView]:
    """The stage, if the person's grant covers it. raise (NotFound): it answers like a missing one."""
    found = stage_of(codes)
    event = contests.event_by_id(found.event_id, clock.now())
    if not _allows(event, permission):
        raise NotFound
    return found, event


def _allows(event: EventView, permission: Permission) -> bool:
    return lists.may(principal(), event.contest_id, event.event_id, event.organiser_id, permission)


def _board(
    codes: Codes,
    found: StageView,
    mask: str = MASK,
    unmask_form: UnmaskForm | None = None,
    export_form: ExportForm | None = None,
    status: int = 200,
) -> Response:
    event = contests.event_by_id(found.event_id, clock.now())
    return render(
        "leaderboard/staff_board.html",
        fragment="leaderboard/_staff_rows.html" if request.method == "GET" else None,
        status=status,
        codes=codes,
        stage=found,
        event=event,
        state=shown(found),
        board=rows_page(found, page_asked(), mask, STAFF_PAGE),
        is_unmasked=mask == WHOLE_NAMES,
        at=clock.now(),
        live=live_path(found, Watcher.HOST),
        poll_s=POLL_S,
        unmask_form=(unmask_form or UnmaskForm(formdata=None, prefix="unmask"))
        if _allows(event, Permission.UNMASK_PEOPLE)
        else None,
        export_form=(export_form or ExportForm(formdata=None, prefix="export"))
        if _allows(event, Permission.EXPORT_LISTS)
        else None,
    )


def _screen(codes: Codes, found: StageView) -> Response:
    return render(
        "leaderboard/screen.html",
        stage=found,
        event=contests.event_by_id(found.event_id, clock.now()),
        state=shown(found),
        is_frozen=False,
        rows_address=url_for(".staff_screen_rows", **codes.__dict__),
        fragment_html=host_screen(codes).html,
        live=live_path(found, Watcher.HOST),
        poll_s=POLL_S,
    )


def _words(found: StageView, event: EventView) -> ListWords:
    """The head of an exported list."""
    place = f"{pick(event.contest_title)} · {pick(event.title)} · {pick(found.title)}"
    state = _("Published") if shown(found).value == "published" else _("Provisional, not yet published")
    return ListWords(
        title=place,
        notes=(f"{state} · {board_when(clock.now())}",),
        rank=_("Rank"),
        number=_("Contestant number"),
        name=_("Contestant"),
        unit=_("Unit"),
        combined=_("Combined score"),
        component=lambda key: _(component_name(key)),
    )
