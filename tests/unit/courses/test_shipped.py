"""The shipped courses hold what they promise, before anything is rendered."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import webapp
from webapp.courses.formats.slides import read_deck
from webapp.courses.formats.slides.drawing import Draughtsman
from webapp.courses.formats.slides.timing import length_s, schedule
from webapp.courses.rules.course import Course, Lesson, LessonKind
from webapp.courses.rules.parse import parse_course
from webapp.courses.rules.parse_drill import parse_drill

PACKAGE = Path(webapp.__file__).parent
SHIPPED = PACKAGE / "courses" / "shipped"
FOLDERS = sorted(path.name for path in SHIPPED.iterdir() if path.is_dir())
DECKS = sorted(path.relative_to(SHIPPED).as_posix() for path in SHIPPED.glob("*/slides/*.toml"))
BANKS = {
    data["code"]: {topic["key"] for topic in data["topics"]}
    for data in (
        tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted((PACKAGE.parent / "question_banks").glob("*/bank.toml"))
    )
}


def course_of(name: str) -> Course:
    return parse_course((SHIPPED / name / "course.toml").read_text(encoding="utf-8"))


def lessons(name: str, kind: LessonKind) -> list[Lesson]:
    return [lesson for lesson in course_of(name).lessons if lesson.kind is kind]


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Draughtsman]:
    with Draughtsman(tmp_path_factory.mktemp("bench")) as draughtsman:
        yield draughtsman


def test_there_are_at_least_three_courses() -> None:
    assert len(FOLDERS) >= 3


@pytest.mark.parametrize("name", FOLDERS)
def test_a_shipped_course_is_complete(name: str) -> None:
    assert course_of(name).code == name
    assert 3 <= len(lessons(name, LessonKind.VIDEO)) <= 4
    assert len(lessons(name, LessonKind.TEXT)) >= 1
    assert len(lessons(name, LessonKind.QUIZ)) >= 1
    assert len(lessons(name, LessonKind.DRILL)) >= 1


@pytest.mark.parametrize("name", FOLDERS)
def test_videos_and_texts_exist_and_name_their_sources(name: str) -> None:
    for lesson in (*lessons(name, LessonKind.VIDEO), *lessons(name, LessonKind.TEXT)):
        assert lesson.sources, lesson.key
        assert (SHIPPED / name / (lesson.slides or lesson.text)).is_file(), lesson.key


@pytest.mark.parametrize("name", FOLDERS)
def test_every_drill_is_there_and_can_be_read(name: str) -> None:
    for lesson in lessons(name, LessonKind.DRILL):
        path = SHIPPED / name / lesson.drill
        assert parse_drill(path.read_text(encoding="utf-8"), lesson.drill).sources, lesson.key


@pytest.mark.parametrize("name", FOLDERS)
def test_the_first_point_is_near(name: str) -> None:
    """A short video comes first, a quiz next: the first point within five minutes."""
    first, second = course_of(name).lessons[:2]
    assert (first.kind, second.kind) == (LessonKind.VIDEO, LessonKind.QUIZ)
    assert 55 <= length_s(schedule(read_deck(SHIPPED / name / first.slides))) <= 80


@pytest.mark.parametrize("name", FOLDERS)
def test_quizzes_ask_for_topics_that_their_bank_has(name: str) -> None:
    for lesson in lessons(name, LessonKind.QUIZ):
        assert lesson.bank in BANKS, lesson.key
        assert set(lesson.topics) <= BANKS[lesson.bank], lesson.key


@pytest.mark.parametrize("name", FOLDERS)
def test_audiences_are_events_of_the_contest(name: str) -> None:
    for audience in course_of(name).audiences:
        path = PACKAGE / "contests" / "definitions" / f"{audience.contest}.toml"
        contest = tomllib.loads(path.read_text(encoding="utf-8"))
        assert set(audience.events) <= {event["code"] for event in contest["events"]}


@pytest.mark.parametrize("deck", DECKS)
def test_every_slide_fits_and_the_lesson_has_a_good_length(deck: str, hand: Draughtsman) -> None:
    read = read_deck(SHIPPED / deck)
    cues = schedule(read)
    assert 55 <= length_s(cues) <= 150
    assert len(hand.frames(read, cues)) == len(cues)
