"""Courses in the database: versions, lessons, and keys that pages cannot read."""

from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from tests.integration.courses.sample import make_folder
from tests.integration.learning.stand import make_learner
from tests.unit.courses.texts import COURSE
from webapp.core.db import db, keys_scope
from webapp.core.errors import NotFound
from webapp.core.transaction import transaction
from webapp.courses import queries, service
from webapp.courses.errors import CourseInvalid
from webapp.courses.models import CourseVersion
from webapp.courses.rules.drill import OrderDrill


def shipped(folder: Path) -> service.Imported:
    with keys_scope(), transaction():
        return service.import_shipped(folder, None)


def test_a_folder_becomes_lessons_of_its_events(session: Session, tmp_path: Path) -> None:
    learner = make_learner("welding")
    session.commit()
    shipped(make_folder(tmp_path))
    (course,) = queries.courses_of_event(learner.event_id)
    assert [lesson.key for lesson in course.lessons] == ["see", "read", "ask", "do"]
    see, read, ask, do = (lesson.lesson_id for lesson in course.lessons)
    video = queries.video_of(see)
    assert video.duration_s == 2
    assert video.captions[0][0] == "zh"
    assert 'src="/media/' in video.text_html
    assert "<strong>停机</strong>" in queries.text_of(read).html
    assert "<script" not in queries.text_of(read).html
    assert queries.quiz_of(ask).topics == ("law",)
    assert "CANARY" not in str(queries.drill_public(do))
    with keys_scope():
        drill = queries.drill_key(do)
    assert isinstance(drill, OrderDrill)
    assert [step.key for step in drill.steps] == ["stop", "lock"]


def test_the_same_folder_again_makes_no_version(session: Session, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    first, again = shipped(folder), shipped(folder)
    assert (first.is_new, again.is_new, again.version_id) == (True, False, first.version_id)


def test_a_changed_course_keeps_its_lessons_and_withdraws_what_left(session: Session, tmp_path: Path) -> None:
    learner = make_learner("welding")
    session.commit()
    shipped(make_folder(tmp_path / "a"))
    (before,) = queries.courses_of_event(learner.event_id)
    without = COURSE.replace('key = "read"', 'key = "other"')
    made = shipped(make_folder(tmp_path / "b", without))
    (after,) = queries.courses_of_event(learner.event_id)
    assert made.number == 2
    assert after.lessons[0].lesson_id == before.lessons[0].lesson_id
    assert [lesson.key for lesson in after.lessons] == ["see", "other", "ask", "do"]
    with pytest.raises(NotFound):
        queries.lesson_of_event(learner.event_id, before.lessons[1].lesson_id)


def test_a_foreign_event_has_no_such_lesson(session: Session, tmp_path: Path) -> None:
    learner, other = make_learner("welding"), make_learner("electrician")
    session.commit()
    shipped(make_folder(tmp_path))
    (course,) = queries.courses_of_event(learner.event_id)
    assert queries.courses_of_event(other.event_id) == []
    with pytest.raises(NotFound):
        queries.lesson_of_event(other.event_id, course.lessons[0].lesson_id)


def test_pages_cannot_read_drills(session: Session, tmp_path: Path) -> None:
    shipped(make_folder(tmp_path))
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text("SELECT * FROM keys.drill_texts"))
    db.session.rollback()


def test_versions_never_change(session: Session, tmp_path: Path) -> None:
    shipped(make_folder(tmp_path))
    version = db.session.scalars(select(CourseVersion)).first()
    assert version is not None
    version.note = "changed"
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.session.flush()
    db.session.rollback()


def test_every_problem_of_a_folder_is_named(session: Session, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    (folder / "texts/read.md").unlink()
    (folder / "media/see.mp4").write_bytes(b"no video")
    with pytest.raises(CourseInvalid) as caught:
        shipped(folder)
    assert {problem.value or problem.file for problem in caught.value.problems} == {
        "texts/read.md",
        "media/see.mp4",
    }
