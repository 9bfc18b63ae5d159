"""Telling administrators that a change of the rules waits for them, and who asked what became of it."""

from collections.abc import Mapping
from typing import Any

from webapp.contests.queries.deciders import person_of_account, persons_deciding
from webapp.contests.queries.proposals import proposal_path
from webapp.core.words import N_
from webapp.notifications.service import notify, notify_all

_WAITS = N_("%(contest)s: %(name)s asks for a change of its rules: “%(reason)s”. A second person decides.")
_IN_YOUR_NAME = N_(
    "%(contest)s: a change of its rules was asked for in your name from the command line. If it was not you,"
    " withdraw it."
)
_DECIDED = {
    "applied": N_("%(contest)s: the change of the rules that you asked for is in force."),
    "refused": N_("%(contest)s: the change of the rules that you asked for was refused."),
    "stale": N_(
        "%(contest)s: another version came into force, so the change that you asked for was put aside. Compare"
        " the two and ask again if it is still needed."
    ),
}


def tell_deciders(
    proposal_id: int, contest_id: int, title: Mapping[str, Any], account_id: int, reason: str, program: str
) -> int:
    """Leave a notice for everybody who may decide on a change, except who asked; return for how many. Who asked
    from a command line is told as well: nobody has signed in there."""
    asker = person_of_account(account_id)
    link = proposal_path(proposal_id)
    others = persons_deciding(contest_id) - {asker.person_id}
    notify_all(others, _WAITS, {"contest": dict(title), "name": asker.name, "reason": reason}, link)
    if program:
        notify(asker.person_id, _IN_YOUR_NAME, {"contest": dict(title)}, link)
    return len(others)


def tell_asker(proposal_id: int, title: Mapping[str, Any], account_id: int, state: str) -> None:
    """Leave a notice for who asked: applied, refused or stale."""
    notify(
        person_of_account(account_id).person_id,
        _DECIDED[state],
        {"contest": dict(title)},
        proposal_path(proposal_id),
    )
