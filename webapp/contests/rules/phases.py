"""Where an event stands at an instant: one pure function over its windows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from webapp.contests.rules.schema import Contest, EventRules, Profile, Stage, Window


class Phase(StrEnum):
    """What people can do now. BETWEEN: nothing is open, but something is still to come."""

    UPCOMING = "upcoming"
    REGISTRATION = "registration"
    LEARNING = "learning"
    EXAM_OPEN = "exam-open"
    OPEN_TRACK = "open-track"
    BETWEEN = "between"
    CLOSED = "closed"
    PUBLISHED = "published"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Calendar:
    """The windows of one event that decide its phase. Any may be None (undecided)."""

    track: str
    registration: Window | None
    learning: Window | None
    exam: Window | None
    published_at: datetime | None = None


def calendar(contest: Contest, event: EventRules, published_at: datetime | None = None) -> Calendar:
    """The calendar of an event's first online stage; nothing is known while it is open who may enter."""
    profile = contest.profile_of(event)
    if contest.is_entry_open(event):
        return Calendar(profile.track, None, None, None, published_at)
    online = online_stage(profile)
    return Calendar(
        track=profile.track,
        registration=contest.registration(event),
        learning=contest.window(event, profile.learning.window) if profile.learning else None,
        exam=contest.window(event, online.window) if online else None,
        published_at=published_at,
    )


def online_stage(profile: Profile) -> Stage | None:
    """The first stage with an exam that is sat here."""
    return next((stage for stage in profile.stages if stage.exam is not None), None)


def phase_at(windows: Calendar, now: datetime) -> Phase:
    """The phase at `now`. Windows are half-open; where several are open the later step counts,
    except on the popularisation track, where everything is open at once."""
    if windows.published_at is not None and now >= windows.published_at:
        return Phase.PUBLISHED
    known = [
        window for window in (windows.registration, windows.learning, windows.exam) if window is not None
    ]
    if not known:
        return Phase.UNDECIDED
    if windows.track == "popularisation":
        return _open_track(windows, now)
    for window, phase in (
        (windows.exam, Phase.EXAM_OPEN),
        (windows.learning, Phase.LEARNING),
        (windows.registration, Phase.REGISTRATION),
    ):
        if window is not None and window.contains(now):
            return phase
    if now < min(window.opens_at for window in known):
        return Phase.UPCOMING
    if now >= max(window.closes_at for window in known):
        return Phase.CLOSED
    return Phase.BETWEEN


def _open_track(windows: Calendar, now: datetime) -> Phase:
    window = windows.exam or windows.registration
    if window is None:
        return Phase.UNDECIDED
    if now < window.opens_at:
        return Phase.UPCOMING
    return Phase.OPEN_TRACK if window.contains(now) else Phase.CLOSED
