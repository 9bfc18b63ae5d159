"""What a contestant sees of the list: beside the result, and one's own objections."""

from dataclasses import dataclass

from flask import Response

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.contests.queries import StageView, stage_by_id
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.render import render
from webapp.leaderboard.queries.kept import rows_by_id
from webapp.leaderboard.queries.own import own_entry, own_stage_id
from webapp.stages.queries import notices, objections
from webapp.stages.queries.candidates import decisions
from webapp.stages.queries.lists import newest
from webapp.stages.queries.notices import NoticeView
from webapp.stages.routes.blueprint import bp
from webapp.stages.rules.states import ListState


@dataclass(frozen=True)
class OwnList:
    """Where the list stands for one contestant. state: None before the freeze. is_listed: on the notice, with
    rank. reason: why the person was taken off, told once the list is posted."""

    stage: StageView
    state: ListState | None
    notice: NoticeView | None
    is_running: bool
    is_listed: bool
    rank: int
    is_off: bool
    reason: str


@bp.get("/my/list-panel/<int:participation_id>/<stage_code>")
@signed_in
def list_panel(participation_id: int, stage_code: str) -> Response:
    """Where the list of a stage stands, for the contestant's result page."""
    who = principal()
    stage_id = own_stage_id(participation_id, who.person_id, stage_code)
    if stage_id is None:
        raise NotFound
    view = stage_by_id(stage_id)
    mine = own_entry(who.person_id, view.event_id)
    panel = _panel(view, mine[0] if mine else 0)
    return render("stages/list_panel.html", fragment="stages/_list_panel.html", panel=panel)


@bp.get("/my/objections")
@signed_in
def own_objections() -> Response:
    rows = objections.own(principal().person_id)
    places = {one.stage_id: objections.place(one.stage_id) for one in rows}
    return render("stages/own_objections.html", rows=rows, places=places)


def _panel(view: StageView, entry_id: int) -> OwnList:
    one = newest(view.stage_id)
    notice = notices.current(view.stage_id)
    row = None
    word = None
    if notice is not None:
        listed = rows_by_id(notice.snapshot_id)
        row = next((each for each in listed if each["entry_id"] == entry_id), None)
        word = decisions(notice.list_id, entry_id).get(entry_id) if row is None else None
    is_off = word is not None and word.decision.takes_off
    return OwnList(
        stage=view,
        state=ListState(one.state) if one else None,
        notice=notice,
        is_running=notice is not None and clock.now() < notice.ends_at,
        is_listed=row is not None,
        rank=row["rank"] if row else 0,
        is_off=is_off,
        reason=word.reason if word and is_off else "",
    )
