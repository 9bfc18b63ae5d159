"""One's own place: at any time, whether the board is public or not."""

from dataclasses import dataclass

from flask import Response

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.contests import queries as contests
from webapp.contests.queries import StageView
from webapp.core.errors import NotFound
from webapp.core.render import render
from webapp.leaderboard.queries import own
from webapp.leaderboard.queries.own import OwnPlace
from webapp.leaderboard.routes.blueprint import bp
from webapp.leaderboard.routes.fragments import Codes, shown, stage_of
from webapp.leaderboard.rules.visibility import Shown


@dataclass(frozen=True)
class RankPanel:
    """What the panel shows. place: None while there is no result to rank; state: of the board to the public,
    which decides whether neighbours show."""

    stage: StageView
    place: OwnPlace | None
    state: Shown


@bp.get("/boards/<contest>/<event>/<stage>/own")
@signed_in
def own_place(contest: str, event: str, stage: str) -> Response:
    """The own line above a board; nothing for those who do not take part."""
    found = stage_of(Codes(contest, event, stage))
    mine = own.own_entry(principal().person_id, found.event_id)
    place = own.place_of(found, mine[0], found.rules.board.mask) if mine else None
    return render("leaderboard/_own.html", stage=found, takes_part=mine is not None, place=place)


@bp.get("/my/rank-panel/<int:participation_id>/<stage_code>")
@signed_in
def rank_panel(participation_id: int, stage_code: str) -> Response:
    """Place, neighbours and every step of the arithmetic, for the contestant."""
    who = principal()
    stage_id = own.own_stage_id(participation_id, who.person_id, stage_code)
    if stage_id is None:
        raise NotFound
    stage = contests.stage_by_id(stage_id)
    mine = own.own_entry(who.person_id, stage.event_id)
    place = own.place_of(stage, mine[0], stage.rules.board.mask) if mine else None
    panel = RankPanel(stage, place, shown(stage))
    return render("leaderboard/rank_panel.html", fragment="leaderboard/_rank_panel.html", panel=panel)
