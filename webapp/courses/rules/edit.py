"""Changes of a course, from a course to a course."""

from collections.abc import Collection
from dataclasses import replace

from webapp.core.errors import NotFound
from webapp.courses.rules.course import Course, Lesson


def lesson_of(course: Course, key: str) -> Lesson:
    """The lesson with this key. Raise NotFound."""
    for lesson in course.lessons:
        if lesson.key == key:
            return lesson
    raise NotFound


def put_lesson(course: Course, lesson: Lesson) -> Course:
    """The course with this lesson instead of the one with the same key, or behind the last one."""
    if all(one.key != lesson.key for one in course.lessons):
        return replace(course, lessons=(*course.lessons, lesson))
    return replace(course, lessons=tuple(lesson if one.key == lesson.key else one for one in course.lessons))


def move_lesson(course: Course, key: str, by: int) -> Course:
    """The course with a lesson `by` places further down (negative: up), at most to the end. Raise NotFound."""
    lesson = lesson_of(course, key)
    rest = [one for one in course.lessons if one.key != key]
    rest.insert(max(0, course.lessons.index(lesson) + by), lesson)
    return replace(course, lessons=tuple(rest))


def withdraw_lesson(course: Course, key: str) -> Course:
    """The course without a lesson. Its key stays taken: points hang on it. Raise NotFound."""
    lesson_of(course, key)
    return replace(course, lessons=tuple(one for one in course.lessons if one.key != key))


def free_key(kind: str, taken: Collection[str]) -> str:
    """The first of video-1, video-2 … that no lesson of the course ever had."""
    number = 1
    while f"{kind}-{number}" in taken:
        number += 1
    return f"{kind}-{number}"
