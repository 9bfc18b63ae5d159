"""The body of a save: read strictly, so that nothing odd reaches the statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.banks.rules.answers import SlotForm, from_fields
from webapp.exam.errors import BadBatch

MAX_ITEMS = 200
MAX_BATCH_BYTES = 1_000_000
MAX_SEQ = 2**53
MAX_LEASE_CHARS = 64


@dataclass(frozen=True)
class RawItem:
    """One change as sent; the answer is not checked yet."""

    slot: int
    seq: int
    answer: object
    flag: bool


@dataclass(frozen=True)
class Batch:
    """A lease and changes of different slots."""

    lease: str
    items: list[RawItem]


def read_batch(body: object) -> Batch:
    """The batch of a JSON body {"lease": …, "items": [{"slot", "seq", "answer", "flag"}]}.

    raise (BadBatch): another shape, unknown fields, a slot twice, too many items, numbers out of range."""
    if not isinstance(body, dict) or not set(body) <= {"lease", "items"}:
        raise BadBatch
    lease, items = body.get("lease"), body.get("items", [])
    if not isinstance(lease, str) or len(lease) > MAX_LEASE_CHARS or "\x00" in lease:
        raise BadBatch
    if not isinstance(items, list) or len(items) > MAX_ITEMS:
        raise BadBatch
    read = [_item(item) for item in items]
    if len({item.slot for item in read}) != len(read):
        raise BadBatch
    return Batch(lease, read)


def _item(item: object) -> RawItem:
    if not isinstance(item, dict) or not set(item) <= {"slot", "seq", "answer", "flag"}:
        raise BadBatch
    slot, seq, flag = item.get("slot"), item.get("seq"), item.get("flag", False)
    if (
        not _is_number(slot, 0, MAX_ITEMS * 10)
        or not _is_number(seq, 1, MAX_SEQ)
        or not isinstance(flag, bool)
    ):
        raise BadBatch
    return RawItem(int(slot), int(seq), item.get("answer"), flag)  # type: ignore[arg-type]  # checked above


def _is_number(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def read_form(posted: Mapping[str, Sequence[str]], forms: Sequence[SlotForm]) -> dict[int, str]:
    """The answers of a plain form whose fields are a0, a1, …: what a browser without script sends.

    A group of options without any choice is not sent at all, so a missing slot means: not answered."""
    return {slot: from_fields(posted, f"a{slot}", form) for slot, form in enumerate(forms)}
