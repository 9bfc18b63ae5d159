"""Small decks for the tests of slides."""

from pathlib import Path

DECK = """
title = {zh = "试讲", en = "A trial"}

[[slides]]
layout = "title"
heading = "试讲"
points = ["一", "二"]
figure = "fire-triangle"
[[slides.speech]]
zh = "大家好。"
en = "Hello."
seconds = 2

[[slides]]
layout = "figure"
heading = "三个条件"
points = ["可燃物：能烧的", "助燃物", "点火源"]
figure = "fire-triangle"
note = "来源：教材"
[[slides.speech]]
zh = "物质燃烧要同时具备三个条件，少一个都不行。"
en = "A fire needs <three> things & no less."
[[slides.speech]]
zh = "可燃物。"
en = "Fuel."
[[slides.speech]]
zh = "助燃物。"
en = "Oxygen."
[[slides.speech]]
zh = "点火源。"
en = "Ignition."
"""


def write_deck(folder: Path, text: str = DECK, name: str = "trial") -> Path:
    """The deck as slides/<name>.toml of a course folder."""
    path = folder / "slides" / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
