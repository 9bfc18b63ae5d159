"""What a progress report says: numbers and words, by the fields that the contest file names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.core.words import N_, Message

NUMBERS = {
    "firms": N_("Firms covered"),
    "workers": N_("Workers covered"),
    "innovations": N_("Proposals and innovations"),
    "value": N_("Value created (10,000 yuan)"),
}
"""Fields that hold a whole number from 0 on."""
WORDS = {
    "progress": N_("Progress in this period"),
    "results": N_("Results reached"),
    "problems": N_("Problems and what is needed"),
    "measures": N_("What comes next"),
}
MOST_NUMBER = 100_000_000
MOST_WORDS = 5000


@dataclass(frozen=True)
class Field:
    """One field of a report. label: a msgid, or the name in the file where it is not known here."""

    name: str
    label: str
    is_number: bool


def fields(names: Sequence[str]) -> tuple[Field, ...]:
    """The fields of a report in the order of the file. A name that is not known takes words and shows as it is."""
    return tuple(Field(name, NUMBERS.get(name) or WORDS.get(name) or name, name in NUMBERS) for name in names)


def read(names: Sequence[str], typed: Mapping[str, str]) -> tuple[dict[str, int | str], dict[str, Message]]:
    """(what the report says, what is wrong by field). Every field has to be filled; commas in numbers are left out."""
    said: dict[str, int | str] = {}
    wrong: dict[str, Message] = {}
    for field in fields(names):
        text = typed.get(field.name, "").strip()
        if not text:
            wrong[field.name] = Message(N_("Please fill this in."))
        elif not field.is_number:
            if len(text) > MOST_WORDS:
                wrong[field.name] = Message(N_("At most %(most)d characters."), {"most": MOST_WORDS})
            said[field.name] = text
        else:
            plain = text.replace(",", "").replace("，", "")
            if plain.isascii() and plain.isdigit() and int(plain) <= MOST_NUMBER:
                said[field.name] = int(plain)
            else:
                wrong[field.name] = Message(N_("A whole number from 0 on, without unit."))
    return said, wrong
