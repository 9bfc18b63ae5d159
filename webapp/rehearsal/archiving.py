"""The first event put away as one file, and the file checked as its keeper would."""

import tempfile
from pathlib import Path

from webapp.contests.queries import StageView
from webapp.core import clock
from webapp.core.db import db
from webapp.rehearsal.play import EventPlay, Play, StepReport
from webapp.rehearsal.setting import FIRST_SERIAL
from webapp.reports.formats.archive import verify
from webapp.reports.service.archiving import build
from webapp.reports.service.packing import Asked

NONE = 0
"""No archive has this id: nothing is kept."""


def play(play: Play, event: EventPlay, stage: StageView | None) -> StepReport | None:
    """Pack the first event without names and keys, and compare every file inside with its digest."""
    if event.first != FIRST_SERIAL:
        return None
    report = StepReport("archiving", "", event.code, people_in=event.people)
    db.session.rollback()
    with tempfile.TemporaryDirectory(prefix="jsr-") as folder:
        path = Path(folder) / "archive.zip"
        packed = build(NONE, Asked(event.event_id, with_names=False, with_keys=False), path, clock.now())
        found = verify(path, packed.manifest)
    report.problems += [f"{event.code}: archive: {fault.member}: {fault.what}" for fault in found.faults]
    report.people_out = event.people
    report.facts = {"files": packed.members, "left out": len(packed.omitted)}
    return report
