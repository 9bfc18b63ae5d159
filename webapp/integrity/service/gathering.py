"""Gathering the evidence of an exam in the background, in steps that may run twice.

Step 0 judges single attempts, steps 1 to n compare pairs, the last step measures the false-alarm rate.
What a step found is stored in the transaction that names the next step, so nothing is stored twice."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from webapp.audit.service import record
from webapp.core import clock
from webapp.core.db import db, let_go
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.core.transaction import transaction
from webapp.exam.errors import ExamNotFound
from webapp.integrity.errors import ExamStillOpen, RunGoesOn
from webapp.integrity.models import EvidenceRun
from webapp.integrity.queries.material import Material, material
from webapp.integrity.rules.calibration import calibrate
from webapp.integrity.rules.pairs import fit
from webapp.integrity.rules.search import find_pairs, limits_for, near_pairs, parts
from webapp.integrity.service.findings import Finding, findings, of_pairs

LEAST_PAPERS = 20
"""With fewer papers nothing can be said about what wrong answers are usual."""

STALE = timedelta(hours=3)
REST = timedelta(minutes=30)
"""How long after its end the clock begins to look at an exam: late papers are handed in and marked."""

_LOCK = text("SELECT id, closes_at FROM exams WHERE id = :exam_id FOR NO KEY UPDATE")
_UNMARKED = text(
    "SELECT EXISTS (SELECT FROM sheets WHERE exam_id = :exam_id AND state IN ('open', 'submitted'))"
)
_DUE = text(
    """
    SELECT e.id FROM exams e
    WHERE e.kind = 'formal' AND e.closes_at < :closed_before AND e.closes_at > :not_before
      AND NOT EXISTS (SELECT FROM evidence_runs r WHERE r.exam_id = e.id)
      AND NOT EXISTS (SELECT FROM sheets s WHERE s.exam_id = e.id AND s.state IN ('open', 'submitted'))
      AND EXISTS (SELECT FROM sheets s WHERE s.exam_id = e.id AND s.state = 'graded')
    ORDER BY e.id LIMIT 20
    """
)
_STORE = text(
    """
    INSERT INTO evidence (run_id, attempt_id, kind, weight, facts)
    SELECT :run_id, f.attempt_id, f.kind, f.weight, f.facts
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS f(attempt_id bigint, kind text, weight numeric, facts jsonb)
    """
)


def start_run(exam_id: int, account_id: int | None, at: datetime) -> int:
    """Begin to gather; return the run's id. raise (ExamStillOpen): not over, or papers wait for marks;
    raise (RunGoesOn): one is under way. A run that stood still for STALE is given up."""
    exam = db.session.execute(_LOCK, {"exam_id": exam_id}).one_or_none()
    if exam is None:
        raise ExamNotFound
    if exam.closes_at > at or db.session.scalar(_UNMARKED, {"exam_id": exam_id}):
        raise ExamStillOpen
    running = db.session.scalars(
        select(EvidenceRun).where(
            EvidenceRun.exam_id == exam_id, EvidenceRun.state.in_(("waiting", "running"))
        )
    ).one_or_none()
    if running is not None:
        if running.asked_at > at - STALE:
            raise RunGoesOn
        running.state = "failed"
    run = EvidenceRun(exam_id=exam_id, asked_by_account_id=account_id, asked_at=at, facts={"step": 0})
    db.session.add(run)
    db.session.flush()
    record("evidence.gather", "exam", exam_id, run_id=run.id)
    enqueue(Job.GATHER_EVIDENCE, run_id=run.id, step=0)
    return run.id


def due_exams(at: datetime) -> list[int]:
    """Formal exams that ended REST to 30 days ago, are all marked and were never looked at."""
    values = {"closed_before": at - REST, "not_before": at - timedelta(days=30)}
    return list(db.session.scalars(_DUE, values))


def do_step(run_id: int, step: int) -> None:
    """One step of a run, in transactions of its own. A step that was done before does nothing."""
    run = db.session.get(EvidenceRun, run_id)
    if run is None or run.state not in {"waiting", "running"} or run.facts["step"] != step:
        let_go()
        return
    exam_id, last = run.exam_id, int(run.facts.get("last", 0))
    found = material(exam_id)
    rows = list(findings(exam_id, found)) if step == 0 else []
    let_go()  # what follows computes for a while and must hold no connection
    if step == 0:
        _end_of_first(run_id, found, rows)
    elif step < last:
        _compare(run_id, step, last, found)
    else:
        _measure(run_id, step, found)


def fail(run_id: int) -> None:
    """Note that a step broke; the hosts can begin anew."""
    with transaction():
        run = db.session.get(EvidenceRun, run_id)
        if run is not None and run.state != "done":
            run.state = "failed"


def _end_of_first(run_id: int, found: Material, rows: list[Finding]) -> None:
    papers = len(found.papers)
    if papers < LEAST_PAPERS:
        _next(run_id, 0, rows, {"papers": papers, "too_few": True}, is_last=True)
        return
    near = near_pairs(found.papers)
    facts = {
        "papers": papers,
        "pairs": papers * (papers - 1) // 2,
        "near_pairs": len(near),
        "last": len(parts(papers)) + 1,
        "limits": asdict(limits_for(papers, len(near))),
        "examined": 0,
        "found": 0,
    }
    _next(run_id, 0, rows, facts)


def _compare(run_id: int, step: int, last: int, found: Material) -> None:
    near = near_pairs(found.papers)
    limits = limits_for(len(found.papers), len(near))
    search = find_pairs(
        found.papers,
        fit(found.papers),
        near,
        limits,
        rows=parts(len(found.papers))[step - 1],
        tell=_teller(run_id, (step - 1) / last, 1 / last),
    )
    stored = {(fact["a"], fact["b"]) for fact in _found_pairs(run_id)}
    new = [pair for pair in search.pairs if (pair.a, pair.b) not in stored]
    rows = [
        finding
        for pair in new
        for finding in of_pairs([pair], limits.near_pairs if pair.near else limits.all_pairs)
    ]
    run = db.session.get_one(EvidenceRun, run_id)
    examined, count = run.facts["examined"] + search.examined, run.facts["found"] + len(new)
    let_go()
    _next(run_id, step, rows, {"examined": examined, "found": count, "least": search.least})


def _found_pairs(run_id: int) -> list[dict[str, int]]:
    """Pairs stored by earlier steps: neighbours are found once more by the step whose rows they are in."""
    query = text(
        "SELECT DISTINCT least(attempt_id, (facts->>'other')::bigint) AS a,"
        " greatest(attempt_id, (facts->>'other')::bigint) AS b"
        " FROM evidence WHERE run_id = :run_id AND kind = 'pair'"
    )
    rows = [dict(row) for row in db.session.execute(query, {"run_id": run_id}).mappings()]
    let_go()
    return rows


def _measure(run_id: int, step: int, found: Material) -> None:
    measured = calibrate(found.papers, fit(found.papers), seed=run_id, tell=_teller(run_id, 0.9, 0.1))
    _next(run_id, step, [], {"calibration": asdict(measured)}, is_last=True)


def _next(
    run_id: int, step: int, rows: Iterable[Finding], facts: dict[str, Any], *, is_last: bool = False
) -> None:
    """Store what a step found and name the next, unless another worker was faster."""
    with transaction():
        run = db.session.scalars(select(EvidenceRun).where(EvidenceRun.id == run_id).with_for_update()).one()
        if run.facts["step"] != step or run.state not in {"waiting", "running"}:
            return
        encoded = json.dumps([asdict(row) for row in rows])
        db.session.execute(_STORE, {"run_id": run_id, "rows": encoded})
        run.facts = run.facts | facts | {"step": step + 1}
        run.state = "done" if is_last else "running"
        if is_last:
            run.progress, run.done_at = 100, clock.now()
        else:
            enqueue(Job.GATHER_EVIDENCE, run_id=run_id, step=step + 1)


def _teller(run_id: int, start: float, share: float) -> Callable[[int, int], None]:
    """Writes the progress whenever it has grown by a per cent."""
    told = [-1]

    def tell(done: int, of: int) -> None:
        progress = min(99, round(100 * (start + share * done / max(1, of))))
        if progress > told[0]:
            told[0] = progress
            with transaction():
                run = db.session.get_one(EvidenceRun, run_id)
                run.progress = max(run.progress, progress)

    return tell
