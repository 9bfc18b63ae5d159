"""The blueprint of practical tests, and who may do what in which stage."""

from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests.queries import StageView, stage_by_id
from webapp.contests.rules.practical import PracticalModule
from webapp.core.errors import NotFound
from webapp.core.words import N_
from webapp.judging.errors import ModuleGone
from webapp.judging.queries.judges import is_named
from webapp.judging.queries.modules import RunView, module_of, run_of
from webapp.judging.rules.items import plain

bp = Blueprint("judging", "webapp.judging", template_folder="templates")

SCORE, LEAD, HOST, WATCH = (
    Permission.MARK_ANSWERS,
    Permission.ARBITRATE_ANSWERS,
    Permission.RUN_EXAMS,
    Permission.WATCH_EXAMS,
)
LOOKING = (LEAD, HOST, WATCH)
"""Any of them opens the figures of a stage."""

NAVIGATION = (
    MenuEntry(N_("Score practical tests"), "judging.mine", permission=SCORE, order=45),
    MenuEntry(N_("Practical tests"), "judging.index", permission=HOST, or_permission=LEAD, order=46),
)


@bp.app_template_filter("points")
def points(number: Decimal | int | None) -> str:
    """Points as people read them: exact, no zeros behind the last digit that says something."""
    return "–" if number is None else plain(Decimal(number))


@dataclass(frozen=True)
class Place:
    """A module that the signed-in person may look at. is_host: sets it up; is_chief: named to lead its judges;
    is_judge: named to judge it, and therefore blind until it is decoded."""

    stage: StageView
    module: PracticalModule
    run: RunView
    is_host: bool
    is_chief: bool
    is_judge: bool

    @property
    def key(self) -> dict[str, object]:
        """What addresses of this module need."""
        return {"stage_id": self.stage.stage_id, "module": self.module.code}

    @property
    def may_see_names(self) -> bool:
        return self.run.decoded_at is not None or (self.is_host and not self.is_judge)

    @property
    def may_see_marks(self) -> bool:
        """Whether what every judge gave is for this person: who judges here waits until it is decoded."""
        return self.is_chief or not self.is_judge or self.run.decoded_at is not None


def stage_in_scope(stage_id: int, *permissions: Permission) -> StageView:
    """The stage, when any of the permissions covers it; a foreign one answers like a missing one."""
    try:
        stage = stage_by_id(stage_id)
    except NotFound as error:
        raise ModuleGone from error
    if not any(may(stage, one) for one in permissions or (HOST,)):
        raise ModuleGone
    return stage


def place_in_scope(stage_id: int, code: str, *permissions: Permission) -> Place:
    """The module, when any of the permissions covers its event. raise (ModuleGone)."""
    stage_in_scope(stage_id, *permissions)
    stage, module = module_of(stage_id, code)
    me = principal().account_id
    return Place(
        stage,
        module,
        run_of(stage_id, code),
        may(stage, HOST),
        may(stage, LEAD) and is_named(stage_id, code, me, chief=True),
        is_named(stage_id, code, me),
    )


def may(stage: StageView, permission: Permission) -> bool:
    """Whether the signed-in person holds the permission over this stage."""
    return principal().allows(permission, contest_id=stage.contest_id, event_id=stage.event_id)
