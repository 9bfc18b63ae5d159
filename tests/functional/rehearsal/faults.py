"""Faults planted into a contest that was played without any: each breaks one invariant.

They are written past the program, which refuses them, and are gone with the transaction."""

from dataclasses import dataclass

from sqlalchemy import text

from webapp.core.db import db
from webapp.rehearsal import checking
from webapp.rehearsal.play import EventPlay, Play

_LIST = (
    "(SELECT max(l.id) FROM stage_lists l JOIN stages s ON s.id = l.stage_id JOIN events e ON e.id = s.event_id"
    " WHERE s.code = 'preliminary' AND e.code = :code)"
)
_FROZEN = f"(SELECT snapshot_id FROM stage_lists WHERE id = {_LIST})"
_POSTED = f"""(SELECT n.snapshot_id FROM stage_notices n JOIN stage_lists l ON l.id = n.list_id
    WHERE l.id = {_LIST} AND n.posted_at <= l.final_at ORDER BY n.version DESC LIMIT 1)"""
_FINAL = f"(SELECT final_snapshot_id FROM stage_lists WHERE id = {_LIST})"
_AWARDS = """(SELECT l.id FROM award_lists l JOIN stages s ON s.id = l.stage_id JOIN events e ON e.id = s.event_id
    WHERE e.code = :code AND l.state = 'decided')"""

_STAGES = "(SELECT s.id FROM stages s JOIN events e ON e.id = s.event_id WHERE e.code = :code)"


@dataclass(frozen=True)
class Fault:
    """sql: plants it. own, other: what the rehearsal and the independent program say of it; '' for nothing."""

    sql: str
    own: str
    other: str


def _on_list(change: str) -> str:
    """Change the rows both of the posted and of the final list."""
    return f"UPDATE board_snapshots b SET rows = {change} WHERE b.id IN ({_POSTED}, {_FINAL})"


FAULTS = {
    "more go on than the quota": Fault(
        _on_list(f"""b.rows || (SELECT jsonb_agg(f.row || '{{"promoted": true, "is_substitute": false}}')
            FROM board_snapshots x, jsonb_array_elements(x.rows) f(row) WHERE x.id = {_FROZEN}
            AND NOT b.rows @> jsonb_build_array(jsonb_build_object('entry_id', f.row -> 'entry_id')))"""),
        "goes on", "should not be on it",
    ),
    "somebody better is passed over": Fault(_on_list("b.rows - 0"), "goes on, contestant", "is missing"),
    "the order of the board is wrong": Fault(
        f"""UPDATE board_snapshots b SET rows = jsonb_build_array(b.rows -> 1, b.rows -> 0) || (b.rows - 1 - 0)
            WHERE b.id = {_FROZEN}""",
        "should not stand below", "computed",
    ),
    "a sum is wrong": Fault(
        f"""UPDATE board_snapshots b SET rows = jsonb_set(b.rows, '{{0,combined}}', '"100.00"')
            WHERE b.id = {_FROZEN}""",
        "are not the combined score", "combined",
    ),
    "an award is given that is not due": Fault(
        f"""UPDATE award_lines SET state = 'not-due' WHERE id = (
            SELECT min(id) FROM award_lines WHERE list_id = {_AWARDS} AND decision = 'granted')""",
        "who is not due it", "awards: ",
    ),
    "somebody has one award twice": Fault(
        f"""INSERT INTO award_lines SELECT (jsonb_populate_record(a, jsonb_build_object('id', -1))).*
            FROM award_lines a WHERE a.id = (SELECT min(id) FROM award_lines WHERE list_id = {_AWARDS})""",
        "twice", "awards: ",
    ),
    "a certificate names another rank": Fault(
        f"""UPDATE certificates SET facts = jsonb_set(facts, '{{rank}}', '99') WHERE id = (
            SELECT max(c.id) FROM certificates c
            WHERE c.stage_id IN {_STAGES} AND c.snapshot_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM certificate_revocations r WHERE r.certificate_id = c.id))""",
        "", "rank is 99",
    ),
    "a place is lost that nobody was given": Fault(
        f"""UPDATE stage_admissions SET state = 'replaced' WHERE id = (
            SELECT max(id) FROM stage_admissions
            WHERE stage_id IN {_STAGES} AND state IN ('confirmed', 'admitted'))""", "given on", "replaced",
    ),
}  # fmt: skip


def said_of(fault: Fault, play: Play, event: EventPlay) -> list[str]:
    """What the last step of a rehearsal says of an event with this fault, which is gone afterwards."""
    for words in ("ROLE NONE", "session_replication_role = replica"):  # no trigger and no foreign key speaks
        db.session.execute(text(f"SET LOCAL {words}"))
    for name in ("ck_award_lines_granted", "uq_award_lines_list_id_award_code_entry_id"):
        db.session.execute(text(f"ALTER TABLE award_lines DROP CONSTRAINT {name}"))
    changed = db.session.execute(text(fault.sql), {"code": event.code} if ":code" in fault.sql else {})
    assert changed.rowcount > 0, fault.sql  # type: ignore[attr-defined]  # a CursorResult
    return checking.play(play, event, None).problems
