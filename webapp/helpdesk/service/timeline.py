"""Taking a time line away as a file: always noted."""

import hashlib
from collections.abc import Sequence

from webapp.audit.service import record
from webapp.helpdesk.formats import csv_file
from webapp.helpdesk.queries.timeline import PersonLine


def take_away(page: PersonLine, head: Sequence[str], rows: Sequence[Sequence[str]], why: str) -> bytes:
    """The rows as CSV; who took them, why, how many and their digest are noted in the caller's transaction."""
    made = csv_file(head, rows)
    record(
        "person.time-line",
        "person",
        page.card.person_id,
        why=why,
        exam_id=page.head.exam_id,
        rows=len(rows),
        digest=hashlib.sha256(made).hexdigest(),
    )
    return made
