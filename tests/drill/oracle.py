"""The journal of the load against the database: what was acknowledged must be there, and nothing else."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text

from tests.drill.figures import Figure, at_least, exactly
from tests.drill.savers import Change, Journal
from webapp.core.db import db


@dataclass(frozen=True)
class Verdict:
    """lost: acknowledged but not there. phantom: there but never sent. doubled: stored twice as events."""

    lost: int
    phantom: int
    doubled: int


_SHEETS = text("SELECT attempt_id, answers, seqs FROM sheets WHERE exam_id = :exam_id")
_EVENTS = text(
    "SELECT attempt_id, slot, seq, answer, count(*) AS times FROM answer_events"
    " WHERE exam_id = :exam_id AND outcome = 'saved' GROUP BY 1, 2, 3, 4"
)


def compare(journal: Journal, exam_id: int) -> Verdict:
    """Both the present answers and the append-only events must agree with the journal."""
    sent = {(c.attempt_id, c.slot, c.seq): c for c in journal.changes}
    acked = {(c.attempt_id, c.slot, c.seq): c for c in journal.acked}
    events = {
        (row.attempt_id, row.slot, row.seq): row for row in db.session.execute(_EVENTS, {"exam_id": exam_id})
    }
    lost = {key for key, change in acked.items() if key not in events or events[key].answer != change.answer}
    phantom = {key for key, row in events.items() if key not in sent or sent[key].answer != row.answer}
    doubled = sum(row.times > 1 for row in events.values())
    highest: dict[tuple[int, int], int] = {}
    for attempt_id, slot, seq in acked:
        highest[attempt_id, slot] = max(seq, highest.get((attempt_id, slot), 0))
    for row in db.session.execute(_SHEETS, {"exam_id": exam_id}):
        for slot, (answer, seq) in enumerate(zip(row.answers, row.seqs, strict=True)):
            key = (row.attempt_id, slot, seq)
            if seq < highest.pop((row.attempt_id, slot), 0):
                lost.add(key)
            if not _was_sent(sent, key, answer):
                phantom.add(key)
    db.session.rollback()
    lost |= {
        (attempt_id, slot, seq) for (attempt_id, slot), seq in highest.items()
    }  # the sheet itself is gone
    return Verdict(len(lost), len(phantom), doubled)


def _was_sent(sent: dict[tuple[int, int, int], Change], key: tuple[int, int, int], answer: str) -> bool:
    if key[2] == 0:
        return answer == ""
    return key in sent and sent[key].answer == answer


def verdict_figures(row: str, journal: Journal, exam_id: int) -> Iterator[Figure]:
    """The four lines every drill with savers ends with."""
    found = compare(journal, exam_id)
    repeated = Counter(change.tries > 1 for change in journal.acked)[True]
    yield at_least(row, "answers acknowledged while it happened", len(journal.acked), 100)
    yield exactly(row, "acknowledged answers lost", found.lost)
    yield exactly(row, "answers stored that nobody sent", found.phantom)
    yield exactly(row, "answers stored twice", found.doubled)
    unexpected = journal.refused
    what = f"saves refused ({unexpected[0].refused})" if unexpected else "saves refused"
    yield exactly(row, f"{what}; {repeated} were sent again by themselves", len(unexpected))
