"""Slides become real videos: drawn, encoded, and kept when nothing changed."""

import re
import subprocess
import threading
from pathlib import Path

import pytest

from tests.unit.courses.decks import DECK, write_deck
from webapp.courses.errors import CourseInvalid
from webapp.courses.formats.folder import read_folder
from webapp.courses.formats.slides import read_deck, render_course
from webapp.courses.formats.slides.drawing import Draughtsman
from webapp.courses.formats.slides.encoding import Cancelled, ffmpeg
from webapp.courses.formats.slides.figures import FIGURES
from webapp.courses.formats.slides.timing import length_s, schedule

COURSE = """
schema = 1
code = "trial"
title = {zh = "试课", en = "Trial course"}

# a remark that stays
[[lessons]]
key = "trial"
kind = "video"
title = {zh = "试讲", en = "A trial"}
slides = "slides/trial.toml"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_deck(tmp_path / "course")
    (tmp_path / "course" / "course.toml").write_text(COURSE, encoding="utf-8")
    return tmp_path / "course"


def boxes(path: Path) -> list[bytes]:
    """The names of the top boxes of an mp4, in their order."""
    data, place, names = path.read_bytes(), 0, []
    while place < len(data):
        names.append(data[place + 4 : place + 8])
        place += int.from_bytes(data[place : place + 4])
    return names


def what_ffmpeg_sees(path: Path) -> str:
    return subprocess.run([ffmpeg(), "-i", str(path)], capture_output=True, text=True, check=False).stderr


def test_a_lesson_becomes_two_videos_with_captions_and_text(folder: Path, tmp_path: Path) -> None:
    said: list[str] = []
    made = render_course(folder, tmp_path / "out", said.append)
    long_s = length_s(schedule(read_deck(folder / "slides" / "trial.toml")))
    for name, size in (("trial.mp4", "1280x720"), ("trial-low.mp4", "640x360")):
        path = made / "media" / name
        seen = what_ffmpeg_sees(path)
        assert "h264 (High)" in seen
        assert "yuv420p" in seen
        assert size in seen
        hours, minutes, seconds = re.findall(r"Duration: (\d+):(\d+):([\d.]+)", seen)[0]
        assert int(hours) * 3600 + int(minutes) * 60 + float(seconds) == pytest.approx(long_s, abs=0.01)
        names = boxes(path)
        assert names.index(b"moov") < names.index(b"mdat")
    assert len(said) == 1
    course = read_folder(made).course
    lesson = course.lessons[0]
    assert (lesson.slides, lesson.video, lesson.low_video) == ("", "media/trial.mp4", "media/trial-low.mp4")
    assert dict(lesson.captions) == {"zh": "media/trial.zh.vtt", "en": "media/trial.en.vtt"}
    assert lesson.text == "texts/trial.md"
    assert (made / "media" / "figure-fire-triangle.png").read_bytes().startswith(b"\x89PNG")
    assert "# a remark that stays" in (made / "course.toml").read_text(encoding="utf-8")


def test_what_did_not_change_is_kept_and_equal_slides_give_equal_bytes(folder: Path, tmp_path: Path) -> None:
    said: list[str] = []
    first = render_course(folder, tmp_path / "one", said.append) / "media" / "trial.mp4"
    before = first.stat().st_mtime_ns
    render_course(folder, tmp_path / "one", said.append)
    assert len(said) == 1
    assert first.stat().st_mtime_ns == before
    second = render_course(folder, tmp_path / "two", said.append) / "media" / "trial.mp4"
    assert second.read_bytes() == first.read_bytes()
    write_deck(folder, DECK.replace("大家好。", "大家好，我们开始。").replace("seconds = 2", "seconds = 4"))
    render_course(folder, tmp_path / "one", said.append)
    assert first.read_bytes() != second.read_bytes()


def test_a_cancelled_render_leaves_no_half_video(folder: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        render_course(folder, tmp_path / "out", lambda line: None, stop)
    assert not list((tmp_path / "out").rglob("*.mp4"))


def test_a_slide_with_too_much_text_is_refused_by_its_heading(tmp_path: Path) -> None:
    crowded = DECK.replace('points = ["可燃物：能烧的"', f'points = ["{"很长的话" * 120}"')
    deck = read_deck(write_deck(tmp_path, crowded))
    (tmp_path / "bench").mkdir()
    with Draughtsman(tmp_path / "bench") as hand, pytest.raises(CourseInvalid) as caught:
        hand.frames(deck, schedule(deck))
    assert [(problem.code, problem.value) for problem in caught.value.problems] == [
        ("slide-full", "三个条件")
    ]


def test_words_of_a_slide_are_never_typst_source(tmp_path: Path) -> None:
    deck = read_deck(write_deck(tmp_path, DECK.replace("来源：教材", "#panic() $x$ *a* \\\\u{41} [b]")))
    (tmp_path / "bench").mkdir()
    with Draughtsman(tmp_path / "bench") as hand:
        assert len(hand.frames(deck, schedule(deck))) == 5


def test_every_named_figure_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "bench").mkdir()
    with Draughtsman(tmp_path / "bench") as hand:
        for name in FIGURES:
            text = DECK.replace('figure = "fire-triangle"\nnote', f'figure = "{name}"\nnote')
            slide = read_deck(write_deck(tmp_path, text)).slides[1]
            assert hand.figure(slide).startswith(b"\x89PNG"), name
