"""When each line of the captions starts and ends, and what the slide shows meanwhile."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.courses.formats.slides.deck import Deck, Layout, Slide, Speech

SIGNS_PER_S = 4.5
"""A calm reading pace: Chinese characters a second; a number or a Latin word counts as two."""
LEAST_S = 2.0
BREATH_S = 1.0
"""The last line of a slide stays so much longer, to let people look at the whole slide."""
FRAMES_PER_S = 2
"""Still slides need no more; every change falls exactly on a frame."""

_SIGN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z0-9.%]+")
_PAUSE = re.compile(r"[，。；：！？、——]")


@dataclass(frozen=True)
class Cue:
    """One line on the time axis. slide: index; shown: points on view; start_s, end_s: seconds from the start."""

    slide: int
    shown: int
    start_s: float
    end_s: float
    speech: Speech


def reading_seconds(text: str) -> float:
    """How long a line stays: by its Chinese characters, words and pauses, at least LEAST_S,
    rounded up to a whole frame."""
    units = len(_SIGN.findall(text)) + 2 * len(_WORD.findall(text)) + 0.5 * len(_PAUSE.findall(text))
    return max(LEAST_S, _whole_frames(units / SIGNS_PER_S))


def schedule(deck: Deck) -> tuple[Cue, ...]:
    """All lines, end to end: the first starts at 0, each starts when the one before ends."""
    cues: list[Cue] = []
    at_s = 0.0
    for index, slide in enumerate(deck.slides):
        for line, shown in zip(slide.speech, points_on_view(slide), strict=True):
            breath_s = BREATH_S if line is slide.speech[-1] else 0
            length_s = _whole_frames(line.seconds) if line.seconds else reading_seconds(line.zh) + breath_s
            cues.append(Cue(index, shown, at_s, at_s + length_s, line))
            at_s += length_s
    return tuple(cues)


def points_on_view(slide: Slide) -> tuple[int, ...]:
    """How many points are visible during each line: as the lines say, else spread evenly so that the last
    line shows all. A title shows everything from the start; what was shown stays. Where there are no points
    the number counts the lines, for drawings that follow what is said."""
    total, count = len(slide.points), len(slide.speech)
    if slide.layout is Layout.TITLE:
        return (total,) * count
    if not total:
        return tuple(range(1, count + 1))
    spread = [(i + 1) * total // count for i in range(count)]
    seen, shown = [], 0
    for line, even in zip(slide.speech, spread, strict=True):
        shown = max(shown, min(total, even if line.show is None else line.show))
        seen.append(shown)
    return (*seen[:-1], total)


def length_s(cues: Sequence[Cue]) -> float:
    """Seconds of the whole video."""
    return cues[-1].end_s


def _whole_frames(seconds: float) -> float:
    return math.ceil(round(seconds * FRAMES_PER_S, 6)) / FRAMES_PER_S
