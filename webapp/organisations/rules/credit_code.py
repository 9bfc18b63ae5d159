"""The unified social credit code of a unit (GB 32100-2015): the key of an enterprise."""

import unicodedata

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""31 characters: I, O, S, V and Z are left out."""

LENGTH = 18


def clean(text: str) -> str:
    """One spelling: NFKC, capitals, no spaces or hyphens."""
    return "".join(unicodedata.normalize("NFKC", text).upper().replace("-", "").split())


def is_valid(code: str) -> bool:
    """Whether a cleaned code has 18 characters of the alphabet and the right check character."""
    return (
        len(code) == LENGTH
        and all(character in ALPHABET for character in code)
        and check_character(code[:17]) == code[17]
    )


def check_character(body: str) -> str:
    """The 18th character to the first 17. Weights are the powers of 3 modulo 31 (GB 32100-2015, annex B)."""
    total = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return ALPHABET[(31 - total % 31) % 31]
