"""Issuing in the background what a stage, its decided awards, a whole event or a contest owe: asked for by a host or
because a list became final. How it is done stands in stepping.py."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import insert

from webapp.audit.service import record
from webapp.certificates.errors import IssuingRuns, RunOver
from webapp.certificates.models import CertificateRun
from webapp.certificates.queries.prints import Scope as PrintScope
from webapp.certificates.rules.award import needs_list
from webapp.certificates.rules.parts import Part, people_in
from webapp.certificates.service.issuing import awards_of
from webapp.certificates.service.planning import owed_by_file, plan_of_event, plan_of_events
from webapp.certificates.service.printing import ask_print
from webapp.contests.queries import StageView, stage_by_id
from webapp.core.db import db
from webapp.core.i18n import locale
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.leaderboard.queries.finals import final_list, newest_final

CONTEST, EVENT, STAGE, AWARDS = "contest", "event", "stage", "awards"
"""What a run is of: events of a contest, a whole event, the file's certificates of a stage, the decided awards of a stage."""


@dataclass(frozen=True)
class Scope:
    """What a run is of. stage_id None: of a whole event; event_id None: of these events (in the order of their ids) of a
    contest."""

    kind: str
    event_id: int | None = None
    stage_id: int | None = None
    contest_id: int | None = None
    event_ids: tuple[int, ...] = ()

    @property
    def target(self) -> tuple[str, int]:
        """(kind, id) of what the audit says that it was done to."""
        if self.stage_id is not None:
            return "stage", self.stage_id
        return ("event", self.event_id) if self.event_id is not None else ("contest", self.contest_id or 0)


def scope_of(row: CertificateRun) -> Scope:
    """What a run is of."""
    return Scope(row.scope, row.event_id, row.stage_id, row.contest_id, tuple(row.event_ids))


def ask_run(stage: StageView, account_id: int, now: datetime) -> int:
    """Have everything issued that a stage owes at present by the file; return how many people are looked at, 0: nothing is due.

    raise (IssuingRuns): it is under way."""
    ranked = any(needs_list(award) for award in awards_of(stage))
    parts = _by_file(stage, newest_final(stage.stage_id) if ranked else None)
    return ask_parts(Scope(STAGE, stage.event_id, stage.stage_id), parts, account_id, now)


def ask_event(
    event_id: int, contest_id: int, account_id: int, now: datetime, print_reason: str = ""
) -> tuple[int, int]:
    """Have everything issued that an event owes: the file's certificates of every stage and its decided awards.

    print_reason: why a print file of the event is made afterwards, '': none is. Return how many people are looked at and,
    where nobody is, the print file that is made at once (0: none). raise (IssuingRuns): it is under way;
    (NothingToPrint), (PrintBeingMade): only where nobody is looked at."""
    total = ask_parts(
        Scope(EVENT, event_id), plan_of_event(event_id).parts, account_id, now, print_reason=print_reason
    )
    if total or not print_reason:
        return total, 0
    return 0, ask_print(PrintScope(contest_id, event_id), print_reason, account_id, now)


def ask_contest(contest_id: int, event_ids: Collection[int], account_id: int, now: datetime) -> int:
    """Have everything issued that these events of a contest owe, in one run; return how many people are looked at.

    event_ids: those that the person may issue for. 0: nothing is due. raise (IssuingRuns): just this is under way."""
    scope = Scope(CONTEST, contest_id=contest_id, event_ids=tuple(sorted(event_ids)))
    return ask_parts(scope, plan_of_events(event_ids).parts, account_id, now)


def ask_parts(
    scope: Scope, parts: Sequence[Part], account_id: int, now: datetime, print_reason: str = ""
) -> int:
    """Have these parts issued; return how many people are looked at, 0: nothing is due. raise (IssuingRuns)."""
    total = people_in(parts)
    if total and not _begin(scope, parts, account_id, now, print_reason):
        raise IssuingRuns
    return total


def follow_list(stage_id: int, snapshot_id: int, account_id: int | None, now: datetime) -> None:
    """A list of a stage is final: have everything issued that the stage owes by it, in the caller's transaction.

    account_id None: the program. An issuing that is under way begins anew by this list: who has a certificate gets no other;
    one of the whole event sees the list at its next step. raise (ValueError): the list is of another stage."""
    if final_list(snapshot_id).stage_id != stage_id:
        raise ValueError(f"list {snapshot_id} belongs to another stage than {stage_id}")
    stage = stage_by_id(stage_id)
    _hold_around(stage.event_id)  # a step that goes by the list before ends first
    parts, scope = _by_file(stage, snapshot_id), Scope(STAGE, stage.event_id, stage_id)
    if not people_in(parts) or _begin(scope, parts, account_id, now):
        return
    row = _hold(scope)
    if row is None:  # it has ended in between
        follow_list(stage_id, snapshot_id, account_id, now)
        return
    row.parts, row.total, row.worker = [one.as_json() for one in parts], people_in(parts), ""
    row.phase = row.position = row.done = 0
    row.looks, row.issued_before_look, row.problems = 0, row.issued, []
    enqueue(Job.RUN_CERTIFICATES, run_id=row.id)


def stop(run_id: int, now: datetime) -> None:
    """End an issuing after the step it is at. What was issued counts. raise (RunOver): it is not under way."""
    row = db.session.get(CertificateRun, run_id, with_for_update=True, populate_existing=True)
    if row is None or row.state != "making":
        raise RunOver
    row.state, row.finished_at = "stopped", now
    record("certificate.run.stop", *scope_of(row).target, run=row.id, done=row.done, issued=row.issued)


def end(row: CertificateRun, now: datetime) -> None:
    """Note that an issuing is through; it has failed only if none of its parts could go on."""
    row.state = "failed" if row.problems and len(row.problems) == len(row.parts) else "done"
    row.finished_at, row.done = now, row.total
    record(
        "certificate.run.end", *scope_of(row).target, actor="issuing", run=row.id, people=row.total,
        issued=row.issued, broken=len(row.problems),
    )  # fmt: skip


def _by_file(stage: StageView, snapshot_id: int | None) -> list[Part]:
    return [one.part for one in owed_by_file(stage, snapshot_id)]


def _begin(
    scope: Scope, parts: Sequence[Part], account_id: int | None, now: datetime, print_reason: str = ""
) -> bool:
    """False: one of this scope is under way."""
    values: dict[str, Any] = {
        "scope": scope.kind,
        "contest_id": scope.contest_id,
        "event_ids": list(scope.event_ids),
        "event_id": scope.event_id,
        "stage_id": scope.stage_id,
        "parts": [one.as_json() for one in parts],
        "total": people_in(parts),
        "print_reason": print_reason,
        "language": locale(),
        "asked_by_account_id": account_id,
        "asked_at": now,
    }
    made = insert(CertificateRun).values(values).on_conflict_do_nothing().returning(CertificateRun.id)
    run_id = db.session.scalar(made)
    if run_id is None:
        return False
    enqueue(Job.RUN_CERTIFICATES, run_id=run_id)
    record(
        "certificate.run.ask", *scope.target, why=print_reason, run=run_id, scope=scope.kind, parts=len(parts),
        people=values["total"], events=list(scope.event_ids),
    )  # fmt: skip
    return True


def _hold(scope: Scope) -> CertificateRun | None:
    """The run of a scope that is under way, locked."""
    return db.session.scalars(
        select(CertificateRun)
        .where(
            CertificateRun.event_id == scope.event_id,
            CertificateRun.stage_id.is_not_distinct_from(scope.stage_id),
            CertificateRun.scope == scope.kind,
            CertificateRun.state == "making",
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _hold_around(event_id: int) -> None:
    """Lock the runs under way of a whole event and of contests that hold it, one after the other."""
    db.session.scalars(
        select(CertificateRun.id)
        .where(
            CertificateRun.state == "making",
            or_(
                and_(CertificateRun.scope == EVENT, CertificateRun.event_id == event_id),
                CertificateRun.event_ids.contains([event_id]),
            ),
        )
        .order_by(CertificateRun.id)
        .with_for_update()
    ).all()
