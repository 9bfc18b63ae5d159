"""A whole course folder: slides in, finished media out, skipping what is already there."""

import hashlib
import json
import shutil
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tomlkit

from webapp.courses.formats.slides.captions import LANGUAGES, webvtt
from webapp.courses.formats.slides.deck import Deck, read_deck
from webapp.courses.formats.slides.drawing import Draughtsman
from webapp.courses.formats.slides.encoding import Cancelled, encode, ffmpeg
from webapp.courses.formats.slides.fonts import Fonts, find_fonts
from webapp.courses.formats.slides.text import text_version
from webapp.courses.formats.slides.timing import Cue, length_s, schedule
from webapp.courses.rules.parse import parse_course

PARALLEL = 2
DIGESTS = ".rendered.json"
"""Beside course.toml in the finished folder: lesson -> digest of everything its files depend on."""


def render_course(
    folder: Path, into: Path, progress: Callable[[str], None], stop: threading.Event | None = None
) -> Path:
    """Make `into` a complete course folder, ready for import: course.toml names finished files only, media/,
    texts/ and drills/ are copied, each lesson with `slides` gets its video, captions and text version.

    progress: hears one line per lesson. stop: when set, ends soon and leaves finished lessons whole.
    Lessons whose slides, pictures, fonts and renderer did not change are kept. Returns `into`.
    raise (CourseInvalid, EncodingFailed, Cancelled)."""
    text = (folder / "course.toml").read_text(encoding="utf-8")
    parse_course(text)
    document = tomlkit.parse(text)
    for name in ("media", "texts", "drills"):
        (into / name).mkdir(parents=True, exist_ok=True)
        if (folder / name).is_dir():
            shutil.copytree(folder / name, into / name, dirs_exist_ok=True)
    lessons: list[Any] = [lesson for lesson in document.get("lessons", []) if "slides" in lesson]
    decks = {
        Path(str(lesson["slides"])).stem: read_deck(folder / str(lesson["slides"])) for lesson in lessons
    }
    _render_lessons(folder, into, decks, progress, stop)
    for lesson in lessons:
        _name_files(lesson, Path(str(lesson["slides"])).stem)
    (into / "course.toml").write_text(tomlkit.dumps(document), encoding="utf-8")
    return into


def _render_lessons(
    folder: Path,
    into: Path,
    decks: dict[str, Deck],
    progress: Callable[[str], None],
    stop: threading.Event | None,
) -> None:
    fonts = find_fonts()
    digests = _read_digests(into)
    todo = {}
    for name, deck in decks.items():
        digest = _digest(folder, name, deck, fonts)
        if digests.get(name) != digest or not all(path.is_file() for path in _outputs(into, name)):
            todo[name] = digest
    if not todo:
        return
    with (
        tempfile.TemporaryDirectory(prefix="slides-") as bench,
        Draughtsman(Path(bench), folder / "media", fonts) as hand,
        ThreadPoolExecutor(PARALLEL) as pool,
    ):
        encodes: dict[str, Future[None]] = {}
        for name in todo:
            if stop is not None and stop.is_set():
                break
            cues = schedule(decks[name])
            pictures = _draw(hand, decks[name], cues, Path(bench) / f"frames-{name}")
            _write_words(hand, decks[name], cues, name, into)
            video, low = into / "media" / f"{name}.mp4", into / "media" / f"{name}-low.mp4"
            encodes[name] = pool.submit(encode, pictures, video, low, stop)
        for name, encoded in encodes.items():
            encoded.result()
            digests[name] = todo[name]
            (into / DIGESTS).write_text(json.dumps(digests, indent=1, sort_keys=True), encoding="utf-8")
            progress(f"{folder.name}/{name}: {length_s(schedule(decks[name])):g} s")
    if stop is not None and stop.is_set():
        raise Cancelled


def _draw(hand: Draughtsman, deck: Deck, cues: tuple[Cue, ...], folder: Path) -> list[tuple[Path, float]]:
    folder.mkdir()
    pictures = []
    for number, (cue, png) in enumerate(zip(cues, hand.frames(deck, cues), strict=True)):
        path = folder / f"{number:03}.png"
        path.write_bytes(png)
        pictures.append((path, cue.end_s - cue.start_s))
    return pictures


def _write_words(hand: Draughtsman, deck: Deck, cues: tuple[Cue, ...], name: str, into: Path) -> None:
    """Captions, figures and the text version."""
    for language in LANGUAGES:
        (into / "media" / f"{name}.{language}.vtt").write_text(webvtt(cues, language), encoding="utf-8")
    pictures: dict[str, str] = {}
    for slide in deck.slides:
        if slide.picture:
            pictures[slide.figure] = slide.picture
        elif slide.figure and slide.figure not in pictures:
            pictures[slide.figure] = f"media/figure-{slide.figure}.png"
            (into / pictures[slide.figure]).write_bytes(hand.figure(slide))
    (into / "texts" / f"{name}.md").write_text(text_version(deck, pictures), encoding="utf-8")


def _outputs(into: Path, name: str) -> list[Path]:
    media = [f"{name}.mp4", f"{name}-low.mp4", *(f"{name}.{language}.vtt" for language in LANGUAGES)]
    return [*(into / "media" / file for file in media), into / "texts" / f"{name}.md"]


def _name_files(lesson: Any, name: str) -> None:
    del lesson["slides"]
    lesson["video"] = f"media/{name}.mp4"
    lesson["low_video"] = f"media/{name}-low.mp4"
    captions = tomlkit.inline_table()
    captions.update({language: f"media/{name}.{language}.vtt" for language in LANGUAGES})
    lesson["captions"] = captions
    lesson["text"] = f"texts/{name}.md"


def _read_digests(into: Path) -> dict[str, str]:
    try:
        return {str(key): str(value) for key, value in json.loads((into / DIGESTS).read_text()).items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _digest(folder: Path, name: str, deck: Deck, fonts: Fonts) -> str:
    """Of everything the lesson's files depend on: its slides and pictures, this renderer, fonts, tools."""
    whole = hashlib.sha256()
    own = Path(__file__).parent
    pictures = sorted({folder / slide.picture for slide in deck.slides if slide.picture})
    for path in (folder / "slides" / f"{name}.toml", *pictures):
        whole.update(path.read_bytes())
    for path in sorted((*own.rglob("*.py"), *own.rglob("*.typ"))):
        whole.update(path.relative_to(own).as_posix().encode() + path.read_bytes())
    tools = (*fonts.names, version("typst"), Path(ffmpeg()).name)
    whole.update("\n".join(tools).encode())
    return whole.hexdigest()
