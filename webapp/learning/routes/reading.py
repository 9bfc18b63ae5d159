"""Texts: a text lesson, or the text version of a video for the same points and little data."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.contests.rules.schema import ActivityKind
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.render import render
from webapp.core.transaction import in_transaction, transaction
from webapp.courses import queries as courses
from webapp.learning.errors import ReadTooSoon
from webapp.learning.queries import watching as queries
from webapp.learning.routes.blueprint import bp
from webapp.learning.routes.home import plain
from webapp.learning.routes.player import earned_words
from webapp.learning.routes.player_view import Following, following, why_not
from webapp.learning.service.places import Place, enter
from webapp.learning.service.watching import readings
from webapp.learning.service.watching.readings import Opened


@dataclass(frozen=True)
class Shelf:
    """A text with its place. length_s: of the video whose text version it is, 0 for a text lesson."""

    place: Place
    kind: ActivityKind
    html: str
    length_s: int


@dataclass(frozen=True)
class ReadingView:
    """The page. is_done: read before. left_s: seconds until the button counts. refusal: why it did not."""

    title: str
    summary: str
    sources: tuple[str, ...]
    html: str
    event_title: str
    event_address: str
    points_address: str
    video_address: str
    least_s: int
    left_s: int
    is_done: bool
    may_finish: bool
    why_not: str
    worth: str
    earned: str
    refusal: str
    following: Following | None


@bp.get("/learning/<contest>/<event>/read/<int:lesson_id>")
@signed_in
def read(contest: str, event: str, lesson_id: int) -> Response:
    return _show(_text(contest, event, lesson_id))


@bp.post("/learning/<contest>/<event>/read/<int:lesson_id>")
@signed_in
def read_done(contest: str, event: str, lesson_id: int) -> ResponseReturnValue:
    return _finish(_text(contest, event, lesson_id), "learning.read")


@bp.get("/learning/<contest>/<event>/watch/<int:lesson_id>/text")
@signed_in
def watch_text(contest: str, event: str, lesson_id: int) -> Response:
    return _show(_text_version(contest, event, lesson_id))


@bp.post("/learning/<contest>/<event>/watch/<int:lesson_id>/text")
@signed_in
def watch_text_done(contest: str, event: str, lesson_id: int) -> ResponseReturnValue:
    return _finish(_text_version(contest, event, lesson_id), "learning.watch_text")


def _text(contest: str, event: str, lesson_id: int) -> Shelf:
    place = enter(principal(), contest, event, lesson_id, (ActivityKind.TEXT,), clock.now())
    return Shelf(place, ActivityKind.TEXT, courses.text_of(lesson_id).html, 0)


def _text_version(contest: str, event: str, lesson_id: int) -> Shelf:
    place = enter(principal(), contest, event, lesson_id, (ActivityKind.VIDEO,), clock.now())
    part = courses.video_of(lesson_id)
    if not part.text_html:
        raise NotFound
    return Shelf(place, ActivityKind.VIDEO, part.text_html, part.duration_s)


def _show(shelf: Shelf, refusal: str = "", status: int = 200) -> Response:
    at = clock.now()
    with transaction():
        opened = readings.open_text(
            shelf.place.learner, shelf.kind, shelf.place.lesson.lesson_id, shelf.length_s, at
        )
    return render(
        "learning/read.html",
        status=status,
        r=_view(shelf, opened, at, refusal),
        provisional=shelf.place.learner.is_provisional,
    )


def _finish(shelf: Shelf, endpoint: str) -> ResponseReturnValue:
    learner, lesson_id = shelf.place.learner, shelf.place.lesson.lesson_id
    try:
        made = in_transaction(
            lambda: readings.finish(learner, shelf.kind, lesson_id, shelf.length_s, clock.arrival())
        )
    except ReadTooSoon as error:
        return _show(shelf, say(error.message), error.status)
    flash(earned_words(made) or _("Read."), "success" if made.points > 0 else "info")
    return redirect(
        url_for(endpoint, contest=learner.contest_code, event=learner.event_code, lesson_id=lesson_id),
        code=303,
    )


def _view(shelf: Shelf, opened: Opened, at: datetime, refusal: str) -> ReadingView:
    learner, lesson, activity = shelf.place.learner, shelf.place.lesson, shelf.place.activity
    names: dict[str, Any] = {"contest": learner.contest_code, "event": learner.event_code}
    is_open = learner.is_open(at)
    points = queries.earned(learner.participation_id, [lesson.lesson_id]).get(lesson.lesson_id, Decimal(0))
    return ReadingView(
        title=pick(lesson.title),
        summary=pick(lesson.summary),
        sources=lesson.sources,
        html=shelf.html,
        event_title=pick(learner.event_title),
        event_address=url_for("learning.event", **names),
        points_address=url_for("learning.points", **names),
        video_address=url_for("learning.watch", **names, lesson_id=lesson.lesson_id)
        if shelf.kind is ActivityKind.VIDEO
        else "",
        least_s=opened.least_s,
        left_s=opened.left_s,
        is_done=opened.is_done,
        may_finish=is_open and not opened.is_settled,
        why_not="" if is_open and activity else why_not(learner, activity, at),
        worth=plain(activity.points) if activity else "",
        earned=plain(points) if points else "",
        refusal=refusal,
        following=following(learner, lesson.lesson_id),
    )
