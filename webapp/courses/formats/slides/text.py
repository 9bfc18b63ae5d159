"""The text version of a lesson: everything the video says and shows, for who reads instead of watching."""

from collections.abc import Mapping

from webapp.courses.formats.slides.deck import Deck, Layout, Slide
from webapp.courses.formats.slides.figures import FIGURES


def text_version(deck: Deck, pictures: Mapping[str, str]) -> str:
    """Markdown in Chinese. pictures: name of a figure -> its file inside the course folder."""
    blocks = [f"# {deck.title['zh']}"]
    for slide in deck.slides:
        blocks.append(f"## {slide.heading}")
        if slide.figure in pictures and not _comes_again(deck, slide):
            told = FIGURES.get(slide.figure, slide.heading)
            blocks.append(f"![{told}]({pictures[slide.figure]})")
        blocks.append("\n\n".join(line.zh for line in slide.speech))
        if slide.points and slide.layout is not Layout.TITLE:
            blocks.append(_points(slide))
        if slide.note:
            blocks.append(slide.note)
    return "\n\n".join(blocks) + "\n"


def _comes_again(deck: Deck, slide: Slide) -> bool:
    """A title's figure is decoration when a later slide explains the same one."""
    return slide.layout is Layout.TITLE and any(
        other is not slide and other.figure == slide.figure for other in deck.slides
    )


def _points(slide: Slide) -> str:
    if slide.layout is Layout.COMPARE:
        rows = [[side.strip() for side in point.split("|")] for point in slide.points]
        lines = [f"| {left} | {right} |" for left, right in rows]
        return "\n".join([lines[0], "|---|---|", *lines[1:]])
    if slide.layout is Layout.STEPS:
        return "\n".join(f"{number}. {_strong(point)}" for number, point in enumerate(slide.points, 1))
    return "\n".join(f"- {_strong(point)}" for point in slide.points)


def _strong(point: str) -> str:
    """The words before a colon carry the point, on the slide and here."""
    head, colon, rest = point.partition("：")
    return f"**{head}**：{rest}" if colon and rest else point
