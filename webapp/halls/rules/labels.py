"""Seat labels and network addresses as hosts write them."""

import ipaddress
import re
from dataclasses import dataclass

from webapp.halls.errors import LabelsWrong, NetworkWrong

MOST_SEATS = 1000
LONGEST_LABEL = 12

_GRID = re.compile(r"^\s*(\d{1,5})\s*[x×X*＊]\s*(\d{1,5})\s*$")
_SEPARATORS = re.compile(r"[\s,，、;；]+")


@dataclass(frozen=True)
class Seats:
    """The seats of a hall in the order they are filled. columns: seats of a row, 0 = one long row."""

    labels: tuple[str, ...]
    columns: int


def seats(text: str) -> Seats:
    """Seats from '6×5' (six rows of five: '1-1' … '6-5') or from a list of labels.

    raise (LabelsWrong): none, more than MOST_SEATS, one twice, or a label beyond LONGEST_LABEL signs."""
    grid = _GRID.match(text)
    if grid:
        rows, columns = int(grid[1]), int(grid[2])
        if not 1 <= rows * columns <= MOST_SEATS:
            raise LabelsWrong(most=MOST_SEATS)
        labels = tuple(f"{row}-{column}" for row in range(1, rows + 1) for column in range(1, columns + 1))
        return Seats(labels, columns)
    labels = tuple(part for part in _SEPARATORS.split(text.strip()) if part)
    if not 1 <= len(labels) <= MOST_SEATS or len(set(labels)) != len(labels):
        raise LabelsWrong(most=MOST_SEATS)
    if any(len(label) > LONGEST_LABEL for label in labels):
        raise LabelsWrong(most=MOST_SEATS)
    return Seats(labels, 0)


def as_text(found: Seats) -> str:
    """What `seats` reads back: '6×5', or the labels."""
    if found.columns and len(found.labels) % found.columns == 0:
        text = f"{len(found.labels) // found.columns}×{found.columns}"
        if seats(text).labels == found.labels:
            return text
    return " ".join(found.labels)


def networks(text: str) -> tuple[str, ...]:
    """Networks in their shortest form; a single address counts as a network of one.

    raise (NetworkWrong): one of them is none; it names it."""
    found = []
    for part in _SEPARATORS.split(text.strip()):
        if not part:
            continue
        try:
            found.append(str(ipaddress.ip_network(part, strict=False)))
        except ValueError:
            raise NetworkWrong(text=part[:60]) from None
    return tuple(dict.fromkeys(found))


def is_inside(address: str, allowed: tuple[str, ...]) -> bool:
    """Whether an address lies in one of the networks. No networks: every address does."""
    if not allowed:
        return True
    try:
        here = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(here in ipaddress.ip_network(network) for network in allowed)
