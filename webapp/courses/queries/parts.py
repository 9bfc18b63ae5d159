"""The parts of a lesson as pages show them, made of the public content that its row (or a draft) holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webapp.courses.formats.markdown import to_html
from webapp.media import service as media


@dataclass(frozen=True)
class VideoPart:
    """A video lesson's files. captions: (language, address). text_html: the text version, '' without one.

    file_digest: of the video's content; watching starts anew when it changes."""

    url: str
    low_url: str | None
    size_bytes: int
    low_size_bytes: int | None
    duration_s: int
    captions: tuple[tuple[str, str], ...]
    text_html: str
    file_digest: str


@dataclass(frozen=True)
class TextPart:
    """What is read. character_count: without white space."""

    html: str
    character_count: int


@dataclass(frozen=True)
class QuizPart:
    """From where a round is drawn. topics: none means all; count: questions of a round."""

    bank: str
    topics: tuple[str, ...]
    count: int


def video_part(content: Mapping[str, Any]) -> VideoPart:
    """The video, with addresses. One statement."""
    ids = [content["video"], *([content["low"]] if content["low"] else [])]
    ids += [file_id for _, file_id in content["captions"]]
    names = media.public_names([*ids, *content["pictures"].values()])
    return VideoPart(
        url=_address(names[content["video"]]),
        low_url=_address(names[content["low"]]) if content["low"] else None,
        size_bytes=content["size"],
        low_size_bytes=content["low_size"],
        duration_s=content["duration_s"],
        captions=tuple((language, _address(names[file_id])) for language, file_id in content["captions"]),
        text_html=_html(content, names),
        file_digest=content["digest"],
    )


def text_part(content: Mapping[str, Any]) -> TextPart:
    """The text as safe HTML. One statement."""
    names = media.public_names(list(content["pictures"].values()))
    return TextPart(_html(content, names), content["characters"])


def quiz_part(content: Mapping[str, Any]) -> QuizPart:
    """From where a quiz is drawn."""
    return QuizPart(content["bank"], tuple(content["topics"]), content["count"])


def drill_part(content: Mapping[str, Any]) -> dict[str, Any]:
    """What may be seen of a drill before a step was judged (rules/drill.py); "picture" is an address."""
    found = dict(content["drill"])
    if content["picture"]:
        found["picture"] = _address(media.public_names([content["picture"]])[content["picture"]])
    return found


def _html(content: Mapping[str, Any], names: Mapping[int, str]) -> str:
    pictures = content["pictures"]
    return to_html(
        content["markdown"], {path: _address(names[file_id]) for path, file_id in pictures.items()}
    )


def _address(public_name: str) -> str:
    return f"/media/{public_name}"
