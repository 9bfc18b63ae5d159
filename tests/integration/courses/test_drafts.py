"""Drafts: each change makes canonical text, publishing makes a version, nobody overwrites unseen work."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from tests.factories import make_account, make_event
from tests.integration.courses.sample import make_folder
from tests.integration.learning.stand import make_learner
from tests.unit.courses.texts import COURSE, HAZARDS
from webapp.audit.models import AuditRow
from webapp.contests.models import Contest
from webapp.contests.rules.blueprint import Text
from webapp.core.db import db, keys_scope
from webapp.core.errors import Conflict, NotFound
from webapp.core.transaction import transaction
from webapp.courses import queries, service
from webapp.courses.errors import (
    CourseCodeTaken,
    CourseInvalid,
    ForeignEvent,
    LessonKindChanged,
    NoLesson,
    NothingToPublish,
)
from webapp.courses.formats.course_text import course_text
from webapp.courses.models import CourseVersion
from webapp.courses.rules.course import Audience, Course, Lesson, LessonKind
from webapp.courses.rules.edit import put_lesson, withdraw_lesson
from webapp.courses.rules.parse import parse_course
from webapp.media import service as media

EMPTY = Course("my-course", Text("我的课程"), Text(""), Text(""), "", (Audience("jilin-5", ("welding",)),))
READ = Lesson("read", LessonKind.TEXT, Text("读"), Text(""), text="texts/read.md")


def anything(place: queries.EventPlace) -> bool:
    return True


@pytest.fixture
def account_id(session: Session) -> int:
    made = make_account().id
    make_learner("welding")
    session.commit()
    return made


def shipped(folder: Path) -> service.Imported:
    with keys_scope(), transaction():
        return service.import_shipped(folder, None)


def change(course_id: int, revision: int, account_id: int, **parts: object) -> None:
    with keys_scope(), transaction():
        service.change_draft(course_id, revision, service.DraftChange(**parts), account_id, anything)  # type: ignore[arg-type]  # tests name the fields


def new_course(account_id: int) -> int:
    with keys_scope(), transaction():
        course_id = service.create_course(EMPTY, account_id, anything)
        file_id = media.store("# 读\n\n你好".encode(), "text/markdown")
        edit = service.DraftChange(lambda course: put_lesson(course, READ), {"texts/read.md": file_id})
        service.change_draft(course_id, 1, edit, account_id, anything)
    return course_id


def test_a_course_made_step_by_step_is_the_same_file_that_is_exported(account_id: int) -> None:
    course_id = new_course(account_id)
    assert queries.course_heads()[0].published_number is None
    with keys_scope(), transaction():
        made = service.publish_draft(course_id, 2, "第一版", account_id, lambda bank: True)
        found = service.export("my-course")
    assert found.texts["course.toml"] == course_text(put_lesson(EMPTY, READ))
    assert found.files["texts/read.md"].read_text(encoding="utf-8").startswith("# 读")
    (version,) = queries.versions(course_id)
    assert (version.number, version.note, version.is_published) == (1, "第一版", True)
    assert made.is_new
    assert not queries.working_copy(course_id).is_draft


def test_a_draft_is_not_seen_by_learners_until_it_is_published(session: Session, tmp_path: Path) -> None:
    learner = make_learner("welding")
    account_id = make_account().id
    session.commit()
    course_id = shipped(make_folder(tmp_path)).course_id
    change(course_id, 0, account_id, edit=lambda course: withdraw_lesson(course, "read"))
    (course,) = queries.courses_of_event(learner.event_id)
    assert len(course.lessons) == 4
    with keys_scope(), transaction():
        service.publish_draft(course_id, 1, "", account_id, lambda bank: True)
    (course,) = queries.courses_of_event(learner.event_id)
    assert [lesson.key for lesson in course.lessons] == ["see", "ask", "do"]
    with keys_scope():
        assert queries.drill_key(course.lessons[2].lesson_id)


def test_two_people_do_not_overwrite_each_other(account_id: int) -> None:
    course_id = new_course(account_id)
    change(course_id, 2, account_id, edit=lambda course: replace(course, title=Text("改名")))
    with pytest.raises(Conflict):
        change(course_id, 2, account_id, edit=lambda course: replace(course, title=Text("又改")))
    assert queries.working_copy(course_id).course.title == Text("改名")
    with pytest.raises(Conflict), keys_scope(), transaction():
        service.publish_draft(course_id, 2, "", account_id, lambda bank: True)


def test_events_of_others_cannot_be_named(session: Session, account_id: int) -> None:
    with pytest.raises(ForeignEvent), keys_scope(), transaction():
        service.create_course(EMPTY, account_id, lambda place: place.code != "welding")
    assert queries.course_heads() == []
    unknown = replace(EMPTY, audiences=(Audience("jilin-5", ("no-such-event",)),))
    with pytest.raises(CourseInvalid) as caught, keys_scope(), transaction():
        service.create_course(unknown, account_id, anything)
    assert caught.value.problems[0].value == "jilin-5/no-such-event"


def test_a_code_is_taken_once(account_id: int) -> None:
    new_course(account_id)
    with pytest.raises(CourseCodeTaken), keys_scope(), transaction():
        service.create_course(EMPTY, account_id, anything)


def test_an_empty_course_and_an_unchanged_one_are_not_published(account_id: int, tmp_path: Path) -> None:
    with keys_scope(), transaction():
        course_id = service.create_course(EMPTY, account_id, anything)
    with pytest.raises(NoLesson), keys_scope(), transaction():
        service.publish_draft(course_id, 1, "", account_id, lambda bank: True)
    other = shipped(make_folder(tmp_path, course_text(parse_course(COURSE))))
    change(other.course_id, 0, account_id, edit=lambda course: course)
    with pytest.raises(NothingToPublish), keys_scope(), transaction():
        service.publish_draft(other.course_id, 1, "", account_id, lambda bank: True)


def test_a_key_never_becomes_another_kind_of_lesson(account_id: int, tmp_path: Path) -> None:
    made = shipped(make_folder(tmp_path / "a"))
    quiz = Lesson("read", LessonKind.QUIZ, Text("测"), Text(""), bank="x", count=1)
    with pytest.raises(LessonKindChanged):
        change(made.course_id, 0, account_id, edit=lambda course: put_lesson(course, quiz))
    other = COURSE.replace('kind = "text"\ntitle = {zh = "读", en = "Read"}\ntext = "texts/read.md"',
                           'kind = "quiz"\ntitle = {zh = "读"}\nbank = "x"')  # fmt: skip
    with pytest.raises(LessonKindChanged):
        shipped(make_folder(tmp_path / "b", other))
    assert len(queries.versions(made.course_id)) == 1


def test_a_bad_drill_and_a_text_without_its_picture_are_refused(account_id: int, tmp_path: Path) -> None:
    made = shipped(make_folder(tmp_path))
    with pytest.raises(CourseInvalid) as caught:
        change(made.course_id, 0, account_id, edit=lambda course: course,
               drills={"drills/do.toml": HAZARDS.replace("shop.png", "none.png").replace("is_hazard = true", "is_hazard = 1")})  # fmt: skip
    assert all(problem.file == "drills/do.toml" and problem.row for problem in caught.value.problems)
    with transaction():
        file_id = media.store(b"![x](media/none.png)", "text/markdown")
    with pytest.raises(CourseInvalid) as caught:
        change(made.course_id, 0, account_id, edit=lambda course: course, files={"texts/read.md": file_id})
    assert caught.value.problems[0].value == "media/none.png"


def test_pages_cannot_read_the_drills_of_drafts(account_id: int, tmp_path: Path) -> None:
    made = shipped(make_folder(tmp_path))
    change(made.course_id, 0, account_id, edit=lambda course: course)
    with keys_scope():
        assert "CANARY" in queries.drill_text(made.course_id, queries.working_copy(made.course_id), "drills/do.toml")  # fmt: skip
    db.session.rollback()
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text("SELECT * FROM keys.draft_drills"))
    db.session.rollback()


def test_putting_a_draft_aside_leaves_the_published_course(account_id: int, tmp_path: Path) -> None:
    made = shipped(make_folder(tmp_path))
    change(made.course_id, 0, account_id, edit=lambda course: withdraw_lesson(course, "do"))
    with keys_scope(), transaction():
        assert service.discard_draft(made.course_id)
    assert len(queries.working_copy(made.course_id).course.lessons) == 4
    fresh = new_course(account_id)
    with keys_scope(), transaction():
        assert not service.discard_draft(fresh)
    with pytest.raises(NotFound):
        queries.course_head("my-course")


def test_an_exported_zip_comes_back_as_the_same_version(account_id: int, tmp_path: Path) -> None:
    made = shipped(make_folder(tmp_path))
    held = io.BytesIO()
    with keys_scope(), transaction():
        count = service.write_zip(service.export("sample-course"), held)
    assert count == len(zipfile.ZipFile(held).namelist()) == 7
    held.seek(0)
    with keys_scope(), transaction():
        again = service.import_zip(held, "course.zip", None)
    assert (again.is_new, again.version_id) == (False, made.version_id)


def test_an_earlier_version_becomes_the_draft_again(account_id: int, tmp_path: Path) -> None:
    first = shipped(make_folder(tmp_path))
    change(first.course_id, 0, account_id, edit=lambda course: withdraw_lesson(course, "do"))
    with keys_scope(), transaction():
        service.publish_draft(first.course_id, 1, "", account_id, lambda bank: True)
        service.start_draft_from(first.version_id, account_id, anything)
    assert len(queries.working_copy(first.course_id).course.lessons) == 4
    with keys_scope(), transaction():
        back = service.publish_draft(first.course_id, 1, "", account_id, lambda bank: True)
    assert (back.version_id, back.is_new) == (first.version_id, False)
    assert [one.is_published for one in queries.versions(first.course_id)] == [False, True]


def test_an_event_that_comes_later_gets_its_course(session: Session, tmp_path: Path) -> None:
    learner = make_learner("welding")
    session.commit()
    later = COURSE.replace('events = ["welding"]', 'events = ["welding", "brand-new"]')
    made = shipped(make_folder(tmp_path, later))
    contest = session.scalars(select(Contest).where(Contest.code == "jilin-5")).one()
    event = make_event(contest, code="brand-new")
    session.commit()
    assert queries.courses_of_event(event.id) == []
    with transaction():
        service.assign_again()
    assert [course.course_id for course in queries.courses_of_event(event.id)] == [made.course_id]
    assert len(queries.courses_of_event(learner.event_id)) == 1


def test_every_step_is_in_the_audit(account_id: int) -> None:
    course_id = new_course(account_id)
    with keys_scope(), transaction():
        service.publish_draft(course_id, 2, "开课", account_id, lambda bank: True)
    rows = db.session.scalars(select(AuditRow).where(AuditRow.target_kind == "course").order_by(AuditRow.id)).all()  # fmt: skip
    assert [row.action for row in rows] == [
        "course.create", "course.draft", "course.version", "course.assign", "course.publish",
    ]  # fmt: skip
    assert rows[-1].why == "开课"
    assert db.session.scalars(select(CourseVersion)).one().note == "开课"
