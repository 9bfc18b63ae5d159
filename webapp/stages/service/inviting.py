"""What people with a place are told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from webapp.contests.queries import StageView, event_by_id
from webapp.core.i18n import until
from webapp.core.words import N_
from webapp.notifications.service import notify_all
from webapp.stages.queries.candidates import person_ids
from webapp.stages.rules.attendance import Origin

GOES_ON = N_("You go on to %(event)s, %(stage)s. Please say by %(until)s whether you come.")
HAS_PLACE = N_("You have a place in %(event)s, %(stage)s.")
MAY_MOVE_UP = N_(
    "A place in %(event)s, %(stage)s has become free and you are next in rank. Please say by %(until)s whether you come."
)
MOVED_UP = N_("A place in %(event)s, %(stage)s has become free; you were next in rank and have it now.")
WENT_SILENT = N_(
    "You have not said whether you come to %(event)s, %(stage)s. You may still say so until somebody else was asked."
)
ENDED = N_(
    "Your place in %(event)s, %(stage)s has ended: %(reason)s A later list no longer nominates you. If you disagree, object on the page of the public notice or turn to the host."
)
GIVEN_ON = N_("Your place in %(event)s, %(stage)s was given to the next in rank.")


class _Place(Protocol):
    @property
    def entry_id(self) -> int: ...
    @property
    def origin(self) -> Origin: ...


def tell_places(
    stage: StageView, places: Sequence[_Place], answer_by: datetime | None, now: datetime
) -> None:
    """Tell these people that they have a place, or that they are asked whether they come."""
    for origin_is_substitute, asked, settled in ((False, GOES_ON, HAS_PLACE), (True, MAY_MOVE_UP, MOVED_UP)):
        chosen = [one.entry_id for one in places if (one.origin is Origin.SUBSTITUTE) is origin_is_substitute]
        if answer_by is None:
            tell(stage, chosen, settled, now)
        else:
            tell(stage, chosen, asked, now, {"until": until(answer_by)})


def tell(
    stage: StageView,
    entry_ids: Sequence[int],
    words: str,
    now: datetime,
    told: Mapping[str, Any] | None = None,
) -> None:
    """Leave a notice for the people behind these entries; it leads to their place."""
    if not entry_ids:
        return
    params = {"event": event_by_id(stage.event_id, now).title, "stage": stage.title, **(told or {})}
    people = person_ids(list(entry_ids))
    notify_all([people[entry] for entry in entry_ids], words, params, f"/my/places/{stage.stage_id}")
