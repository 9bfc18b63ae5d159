"""`slides/<lesson>.toml` as data, with every defect named."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any

from webapp.core.problems import Problem, shorten
from webapp.core.words import N_, Message
from webapp.courses.errors import CourseInvalid
from webapp.courses.formats.slides.figures import FIGURES
from webapp.courses.rules.parse import toml_of

PICTURE_ENDINGS = (".png", ".jpg", ".webp")


class Layout(StrEnum):
    TITLE = "title"
    POINTS = "points"
    FIGURE = "figure"
    COMPARE = "compare"
    STEPS = "steps"
    RECAP = "recap"


@dataclass(frozen=True)
class Speech:
    """One line of the captions. seconds: None means by the length of the Chinese text.
    show: so many points of the slide are on view from this line on; None: spread evenly."""

    zh: str
    en: str
    seconds: float | None = None
    show: int | None = None


@dataclass(frozen=True)
class Slide:
    layout: Layout
    heading: str
    speech: tuple[Speech, ...]
    points: tuple[str, ...] = ()
    note: str = ""
    figure: str = ""

    @property
    def picture(self) -> str:
        """The slide's picture file inside the course folder; empty for a drawing or none."""
        return self.figure if self.figure.startswith("media/") else ""


@dataclass(frozen=True)
class Deck:
    title: dict[str, str]
    slides: tuple[Slide, ...]


def read_deck(path: Path) -> Deck:
    """The slides of one lesson. Pictures are looked for in the folder above `slides/`.

    raise (CourseInvalid): all defects at once, `row` being the line of the slide's `[[slides]]`."""
    if not path.is_file():
        raise CourseInvalid([Problem("course-file", Message(N_("This file is missing.")), file=path.name)])
    source = path.read_text(encoding="utf-8")
    data = toml_of(source, path.name)
    lines = [n for n, line in enumerate(source.splitlines(), 1) if line.strip().startswith("[[slides]]")]
    slides = [item for item in _list(data.get("slides")) if isinstance(item, dict)]
    problems = [
        Problem(
            code,
            reason,
            file=path.name,
            row=lines[index] if index < len(lines) else None,
            value=shorten(value),
        )
        for index, item in enumerate(slides)
        for code, reason, value in _defects(item, path.parent.parent)
    ]
    if not slides:
        problems.append(Problem("slides-empty", Message(N_("There are no slides.")), file=path.name))
    title = data.get("title")
    if not isinstance(title, dict) or not all(_text(title.get(lang)) for lang in ("zh", "en")):
        reason = Message(N_('The title needs Chinese and English: {zh = "…", en = "…"}.'))
        problems.append(Problem("slides-title", reason, file=path.name))
    if problems:
        raise CourseInvalid(problems)
    assert isinstance(title, dict)
    return Deck({lang: str(title[lang]) for lang in ("zh", "en")}, tuple(_slide(item) for item in slides))


def _slide(item: dict[str, Any]) -> Slide:
    return Slide(
        layout=Layout(item["layout"]),
        heading=str(item["heading"]),
        points=tuple(str(point) for point in item.get("points", [])),
        note=str(item.get("note", "")),
        figure=str(item.get("figure", "")),
        speech=tuple(
            Speech(str(line["zh"]), str(line["en"]), line.get("seconds"), line.get("show"))
            for line in item["speech"]
        ),
    )


def _defects(item: dict[str, Any], folder: Path) -> Iterator[tuple[str, Message, object]]:
    layout, figure = item.get("layout"), item.get("figure", "")
    if layout not in list(Layout):
        known = ", ".join(Layout)
        yield "slides-layout", Message(N_("The layout must be one of: %(known)s."), {"known": known}), layout
    if not _text(item.get("heading")):
        yield "slides-heading", Message(N_("The slide has no heading.")), ""
    if figure and not _figure_exists(figure, folder):
        reason = N_("There is no such drawing, and no such picture in media/.")
        yield "slides-figure", Message(reason), figure
    if layout == Layout.FIGURE and not figure:
        yield "slides-figure", Message(N_("A slide with layout “figure” needs a figure.")), ""
    if layout == Layout.COMPARE and not all(
        str(point).count("|") == 1 for point in _list(item.get("points"))
    ):
        reason = N_("Each point of a comparison has two sides: left | right.")
        yield "slides-compare", Message(reason), item.get("points")
    if not all(_text(point) for point in _list(item.get("points"))):
        yield "slides-points", Message(N_("A point is empty.")), ""
    lines = _list(item.get("speech"))
    if not lines or not all(
        isinstance(line, dict) and _text(line.get("zh")) and _text(line.get("en")) for line in lines
    ):
        reason = N_(
            "Every slide says something, in Chinese and in English: [[slides.speech]] with zh and en."
        )
        yield "slides-speech", Message(reason), ""
    if not all(_positive(line.get("seconds", 1)) for line in lines if isinstance(line, dict)):
        yield "slides-seconds", Message(N_("Seconds must be a number above 0.")), ""


def _figure_exists(figure: object, folder: Path) -> bool:
    name = str(figure)
    if name in FIGURES:
        return True
    place = PurePosixPath(name)
    inside = len(place.parts) == 2 and place.parts[0] == "media" and place.suffix.lower() in PICTURE_ENDINGS
    return inside and (folder / name).is_file()


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
