"""Every bank that comes with the program is whole, sourced, explained and large enough to draw from."""

import hashlib
import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from webapp.banks.formats.files import Parsed, read_bank_folder
from webapp.banks.rules.schema import QuestionType, unspoken
from webapp.banks.service.versions import content_digest

ROOT = Path(__file__).parents[3]
FOLDERS = sorted(path.parent for path in (ROOT / "question_banks").glob("*/bank.toml"))
LEAST_QUESTIONS = 160
MOST_OF_ONE_ANSWER = 0.4  # a contestant who always picks one letter must not profit
MOST_OF_ONE_TRUTH = 0.6


def wanted_by_an_exam() -> dict[str, int]:
    """How many questions of each type the largest exam section of the shipped contest draws."""
    definition = tomllib.loads((ROOT / "webapp/contests/definitions/jilin-5.toml").read_text("utf-8"))
    wanted: dict[str, int] = {}
    for profile in definition["profiles"]:
        for stage in profile["stages"]:
            for section in stage.get("exam", {}).get("sections", ()):
                wanted[section["type"]] = max(wanted.get(section["type"], 0), section["count"])
    return wanted


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def bank(request: pytest.FixtureRequest) -> Parsed:
    return read_bank_folder(request.param)


def test_the_shipped_banks_are_found() -> None:
    assert {"fire_protection", "work_safety"} <= {folder.name for folder in FOLDERS}


def test_a_shipped_bank_reads_without_problems(bank: Parsed) -> None:
    assert (bank.problems, bank.error_count) == ((), 0)
    assert len(bank.questions) >= LEAST_QUESTIONS
    assert bank.head is not None
    assert bank.head.licence == "Apache-2.0"
    assert all((bank.head.title_zh, bank.head.title_en, bank.head.description_zh, bank.head.description_en))


DIGESTS = {
    "electrical_safety": "b965924c03fcfb85ceb3d4f8",
    "fire_protection": "53d1eb537bd3de50b4f30b27",
    "first_aid_health": "17cf9bcb94e901572f61896b",
    "work_safety": "5d1e75884959a80228b95c6a",
}
"""Of the questions as earlier releases stored them: other digests would make new versions of them all.

The words of pictures (picture_alt) came later: they are left out here, and only questions with a picture changed."""


def test_the_digests_of_shipped_questions_stay_as_earlier_releases_stored_them(bank: Parsed) -> None:
    assert bank.head is not None
    name = next(
        folder.name
        for folder in FOLDERS
        if folder.name.replace("_", "") in bank.head.code.replace("-", "").replace("_", "")
    )
    wordless = [replace(one, public=replace(one.public, picture_alt="")) for one in bank.questions]
    assert [one for one in wordless if not one.public.picture] == [
        one for one in bank.questions if not one.public.picture
    ]
    digests = sorted(content_digest(question, None) for question in wordless)
    assert hashlib.sha256("".join(digests).encode()).hexdigest()[:24] == DIGESTS[name]


def test_every_question_has_its_own_key_a_source_and_an_explanation(bank: Parsed) -> None:
    keys = Counter(question.key for question in bank.questions)
    assert [key for key, count in keys.items() if count > 1 or not key] == []
    assert [q.key for q in bank.questions if not q.source or not q.secret.explanation] == []


def test_every_topic_has_questions_and_every_picture_is_used(bank: Parsed) -> None:
    assert {topic.key for topic in bank.topics} == {question.topic for question in bank.questions}
    assert set(bank.pictures) == {q.public.picture for q in bank.questions if q.public.picture}


def test_an_exam_draws_at_most_half_of_the_questions_of_a_type(bank: Parsed) -> None:
    held = Counter(question.public.type.value for question in bank.questions)
    wanted = wanted_by_an_exam()
    assert set(wanted) == {"single", "multiple", "true_false", "fill"}
    assert {kind: held[kind] for kind, count in wanted.items() if held[kind] < 2 * count} == {}


def test_no_answer_is_right_far_more_often_than_the_others(bank: Parsed) -> None:
    letters = Counter(q.secret.letters for q in bank.questions if q.public.type is QuestionType.SINGLE)
    truths = Counter(q.secret.truth for q in bank.questions if q.public.type is QuestionType.TRUE_FALSE)
    assert max(letters.values()) <= MOST_OF_ONE_ANSWER * letters.total()
    assert max(truths.values()) <= MOST_OF_ONE_TRUTH * truths.total()


def test_every_picture_of_a_shipped_bank_has_words(bank: Parsed) -> None:
    assert any(question.public.picture for question in bank.questions)
    assert [question.key for question in bank.questions if unspoken(question.public)] == []
