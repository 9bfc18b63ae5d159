"""Slides written as text become video: drawn with typst, encoded with ffmpeg, captioned from what is said.

Doors: `read_deck` (the file, with every problem), `render_course` (a course folder with finished media).
"""

from webapp.courses.formats.slides.course import render_course
from webapp.courses.formats.slides.deck import Deck, read_deck

__all__ = ["Deck", "read_deck", "render_course"]
