"""Pages of taking part: my home, applying, reviewing, rosters, participants."""

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.core.words import N_
from webapp.registration.routes import apply, my, review

blueprints = [my.bp, apply.bp, review.bp]

NAVIGATION = (
    MenuEntry(N_("My contests"), "my.home_page", signed_in=True, order=20),
    MenuEntry(
        N_("Review registrations"), "review.queue", permission=Permission.REVIEW_APPLICATIONS, order=30
    ),
    MenuEntry(N_("Confirm for my events"), "review.queue", permission=Permission.CONFIRM_FOR_EVENT, order=31),
)
