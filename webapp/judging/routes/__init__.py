"""Pages of practical tests."""

from webapp.contests.service.moves import move_along_with
from webapp.judging.routes import importing, judge, leading, module, own, preparing, stage  # noqa: F401 - their routes
from webapp.judging.routes.blueprint import NAVIGATION, bp
from webapp.judging.service.moving import foresee_works

move_along_with(foresee_works)

__all__ = ["NAVIGATION", "bp"]
