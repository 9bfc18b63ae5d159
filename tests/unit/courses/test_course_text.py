"""The canonical text says exactly what the course is, whatever people type."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.courses.texts import COURSE
from webapp.contests.rules.blueprint import Text
from webapp.courses.formats.course_text import course_text
from webapp.courses.rules.course import Audience, Course, Lesson, LessonKind
from webapp.courses.rules.edit import free_key, lesson_of, move_lesson, put_lesson, withdraw_lesson
from webapp.courses.rules.parse import parse_course

visible = st.characters(min_codepoint=32, max_codepoint=0xD7FF)
words = st.text(visible | st.just("\n"), min_size=1, max_size=40).filter(lambda text: bool(text.strip()))
texts = st.builds(Text, words, st.one_of(st.just(""), words))
keys = st.from_regex(r"\A[a-z0-9][a-z0-9-]{0,20}\Z")
lessons = st.one_of(
    st.builds(
        Lesson, keys, st.just(LessonKind.TEXT), texts, texts, st.tuples(words), text=st.just("texts/a.md")
    ),
    st.builds(
        Lesson, keys, st.just(LessonKind.QUIZ), texts, texts, bank=keys, count=st.integers(1, 50),
        topics=st.lists(keys, unique=True, max_size=3).map(tuple),
    ),
    st.builds(
        Lesson, keys, st.just(LessonKind.VIDEO), texts, texts, video=st.just("media/a.mp4"),
        captions=st.just((("zh", "media/a.zh.vtt"), ("en", "media/a.en.vtt"))),
    ),
)  # fmt: skip


@given(texts, texts, st.lists(lessons, max_size=4, unique_by=lambda lesson: lesson.key))
def test_what_is_written_is_read_back(title: Text, summary: Text, made: list[Lesson]) -> None:
    course = Course(
        "c", title, summary, Text(""), "", (Audience("jilin-5", ("welding",)), Audience("x", track="competition")),
        tuple(made),
    )  # fmt: skip
    assert parse_course(course_text(course)) == course


def test_writing_twice_says_the_same() -> None:
    once = course_text(parse_course(COURSE))
    assert course_text(parse_course(once)) == once
    assert parse_course(once) == parse_course(COURSE)
    assert tomllib.loads(once)["lessons"][0]["captions"] == {"zh": "media/see.zh.vtt"}


def test_lessons_move_and_leave_and_keep_their_keys() -> None:
    course = parse_course(COURSE)
    assert [one.key for one in move_lesson(course, "do", -1).lessons] == ["see", "read", "do", "ask"]
    assert [one.key for one in move_lesson(course, "see", -1).lessons] == ["see", "read", "ask", "do"]
    assert [one.key for one in move_lesson(course, "see", 9).lessons] == ["read", "ask", "do", "see"]
    assert [one.key for one in withdraw_lesson(course, "ask").lessons] == ["see", "read", "do"]
    read = lesson_of(course, "read")
    assert put_lesson(course, read) == course


def test_a_new_lesson_takes_a_key_that_no_lesson_ever_had() -> None:
    assert free_key("quiz", {"quiz-1", "quiz-3"}) == "quiz-2"
