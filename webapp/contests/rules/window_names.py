"""What the windows of a definition are for, in words: people know stages, not the names that a file gives to dates."""

from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.schema import Contest
from webapp.core.words import N_, Message

REVIEW = "review"
"""A file may name a window of this name: the review ends with it."""
_PHASES = {
    "mobilise": N_("Labour competitions: mobilise"),
    "advance": N_("Labour competitions: advance"),
    "summarise": N_("Labour competitions: summarise and commend"),
}


def window_names(contest: Contest, profile_code: str = "") -> dict[str, tuple[Message | Text, ...]]:
    """window -> what it is for, in the order of the profiles, each once. profile_code: of this profile alone;
    else also those of organisers' applications and of labour competitions.

    A window that nothing refers to is left out."""
    found: dict[str, list[Message | Text]] = {}
    for profile in contest.profiles:
        if profile_code not in {"", profile.code}:
            continue
        found.setdefault(profile.registration_window, []).append(Message(N_("Registration")))
        if profile.learning is not None:
            found.setdefault(profile.learning.window, []).append(Message(N_("Learning")))
        for stage in profile.stages:
            found.setdefault(stage.window, []).append(stage.title)
    found.setdefault(REVIEW, []).append(Message(N_("End of the review")))
    if not profile_code:
        if contest.hosting is not None:
            found.setdefault(contest.hosting.window, []).append(Message(N_("Applications of organisers")))
        for campaign in contest.campaigns:
            for phase, window in campaign.phases.items():
                found.setdefault(window, []).append(Message(_PHASES[phase]))
    return {
        window: tuple({str(one): one for one in words}.values()) for window, words in found.items() if window
    }
