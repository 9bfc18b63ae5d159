"""The host's way from a board to a final list, public notices, objections."""

from webapp.contests.service.moves import move_along_with
from webapp.judging.service import gates
from webapp.stages.routes import (
    acting,
    circulars,
    excepting,
    exports,
    merging,
    nominating,
    objections,
    own,
    places,
    public,
    running,
    sending,
    staff,
    submissions,
    teams,
)
from webapp.stages.routes.blueprint import NAVIGATION, bp
from webapp.stages.service.holding import may_begin
from webapp.stages.service.moving import foresee_answers, move_answers

move_along_with(foresee_answers, move_answers)
gates.before_begin.append(may_begin)

__all__ = [
    "NAVIGATION",
    "acting",
    "bp",
    "circulars",
    "excepting",
    "exports",
    "merging",
    "nominating",
    "objections",
    "own",
    "places",
    "public",
    "running",
    "sending",
    "staff",
    "submissions",
    "teams",
]
