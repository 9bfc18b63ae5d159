"""Serial numbers that cannot be guessed and can be read aloud and typed.

JS26-7K3M9-QXA2H-TC5ZP: 'JS', the year, then three groups of five characters of Crockford's base 32 (no I, L,
O, U). Fourteen of them are random (70 bits), the last one is a check character.

The check is a sum over GF(32) with a different weight at each place: every single wrong character and every
exchange of two characters changes it."""

import re
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "JS"
RANDOM_BITS = 70
GROUP = 5
_BODY = RANDOM_BITS // 5
_LENGTH = len(PREFIX) + 2 + _BODY + 1
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_LOOK_ALIKE = str.maketrans("OIL", "011")
_REDUCING = 0b100101
"""x^5 + x^2 + 1, primitive over GF(2): the powers of x run through all 31 weights."""


def serial_of(year: int, random: int, prefix: str = PREFIX) -> str:
    """The serial number of these random bits. year: the full year, its last two digits show. prefix: two letters.

    raise (ValueError): random has more than 70 bits."""
    if not 0 <= random < 1 << RANDOM_BITS:
        raise ValueError("a serial number takes 70 random bits")
    body = "".join(ALPHABET[random >> (5 * at) & 31] for at in range(_BODY))
    plain = f"{year % 100:02d}{body}"
    return _grouped(prefix + plain + _check(plain))


def normalised(text: str, prefix: str = PREFIX) -> str | None:
    """What somebody typed as a serial number; None: it cannot be one (wrong length, characters or check).

    Case, spaces, dashes, full-width forms do not matter; O counts as 0, I and L as 1; the prefix may be missing."""
    plain = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).upper().translate(_LOOK_ALIKE)
    if len(plain) == _LENGTH - len(PREFIX):
        plain = prefix + plain
    if len(plain) != _LENGTH or not plain.startswith(prefix):
        return None
    year, body = plain[2:4], plain[4:]
    if not (year.isascii() and year.isdigit()) or not all(letter in _VALUES for letter in body):
        return None
    return _grouped(plain) if _check(plain[2:-1]) == plain[-1] else None


def _grouped(plain: str) -> str:
    head, body = plain[: len(PREFIX) + 2], plain[len(PREFIX) + 2 :]
    return "-".join([head, *(body[at : at + GROUP] for at in range(0, len(body), GROUP))])


def _check(plain: str) -> str:
    """The character that makes the weighted sum over all places zero; its own weight is 1."""
    total, weight = 0, 1
    for letter in plain:
        weight = _times(weight, 2)
        total ^= _times(_VALUES[letter], weight)
    return ALPHABET[total]


def _times(a: int, b: int) -> int:
    """The product in GF(32)."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 32:
            a ^= _REDUCING
        b >>= 1
    return product
