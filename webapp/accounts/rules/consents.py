"""What a person agrees to: two separate purposes, each dated (PIPL articles 13, 14 and 25)."""

from enum import StrEnum


class Purpose(StrEnum):
    """The values are stored."""

    PRIVACY = "privacy"
    PUBLICATION = "publication"


NOTICE_VERSION = "2026-01"
"""Version of the text in templates/privacy.html. Change it with every change of what they say."""
