"""One-time codes: what for, and how long they live."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

LENGTH = 8
TRIES = 5


class CodePurpose(StrEnum):
    """What a code is for. The values are stored."""

    RECOVERY = "recovery"
    FIRST_SIGN_IN = "first-sign-in"
    PHONE = "phone"


LIFETIME: Mapping[CodePurpose, timedelta] = {
    CodePurpose.RECOVERY: timedelta(minutes=30),
    CodePurpose.FIRST_SIGN_IN: timedelta(days=30),
    CodePurpose.PHONE: timedelta(minutes=10),
}
"""A first code travels on paper through a factory, the others from hand to hand."""


def clean(text: str) -> str:
    """Only the digits: people type the space that helps them read the code."""
    return "".join(character for character in text if character.isdecimal() and character.isascii())


def shown(code: str) -> str:
    """'1234 5678': four digits are easier to carry than eight."""
    return f"{code[:4]} {code[4:]}"
