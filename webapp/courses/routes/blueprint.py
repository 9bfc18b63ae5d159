"""The blueprint, its words, and who may work on which course."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request

from webapp.access.permissions import Permission
from webapp.access.principal import principal, principal_or_none
from webapp.core.clock import SHANGHAI, datetime
from webapp.core.db import db, keys_scope
from webapp.core.errors import Forbidden, NotFound
from webapp.core.i18n import gettext, pick
from webapp.core.transaction import transaction
from webapp.core.words import N_
from webapp.courses import queries

bp = Blueprint("courses", __name__, url_prefix="/staff/courses", template_folder="../templates")

MEBIBYTE = 1024 * 1024
LARGE = {"courses.add_lesson": 650, "courses.lesson": 650, "courses.upload": 1024}
"""Megabytes that a request may bring to these: a video, a smaller one and captions, or a whole course."""

KIND_WORDS = {"video": N_("Video"), "text": N_("Reading"), "quiz": N_("Quiz"), "drill": N_("Drill")}
TRACK_WORDS = {
    "competition": N_("every event of the competition"),
    "popularisation": N_("every event open to everybody"),
}


@bp.url_value_preprocessor
def allow_large_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let organisers send videos. This runs before the form is parsed for its token; nobody else gets more
    room, and no database connection waits while the bytes come in."""
    if request.method == "POST" and endpoint in LARGE:
        who = principal_or_none()
        if who is not None and who.holds(Permission.EDIT_COURSES):
            request.max_content_length = LARGE[endpoint] * MEBIBYTE
        db.session.rollback()


@bp.app_template_filter("course_when")
def course_when(at: datetime) -> str:
    """An instant in Shanghai time, to the minute."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


@bp.app_template_filter("lesson_kind")
def lesson_kind(kind: str) -> str:
    """A kind of lesson in the reader's language."""
    return gettext(KIND_WORDS[kind])


@dataclass(frozen=True)
class CoursePage:
    """A course as its staff see it. may_edit: every event of it is theirs."""

    head: queries.CourseHead
    events: tuple[queries.EventPlace, ...]
    may_edit: bool


@contextmanager
def editing() -> Iterator[None]:
    """The transaction of a change; drafts carry drills, whose answers only the keys engine reads."""
    with keys_scope(), transaction():
        yield


def may_teach(place: queries.EventPlace) -> bool:
    """Whether this person gives courses to an event."""
    return principal().allows(
        Permission.EDIT_COURSES,
        contest_id=place.contest_id,
        event_id=place.event_id,
        organisation_path=place.organiser_path,
    )


def visible(heads: Sequence[queries.CourseHead], places: Sequence[queries.EventPlace]) -> list[CoursePage]:
    """The courses of this person's events. One without events is for who made it and for who may do anything."""
    who = principal()
    known = {place.event_id: place for place in places}
    mine = {place.event_id for place in places if may_teach(place)}
    found = []
    for head in heads:
        events = head.event_ids & known.keys()
        is_own = head.created_by_account_id == who.account_id or who.allows(Permission.EDIT_COURSES)
        if events & mine or (not events and is_own):
            shown = tuple(place for place in places if place.event_id in events)
            found.append(CoursePage(head, shown, events <= mine))
    return found


def course_or_404(code: str) -> CoursePage:
    """A course this person may see. Raise NotFound to others."""
    found = visible([queries.course_head(code)], queries.places())
    if not found:
        raise NotFound
    return found[0]


def editable_or_404(code: str) -> CoursePage:
    """A course this person may change. Raise NotFound; Forbidden when some of its events are others'."""
    found = course_or_404(code)
    if not found.may_edit:
        raise Forbidden
    return found


def may_edit(code: str) -> bool:
    """Whether this person may change the course with this code."""
    return any(page.may_edit for page in visible(queries.course_heads(code), queries.places()))


def event_choices() -> list[tuple[str, str]]:
    """What this person may give a course to: whole tracks that are all theirs, and single events."""
    places = queries.places()
    tracks: dict[tuple[str, str], list[queries.EventPlace]] = {}
    for place in places:
        tracks.setdefault((place.contest_code, place.track), []).append(place)
    choices = [
        (f"{contest}/*{track}", f"{pick(found[0].contest_title)} · {gettext(TRACK_WORDS[track])}")
        for (contest, track), found in tracks.items()
        if len(found) > 1 and all(map(may_teach, found))
    ]
    return choices + [
        (f"{place.contest_code}/{place.code}", f"{pick(place.contest_title)} · {pick(place.title)}")
        for place in places
        if may_teach(place)
    ]
