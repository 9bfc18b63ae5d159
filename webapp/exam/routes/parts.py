"""Sections with rules, as requests meet them: what is refused, and the time that is left."""

from typing import Any

from flask import request

from webapp.core import clock
from webapp.core.i18n import say
from webapp.core.transaction import transaction
from webapp.exam.errors import SectionClosed
from webapp.exam.queries.layouts import Layout
from webapp.exam.queries.sections import course
from webapp.exam.rules.saving import Item
from webapp.exam.rules.sections import Stand
from webapp.exam.rules.timing import remaining_s
from webapp.exam.service.sections import sift


def in_open_sections(
    frozen: Layout, lease: str, items: list[Item]
) -> tuple[list[Item], list[dict[str, Any]]]:
    """What may be stored, and the replies to the rest: refused, or saved when it was stored before."""
    with transaction():
        good, stored, closed = sift(frozen, course(frozen.attempt_id), lease, items, clock.arrival())
    said = [{"slot": item.slot, "seq": item.seq, "state": "saved", "server_seq": item.seq} for item in stored]
    return good, said + [_refusal(frozen, item) for item in closed]


def is_on_page(frozen: Layout, item: Item) -> bool:
    """Whether a plain form showed this question: it shows one section, the others send nothing."""
    return str(frozen.sections[item.slot]) == request.form.get("part")


def time_of_section(frozen: Layout) -> dict[str, Any]:
    """The section that is being written and the seconds left of its own time (None: it has none)."""
    at = clock.now()
    for found in course(frozen.attempt_id).at(at):
        if found.stand is Stand.CURRENT:
            left = remaining_s(at, found.closes_at) if found.closes_at else None
            return {"section": {"number": found.number, "remaining_s": left}}
    return {"section": {"number": None, "remaining_s": 0}}


def _refusal(frozen: Layout, item: Item) -> dict[str, Any]:
    error = SectionClosed(part=frozen.sections[item.slot] + 1)
    return {
        "slot": item.slot,
        "seq": item.seq,
        "state": "refused",
        "code": error.code,
        "message": say(error.message),
    }
