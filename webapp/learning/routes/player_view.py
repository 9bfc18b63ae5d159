"""What the player page shows: explicit values for its template and its script."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_wtf.csrf import generate_csrf

from webapp.contests.rules.schema import Activity, ActivityKind, Watching
from webapp.core.i18n import gettext as _
from webapp.core.i18n import locale, pick, until
from webapp.courses import queries as courses
from webapp.courses.queries import VideoPart
from webapp.learning.queries import watching as queries
from webapp.learning.queries.lessons import LessonLine, course_lines, next_line
from webapp.learning.queries.watching import Standing
from webapp.learning.routes.home import lesson_address, plain
from webapp.learning.rules.watching import Span, enough_seconds
from webapp.learning.service.learners import Learner
from webapp.learning.service.places import Place
from webapp.learning.service.watching.beats import time_left

SPEEDS = ("0.75", "1", "1.25", "1.5", "1.75", "2")
CAPTION_NAMES = {"zh": "中文", "en": "English"}
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Caption:
    """A captions file. is_default: shown without being asked for."""

    language: str
    name: str
    address: str
    is_default: bool


@dataclass(frozen=True)
class Following:
    """The next lesson that is not done."""

    address: str
    title: str


@dataclass(frozen=True)
class PlayerView:
    """The page. counts: watching brings points now; why_not: else why it does not. data: for the script."""

    title: str
    summary: str
    sources: tuple[str, ...]
    event_title: str
    event_address: str
    points_address: str
    text_address: str
    video: str
    low: str
    megabytes: str
    low_megabytes: str
    captions: tuple[Caption, ...]
    speeds: tuple[str, ...]
    counted_share: tuple[tuple[str, str], ...]
    counted: str
    missing: str
    is_enough: bool
    counts: bool
    why_not: str
    worth: str
    earned: str
    max_speed: str
    following: Following | None
    data: str


def player_view(place: Place, now: datetime) -> PlayerView:
    """The view of a video lesson for its learner."""
    learner, lesson = place.learner, place.lesson
    part = courses.video_of(lesson.lesson_id)
    watching, activity = learner.learning.watching, place.activity
    found = queries.standing(learner.participation_id, lesson.lesson_id, part.file_digest)
    points = queries.earned(learner.participation_id, [lesson.lesson_id]).get(lesson.lesson_id, Decimal(0))
    counts = learner.is_open(now) and watching is not None and activity is not None
    enough_s = enough_seconds(part.duration_s, watching.enough_pct if watching else 100)
    names: dict[str, Any] = {"contest": learner.contest_code, "event": learner.event_code}
    return PlayerView(
        title=pick(lesson.title),
        summary=pick(lesson.summary),
        sources=lesson.sources,
        event_title=pick(learner.event_title),
        event_address=url_for("learning.event", **names),
        points_address=url_for("learning.points", **names),
        text_address=_address("learning.watch_text", place) if part.text_html else "",
        video=part.url,
        low=part.low_url or "",
        megabytes=megabytes(part.size_bytes),
        low_megabytes=megabytes(part.low_size_bytes or 0),
        captions=_captions(part),
        speeds=SPEEDS,
        counted_share=_shares(found.spans, part.duration_s),
        counted=_("%(time)s counted", time=clock_text(found.credited_s)),
        missing=_missing(found, enough_s),
        is_enough=found.is_enough,
        counts=counts,
        why_not="" if counts else why_not(learner, activity, now),
        worth=plain(activity.points) if activity else "",
        earned=plain(points) if points else "",
        max_speed=plain(watching.max_speed) if watching else "",
        following=following(learner, lesson.lesson_id),
        data=_data(place, part, found, watching, enough_s, counts),
    )


def why_not(learner: Learner, activity: Activity | None, now: datetime) -> str:
    """Why this lesson brings no points at `now`."""
    if activity is None:
        return _("This kind of lesson brings no points in this event.")
    if learner.window is None:
        return _("The host has not decided yet when points are counted. You can practise at any time.")
    if now < learner.window.opens_at:
        return _("Points are counted from %(opens)s. You can look at everything now.", opens=_when(learner))
    return _(
        "Points were counted until %(closes)s. You can still look at everything.",
        closes=until(learner.window.closes_at),
    )


def following(learner: Learner, lesson_id: int) -> Following | None:
    """Where to go on after a lesson; None when everything is done."""
    line = next_line(course_lines(learner.event_id, learner.participation_id), after=lesson_id)
    if line is None or line.lesson.lesson_id == lesson_id:
        return None
    return _following(learner, line)


def _following(learner: Learner, line: LessonLine) -> Following:
    return Following(lesson_address(learner, line), pick(line.lesson.title))


def megabytes(size_bytes: int) -> str:
    """Millions of bytes with one place, as phones count them."""
    return f"{max(size_bytes / MEGABYTE, 0.1):.1f}"


def clock_text(seconds: int) -> str:
    """63 -> 1:03."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def _when(learner: Learner) -> str:
    assert learner.window is not None
    return until(learner.window.opens_at)


def _captions(part: VideoPart) -> tuple[Caption, ...]:
    """All languages; the reader's own, else the first, is shown from the start."""
    languages = [language for language, _address in part.captions]
    wanted = "en" if locale() == "en" else "zh"
    chosen = wanted if wanted in languages else next(iter(languages), "")
    return tuple(
        Caption(language, CAPTION_NAMES.get(language, language), address, language == chosen)
        for language, address in part.captions
    )


def _shares(spans: tuple[Span, ...], length_s: int) -> tuple[tuple[str, str], ...]:
    """Start and width of each counted span, in percent of the video."""
    length = max(1, length_s)
    return tuple(
        (f"{100 * start / length:.3f}", f"{100 * (end - start) / length:.3f}") for start, end in spans
    )


def _missing(found: Standing, enough_s: int) -> str:
    if found.is_enough or found.credited_s >= enough_s:
        return _("Watched enough")
    return _("%(time)s still missing", time=clock_text(enough_s - found.credited_s))


def _address(endpoint: str, place: Place) -> str:
    return url_for(
        endpoint,
        contest=place.learner.contest_code,
        event=place.learner.event_code,
        lesson_id=place.lesson.lesson_id,
    )


def _data(
    place: Place, part: VideoPart, found: Standing, watching: Watching | None, enough_s: int, counts: bool
) -> str:
    activity = place.learner.learning.activity(ActivityKind.VIDEO)
    min_time_s = activity.min_time_s if activity else 0
    return json.dumps(
        {
            "counts": counts,
            "csrf": generate_csrf(),
            "length_s": part.duration_s,
            "resume_s": found.resume_s,
            "max_speed": float(watching.max_speed) if watching else 1,
            "standing": {
                "spans": found.spans,
                "credited_s": found.credited_s,
                "enough_s": enough_s,
                "time_left_s": 0 if found.is_enough else time_left(min_time_s, found.spent_s),
                "question": None,
            },
            "urls": {
                "play": _address("learning.play", place),
                "beat": url_for("learning.beat", player="PLAYER"),
                "here": url_for("learning.here", player="PLAYER"),
                "video": part.url,
                "low": part.low_url or "",
            },
            "words": _words(),
        },
        ensure_ascii=False,
    )


def _words() -> dict[str, str]:
    return {
        "counted": _("%(time)s counted", time="{time}"),
        "missing": _("%(time)s still missing", time="{time}"),
        "longer": _("Watched enough; please stay %(n)s seconds longer", n="{n}"),
        "enough": _("Watched enough"),
        "beginning": _("Playing. Counting begins …"),
        "counting": _("Playing counts."),
        "paused": _("Not counting: the video is not playing."),
        "broken": _("No connection. What you watch stays on this page and is sent when it is back."),
        "elsewhere": _("You are watching on another page or device now. Only one of them counts at a time."),
        "asked": _("Are you still there? The video waits for your answer."),
        "left": _("%(n)s seconds left", n="{n}"),
        "late": _("Nothing counts until you answer."),
        "tooLate": _("Your answer came late: what was played after the question does not count."),
    }
