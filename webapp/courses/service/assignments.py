"""Which events learn from a course: what the published version names, looked up in the contests."""

from sqlalchemy import delete, select

from webapp.audit.service import record
from webapp.core.db import db
from webapp.courses import queries
from webapp.courses.models import Course, CourseEvent, CourseVersion
from webapp.courses.rules.parse import parse_course


def assign_events(course_id: int, known: list[queries.EventPlace] | None = None) -> None:
    """Bring the events of a course in line with its published version; others stay as they are.

    Events that no contest has (yet) are left out and found by a later call. Raise NotFound."""
    text = db.session.scalar(
        select(CourseVersion.text)
        .join(Course, Course.current_version_id == CourseVersion.id)
        .where(Course.id == course_id)
    )
    audiences = parse_course(text).audiences if text else ()
    places = queries.places() if known is None else known
    wanted = {place.event_id for place in queries.places_of(audiences, places)}
    present = set(db.session.scalars(select(CourseEvent.event_id).where(CourseEvent.course_id == course_id)))
    if wanted == present:
        return
    gone = present - wanted
    if gone:
        db.session.execute(
            delete(CourseEvent).where(CourseEvent.course_id == course_id, CourseEvent.event_id.in_(gone))
        )
    for event_id in sorted(wanted - present):
        db.session.add(CourseEvent(course_id=course_id, event_id=event_id))
    db.session.flush()
    record("course.assign", "course", course_id, added=sorted(wanted - present), removed=sorted(gone))


def assign_again() -> None:
    """Look up the events of every published course: a contest loaded later may have brought some."""
    known = queries.places()
    for course_id in db.session.scalars(
        select(Course.id).where(Course.current_version_id.is_not(None)).order_by(Course.id)
    ).all():
        assign_events(course_id, known)
