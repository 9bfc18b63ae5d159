"""How a print file is divided, and what its parts are called."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice

PART_SIZE = 500
"""So many certificates stand in one PDF at most (p): some three megabytes, a box of paper."""


@dataclass(frozen=True)
class Kind:
    """What the certificates of one part have in common; paper and look of a printer's job follow from it."""

    stage_id: int
    award_code: str
    template_version: str


@dataclass(frozen=True)
class Part:
    """One PDF: certificates by id, in the order of the pick-up list. number: from 1."""

    number: int
    kind: Kind
    certificate_ids: tuple[int, ...]


def divided(certificates: Iterable[tuple[Kind, int]], size: int = PART_SIZE) -> Iterator[Part]:
    """The parts of (kind, certificate id) in this order: none is longer than `size`, none mixes two kinds.

    raise (ValueError): size is not positive."""
    if size < 1:
        raise ValueError("a part holds one certificate at least")
    number = 0
    for kind, members in groupby(certificates, key=lambda one: one[0]):
        ids = (certificate_id for _kind, certificate_id in members)
        while taken := tuple(islice(ids, size)):
            number += 1
            yield Part(number, kind, taken)


def part_name(number: int, event_code: str, stage_code: str, award_code: str) -> str:
    """The file of a part; sorted by name the parts stand in their order."""
    return f"{number:04d}-{_plain(event_code)}-{_plain(stage_code)}-{_plain(award_code)}.pdf"


def _plain(code: str) -> str:
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "_" for sign in code)
