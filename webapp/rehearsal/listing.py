"""What the steps after an exam share: two people who act, the dice of one contestant, the hours of a stage."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from webapp.access.permissions import Role
from webapp.access.principal import Principal
from webapp.contests.queries import StageView
from webapp.core.db import db
from webapp.core.transaction import in_transaction
from webapp.rehearsal.play import EventPlay, Play
from webapp.stages.models import StageAction
from webapp.stages.queries.lists import newest
from webapp.stages.rules.states import ListState
from webapp.stages.service import posting as lists
from webapp.stages.service.posting import Asked

Made = TypeVar("Made")
A_DAY = timedelta(days=1)
LATER = timedelta(minutes=10)


def two_people(play: Play, ask: Callable[[Asked], StageAction], at: datetime) -> None:
    """One host asks, the other agrees ten minutes later, as the pages do with the setting for two people."""
    first, second = play.who(Role.HOST, 0), play.who(Role.HOST, 1)
    action = in_transaction(lambda: ask(Asked(first.account_id, at, True)).id)
    then = play.travel(at + LATER)
    in_transaction(lambda: lists.decide(action, second.account_id, True, then).id)


def hosts(play: Play) -> tuple[Principal, Principal]:
    """The two hosts."""
    return play.who(Role.HOST, 0), play.who(Role.HOST, 1)


def next_stage(event: EventPlay, stage: StageView) -> StageView | None:
    """The stage that follows."""
    at = next(at for at, one in enumerate(event.stages) if one.stage_id == stage.stage_id)
    return event.stages[at + 1] if at + 1 < len(event.stages) else None


def has_review(stage: StageView | None) -> bool:
    """Whether the board of a stage goes through re-check and notice: not where the file says that its list closes alone."""
    return stage is not None and bool(stage.rules.components) and not stage.rules.closes_alone


def is_final(stage: StageView) -> bool:
    """Whether the stage has a final list."""
    one = newest(stage.stage_id)
    return one is not None and one.state == ListState.FINAL


def became_final(stage: StageView) -> datetime:
    """When the newest list of a stage became final; what follows it is dated from there, whatever the clock of the
    process says that another event has moved."""
    one = newest(stage.stage_id)
    assert one is not None
    assert one.final_at is not None
    at = one.final_at
    db.session.rollback()
    return at
