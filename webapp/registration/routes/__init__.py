"""Pages of taking part: my home, applying, reviewing, rosters, participants."""

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.contests.service.moves import tell_moves_with
from webapp.contests.service.proposing import count_people_with
from webapp.core.words import N_
from webapp.registration.queries.events import people_by_event
from webapp.registration.routes import (
    apply,
    delegations,
    merging,
    my,
    participants,
    review,
    roster,
    unit_lists,
    winners,
)
from webapp.registration.service.moving import tell_moves

blueprints = [
    my.bp,
    apply.bp,
    review.bp,
    roster.bp,
    participants.bp,
    winners.bp,
    delegations.bp,
    merging.bp,
    unit_lists.bp,
]

NAVIGATION = (
    MenuEntry(N_("My contests"), "my.home_page", signed_in=True, order=20),
    MenuEntry(
        N_("Review registrations"), "review.queue", permission=Permission.REVIEW_APPLICATIONS, order=30
    ),
    MenuEntry(N_("Confirm for my events"), "review.queue", permission=Permission.CONFIRM_FOR_EVENT, order=31),
    MenuEntry(N_("Workers of the unit"), "roster.people", permission=Permission.REGISTER_WORKERS, order=32),
    MenuEntry(N_("Contestants"), "participants.overview", permission=Permission.CONFIRM_FOR_EVENT, order=33),
    MenuEntry(
        N_("Contestants of all events"), "participants.overview", permission=Permission.EXPORT_LISTS, order=34
    ),
    MenuEntry(
        N_("Sealed unit lists"),
        "unit_lists.overview",
        permission=Permission.REGISTER_WORKERS,
        or_permission=Permission.REVIEW_APPLICATIONS,
        order=33,
    ),
    MenuEntry(N_("Earlier winners"), "winners.overview", permission=Permission.RECHECK_ELIGIBILITY, order=35),
)

count_people_with(people_by_event)
tell_moves_with(tell_moves)
