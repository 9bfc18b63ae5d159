"""What goes into and comes out of the hot statements."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True)
class Item:
    """One change of one slot, already in canonical form. slot counts from 0, seq from 1."""

    slot: int
    seq: int
    answer: str
    flag: bool = False


class Outcome(StrEnum):
    """saved: in the database. superseded: the server already holds a newer or other change of this slot."""

    SAVED = "saved"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Ack:
    """What became of one item. server_seq: the sequence the server now holds for the slot."""

    slot: int
    seq: int
    outcome: Outcome
    server_seq: int


@dataclass(frozen=True)
class Running:
    """How an open attempt stands after a request. lease is told only to the device that holds it."""

    exam_id: int
    deadline_at: datetime
    remaining_s: int
    is_late: bool = False
    acks: tuple[Ack, ...] = ()
    lease: str = ""
