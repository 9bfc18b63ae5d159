"""What must fit together in bookable sessions, and in what an event says of its own about them."""

from collections.abc import Iterable

from webapp.contests.rules.booking import Booking, SessionRule
from webapp.contests.rules.reader import Report
from webapp.contests.rules.schema import Contest, EventRules, Stage
from webapp.core.words import N_, Message


def check_sessions(contest: Contest, report: Report) -> None:
    """Every session lies inside the window of its stage, for each event that has decided it; an event has sessions
    and hours of attendance of its own only for stages that its profile has."""
    for number, profile in enumerate(contest.profiles):
        events = [event for event in contest.events if event.profile == profile.code]
        for position, stage in enumerate(profile.stages):
            path = f"profiles[{number}].stages[{position}].sessions"
            shared = [event for event in events if stage.code not in event.booking]
            _check_booking(contest, shared, stage, stage.booking, path, report)
    for number, event in enumerate(contest.events):
        owner = next((profile for profile in contest.profiles if profile.code == event.profile), None)
        stages = {stage.code: stage for stage in owner.stages} if owner else {}
        for code, booking in event.booking.items():
            path = f"events[{number}].booking.{code}.sessions"
            if code in stages:
                _check_booking(contest, [event], stages[code], booking, path, report)
        for key, own in (("booking", event.booking), ("attendance", event.attendance)):
            for code in own:
                if owner is not None and code not in stages:
                    words = Message(N_("The profile has no stage of this code."))
                    report.add(f"events[{number}].{key}.{code}", "unknown-stage", words, code)


def _check_booking(
    contest: Contest,
    events: Iterable[EventRules],
    stage: Stage,
    booking: Booking | None,
    path: str,
    report: Report,
) -> None:
    found = list(events)
    for at, session in enumerate(booking.sessions if booking else ()):
        outside = [event.code for event in found if not _is_inside(contest, event, stage, session)]
        if outside:
            words = Message(N_("This session lies outside the window of its stage."))
            report.add(f"{path}[{at}]", "session-outside", words, ", ".join(outside[:5]))


def _is_inside(contest: Contest, event: EventRules, stage: Stage, session: SessionRule) -> bool:
    window = contest.window(event, stage.window)
    return window is None or window.opens_at <= session.opens_at < session.closes_at <= window.closes_at
