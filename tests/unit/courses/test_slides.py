"""Slides as data: reading, timing, captions and the text version."""

import itertools
import re
from pathlib import Path

import pytest

from tests.unit.courses.decks import DECK, write_deck
from webapp.courses.errors import CourseInvalid
from webapp.courses.formats.slides import read_deck
from webapp.courses.formats.slides.captions import LANGUAGES, webvtt
from webapp.courses.formats.slides.deck import Deck
from webapp.courses.formats.slides.text import text_version
from webapp.courses.formats.slides.timing import (
    FRAMES_PER_S,
    LEAST_S,
    SIGNS_PER_S,
    length_s,
    points_on_view,
    reading_seconds,
    schedule,
)

STAMPS = re.compile(r"(\d\d):(\d\d):(\d\d)\.(\d\d\d) --> (\d\d):(\d\d):(\d\d)\.(\d\d\d)")


@pytest.fixture
def deck(tmp_path: Path) -> Deck:
    return read_deck(write_deck(tmp_path))


def times(vtt: str) -> list[tuple[float, float]]:
    return [
        (h * 3600 + m * 60 + s + ms / 1000, h2 * 3600 + m2 * 60 + s2 + ms2 / 1000)
        for h, m, s, ms, h2, m2, s2, ms2 in (map(int, found) for found in STAMPS.findall(vtt))
    ]


def test_captions_cover_the_whole_video_without_gap_or_overlap(deck: Deck) -> None:
    cues = schedule(deck)
    found = times(webvtt(cues, "zh"))
    assert found[0][0] == 0
    assert found[-1][1] == length_s(cues)
    assert all(start < end for start, end in found)
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(found))


def test_both_languages_say_their_lines_at_the_same_times(deck: Deck) -> None:
    chinese, english = (webvtt(schedule(deck), language) for language in LANGUAGES)
    assert times(chinese) == times(english)
    assert len(times(chinese)) == 5
    assert "可燃物。" in chinese
    assert "Fuel." in english


def test_signs_of_markup_in_captions_are_escaped(deck: Deck) -> None:
    assert "&lt;three&gt; things &amp; no less." in webvtt(schedule(deck), "en")


def test_every_change_falls_on_a_frame(deck: Deck) -> None:
    assert all((cue.end_s * FRAMES_PER_S).is_integer() for cue in schedule(deck))


@pytest.mark.parametrize(
    ("text", "least_s"),
    [
        ("好", LEAST_S),
        ("九个字的一句话不算长", LEAST_S),
        ("字" * 45, 45 / SIGNS_PER_S),
        ("拨打 119", LEAST_S),
    ],
)
def test_a_line_stays_as_long_as_calm_reading_takes(text: str, least_s: float) -> None:
    assert least_s <= reading_seconds(text) <= least_s + 1


def test_given_seconds_are_kept(deck: Deck) -> None:
    first = schedule(deck)[0]
    assert first.end_s - first.start_s == 2


def test_points_come_one_after_the_other_and_the_last_line_shows_all(deck: Deck) -> None:
    title, figure = deck.slides
    assert points_on_view(title) == (2,)
    assert points_on_view(figure) == (0, 1, 2, 3)


def test_lines_may_say_how_many_points_show_but_none_disappears(tmp_path: Path) -> None:
    text = DECK.replace('en = "Fuel."', 'en = "Fuel."\nshow = 2').replace(
        'en = "Oxygen."', 'en = "Oxygen."\nshow = 1'
    )
    assert points_on_view(read_deck(write_deck(tmp_path, text)).slides[1]) == (0, 2, 2, 3)


def test_the_text_version_says_everything_that_the_video_says(deck: Deck) -> None:
    text = text_version(deck, {"fire-triangle": "media/figure-fire-triangle.png"})
    for slide in deck.slides:
        assert slide.heading in text
        assert all(line.zh in text for line in slide.speech)
    assert "- **可燃物**：能烧的" in text
    assert text.count("](media/figure-fire-triangle.png)") == 1


@pytest.mark.parametrize(
    ("old", "new", "code", "row"),
    [
        ('layout = "title"', 'layout = "poster"', "slides-layout", 4),
        ('heading = "三个条件"', 'heading = ""', "slides-heading", 14),
        ('figure = "fire-triangle"\nnote', 'figure = "water-triangle"\nnote', "slides-figure", 14),
        ('figure = "fire-triangle"\nnote', 'figure = "media/../secret.png"\nnote', "slides-figure", 14),
        ('en = "Fuel."', 'en = ""', "slides-speech", 14),
        ("seconds = 2", "seconds = 0", "slides-seconds", 4),
        ('en = "A trial"', 'en = ""', "slides-title", None),
    ],
)
def test_a_defect_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, code: str, row: int | None
) -> None:
    assert old in DECK
    with pytest.raises(CourseInvalid) as caught:
        read_deck(write_deck(tmp_path, DECK.replace(old, new, 1)))
    assert [(problem.code, problem.row) for problem in caught.value.problems] == [(code, row)]
