"""The end of a rehearsal: invariants, and the file of results recomputed by the program that others use."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from webapp.access.permissions import Role
from webapp.config import ROOT
from webapp.contests.queries import StageView, rules_of
from webapp.core import clock
from webapp.core.db import db
from webapp.core.transaction import in_transaction, transaction
from webapp.rehearsal.invariants import broken
from webapp.rehearsal.play import EventPlay, Play, StepReport
from webapp.results.formats import document
from webapp.results.queries.document import events as events_of
from webapp.results.queries.document import heading
from webapp.stages.errors import EventsRunning, NobodyChosen
from webapp.stages.rules.circular import CircularState, bodies
from webapp.stages.service import circulating

RECOMPUTE = (ROOT / "scripts" / "recompute.py", ROOT / "webapp" / "_shipped" / "recompute.py")
MOST_SAID = 20


def play(play: Play, event: EventPlay, stage: StageView | None) -> StepReport:
    """One event: its results are exported, checked here, and recomputed by the independent program."""
    report = StepReport("checking", "", event.code)
    about = heading(play.contest.code, clock.now())
    written = "".join(document.written(about, events_of(play.contest.code, event.code)))
    db.session.rollback()
    found = json.loads(written)["events"]
    if not found:
        return report
    report.problems += broken(found[0])[:MOST_SAID]
    with tempfile.TemporaryDirectory(prefix="jsr-") as folder:
        file = Path(folder) / "results.json"
        file.write_text(written, encoding="utf-8")
        report.problems += recomputed(file)[:MOST_SAID]
    lists = [one for each in found[0]["stages"] for one in each["lists"]]
    report.people_in = len(lists[0]["board"]["rows"]) if lists else 0
    report.people_out = len(lists[-1]["final"]["rows"]) if lists and lists[-1]["final"] else 0
    report.facts = {"lists": len(lists), "awards": _granted(found[0]["stages"])}
    return report


def recomputed(file: Path) -> list[str]:
    """What the independent program finds; a program that cannot run is a finding too."""
    program = next((path for path in RECOMPUTE if path.exists()), RECOMPUTE[0])
    done = subprocess.run(
        [sys.executable, "-I", str(program), str(file)], capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return []
    return [f"recomputed: {line}" for line in (done.stdout + done.stderr).splitlines() if line]


def _granted(stages: Sequence[dict[str, object]]) -> int:
    return json.dumps(stages).count('"decision": "granted"')


def issue_circular(play: Play, events: Sequence[EventPlay], stage: int) -> StepReport | None:
    """Where the file has a second gate: one circular, agreed to by as many people as there are bodies."""
    wanted = bodies(rules_of(play.contest_id))
    db.session.rollback()
    if not wanted:
        return None
    report = StepReport("circular", "", "", people_in=len(wanted))
    people = [one for role in (Role.HOST, Role.ADMINISTRATOR, Role.SUPERVISOR) for one in play.staff[role]]
    at = clock.now()
    try:
        circular = in_transaction(lambda: circulating.prepare(play.contest_id, people[0].account_id, at).id)
    except (EventsRunning, NobodyChosen) as error:
        report.problems.append(f"no circular can be issued: {error}")
        return report
    state = CircularState.SIGNING
    for name, one in zip(wanted, people, strict=False):
        with transaction():
            state = circulating.agree(circular, name, one.account_id, at)
    report.people_out = len(wanted) if state is CircularState.ISSUED else 0
    if state is not CircularState.ISSUED:
        report.problems.append("the circular was not issued though all bodies agreed")
    return report
