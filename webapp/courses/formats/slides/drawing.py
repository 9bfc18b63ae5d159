"""Slides and figures as pictures: typst draws, the texts go in as data only."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import typst

from webapp.core.problems import Problem
from webapp.core.words import N_, Message
from webapp.courses.errors import CourseInvalid
from webapp.courses.formats.slides.deck import Deck, Slide
from webapp.courses.formats.slides.fonts import Fonts, find_fonts
from webapp.courses.formats.slides.timing import Cue

SOURCES = Path(__file__).parent / "typst"
WIDTH, HEIGHT = 1280, 720
_EVERYTHING = 99


class Draughtsman:
    """A typst compiler over a folder of its own: the program's drawings and the course's pictures.

    `bench` is that folder (temporary, emptied by the caller); `media` the course's pictures."""

    def __init__(self, bench: Path, media: Path | None = None, fonts: Fonts | None = None) -> None:
        self.fonts = fonts or find_fonts()
        shutil.copytree(SOURCES, bench / "typst")
        if media and media.is_dir():
            shutil.copytree(media, bench / "media")
        self._compiler = typst.Compiler(
            str(bench / "typst" / "main.typ"),
            root=str(bench),
            font_paths=[str(folder) for folder in self.fonts.folders],
            ignore_system_fonts=True,
        )

    def __enter__(self) -> "Draughtsman":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del self._compiler

    def frames(self, deck: Deck, cues: Sequence[Cue]) -> list[bytes]:
        """One PNG of 1280 x 720 for each cue, in their order.

        raise (CourseInvalid): a slide's text does not fit on it, which typst shows by needing more pages."""
        total_s = cues[-1].end_s
        states = [{"slide": cue.slide, "shown": cue.shown, "done": cue.end_s / total_s} for cue in cues]
        pages = self._draw(deck, states)
        if len(pages) != len(cues):
            reason = Message(N_("There is too much on this slide: shorten it or split it."))
            raise CourseInvalid([Problem("slide-full", reason, value=self._fullest(deck))])
        return pages

    def figure(self, slide: Slide) -> bytes:
        """The slide's drawing alone, complete, as PNG (for the text version)."""
        data = json.dumps({"figure": slide.figure})
        return self._pages({"figure": data}, ppi=96)[0]

    def _fullest(self, deck: Deck) -> str:
        for index, slide in enumerate(deck.slides):
            if len(self._draw(deck, [{"slide": index, "shown": _EVERYTHING, "done": 0}])) > 1:
                return slide.heading
        return deck.title["zh"]

    def _draw(self, deck: Deck, states: list[dict[str, float]]) -> list[bytes]:
        slides = [
            {
                "layout": slide.layout.value,
                "heading": slide.heading,
                "points": slide.points,
                "note": slide.note,
                "figure": slide.figure,
            }
            for slide in deck.slides
        ]
        data = {"title": deck.title["zh"], "slides": slides, "frames": states}
        return self._pages({"deck": json.dumps(data, ensure_ascii=False)}, ppi=72)

    def _pages(self, inputs: dict[str, str], ppi: int) -> list[bytes]:
        weights = {
            "bold": "yes" if self.fonts.has_bold else "no",
            "serif": "yes" if self.fonts.has_serif else "no",
        }
        drawn = self._compiler.compile(format="png", ppi=ppi, sys_inputs={**inputs, **weights})
        pages = drawn if isinstance(drawn, list) else [drawn]
        return [page for page in pages if page is not None]
