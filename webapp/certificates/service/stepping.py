"""The steps of an issuing: batch by batch, each in a transaction of its own, so that whatever ends a worker, another goes
on where it stopped. Lists that change meanwhile are followed; nobody gets one twice. A part that cannot go on is left and named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from webapp.certificates.errors import NothingToPrint, PrintBeingMade
from webapp.certificates.models import CertificateRun
from webapp.certificates.queries.prints import Scope
from webapp.certificates.queries.reached import BATCH, owed_after
from webapp.certificates.queries.runs import named
from webapp.certificates.rules.parts import Kind, Part, Why, looked_at, parts_from, people_in
from webapp.certificates.service.asking import needed_points
from webapp.certificates.service.grounds import grounds
from webapp.certificates.service.issuing import By, Place, awards_of, issue_due, issue_given, issue_ranked
from webapp.certificates.service.looking import look_again
from webapp.certificates.service.printing import ask_print
from webapp.certificates.service.running import end
from webapp.contests.queries import stage_by_id
from webapp.core import turns
from webapp.core.i18n import speaking
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.leaderboard.queries.finals import final_list, newest_final, size_of


@dataclass
class Work:
    """A run, and the final list that it read last: each is read once, not once a batch."""

    run_id: int
    _list_id: int = 0
    _places: Mapping[int, Place] = field(default_factory=dict)

    def places(self, snapshot_id: int) -> Mapping[int, Place]:
        """Entry -> where it stands on a final list, best first."""
        if snapshot_id != self._list_id:
            rows = final_list(snapshot_id).rows
            self._places = {one.entry_id: Place(one.rank, one.goes_on) for one in rows}
            self._list_id = snapshot_id
        return self._places


@dataclass(frozen=True)
class Step:
    """What one batch did. looked: people; position: where the next one begins."""

    looked: int
    issued: int
    position: int


def work_of(run_id: int) -> Work:
    """What a worker keeps at hand while it is at a run."""
    return Work(run_id)


def step(work: Work, token: str, now: datetime) -> bool:
    """Look at the next batch; False: all are done, it was stopped, or another worker is at it."""
    row = turns.held(CertificateRun, work.run_id, token)
    if row is None:
        return False
    row.beat_at = now
    parts = _current(row)
    if row.phase >= len(parts):
        more = look_again(row)
        if not more:
            end(row, now)
            _print_along(row, now)
            return False
        _write(row, (*parts, *more))
        return True
    done = _batch(work, parts[row.phase], row, now)
    if done is None:
        _next(row, parts)
    else:
        row.issued, row.position = row.issued + done.issued, done.position
        row.done = looked_at(parts, row.phase, row.done, done.looked)
    return True


def leave_part(run_id: int, token: str, why: Why, now: datetime) -> bool:
    """Note that the part a run is at cannot go on, and go on to the next; False: it is not a part that broke."""
    row = turns.held(CertificateRun, run_id, token)
    if row is None:
        return False
    parts = parts_from(row.parts)
    if row.phase >= len(parts):
        return False
    row.beat_at = now
    row.problems = [*row.problems, named(parts[row.phase], why).as_json()]
    _next(row, parts)
    return True


def release(run_id: int, token: str) -> None:
    """Let go of the work and have it carried on by another run, so that other files get their turn between."""
    row = turns.held(CertificateRun, run_id, token)
    if row is not None:
        row.worker = ""
        enqueue(Job.RUN_CERTIFICATES, run_id=run_id)


def _current(row: CertificateRun) -> tuple[Part, ...]:
    """The parts of a run; the one it is at begun anew where a newer final list has taken the place of its own."""
    parts = parts_from(row.parts)
    if row.phase >= len(parts):
        return parts
    part = parts[row.phase]
    newest = newest_final(part.stage_id) if part.kind is Kind.RANKED else None
    if newest is None or newest == part.source_id:
        return parts
    part = replace(part, source_id=newest, total=size_of(newest))
    parts = (*parts[: row.phase], part, *parts[row.phase + 1 :])
    row.position, row.done = 0, people_in(parts[: row.phase])
    _write(row, parts)
    return parts


def _next(row: CertificateRun, parts: Sequence[Part]) -> None:
    row.phase, row.position = row.phase + 1, 0
    row.done = people_in(parts[: row.phase])


def _write(row: CertificateRun, parts: Sequence[Part]) -> None:
    row.parts, row.total = [one.as_json() for one in parts], people_in(parts)


def _batch(work: Work, part: Part, row: CertificateRun, now: datetime) -> Step | None:
    """Issue the next batch of a part; None: nobody is left in it."""
    match part.kind:
        case Kind.FINISHED:
            return _finished(part, row.position, now)
        case Kind.RANKED:
            return _ranked(work, part, row, now)
        case Kind.GIVEN:
            return _given(work, part, row, now)


def _finished(part: Part, after: int, now: datetime) -> Step | None:
    stage = stage_by_id(part.stage_id)
    award = next((one for one in awards_of(stage) if one.code == part.award_code), None)
    ids = owed_after(stage.stage_id, award.code, needed_points(stage, award), after) if award else []
    if not ids:
        return None
    return Step(len(ids), len(issue_due(stage.stage_id, ids, now)), ids[-1])


def _ranked(work: Work, part: Part, row: CertificateRun, now: datetime) -> Step | None:
    batch = list(islice(work.places(part.source_id).items(), row.position, row.position + BATCH))
    if not batch:
        return None
    by = By(row.asked_by_account_id, part.source_id)
    return Step(len(batch), len(issue_ranked(part.stage_id, batch, now, by)), row.position + len(batch))


def _given(work: Work, part: Part, row: CertificateRun, now: datetime) -> Step | None:
    known = grounds()
    found = known.given_after(part.source_id, part.award_code, row.position, BATCH) if known else []
    entries = [entry_id for _at, entry_id in found]
    ground = known.ground(part.stage_id, part.award_code, entries) if known and entries else None
    if ground is None:
        return None
    ranks = work.places(ground.snapshot_id)
    places = {one: Place(ranks[one].rank) for one in entries if one in ranks and one in ground.entry_ids}
    by = By(row.asked_by_account_id, ground.snapshot_id, contest_version_id=ground.contest_version_id)
    made = issue_given(part.stage_id, ground.award, places, now, by)
    return Step(len(entries), len(made), found[-1][0])


def _print_along(row: CertificateRun, now: datetime) -> None:
    """Have the print file of the event made that was asked for with the issuing; say why where that cannot be."""
    if not row.print_reason:
        return
    stage = stage_by_id(parts_from(row.parts)[0].stage_id)
    try:
        with speaking(row.language):
            scope = Scope(stage.contest_id, row.event_id)
            row.print_id = ask_print(scope, row.print_reason, row.asked_by_account_id or 0, now)
    except (NothingToPrint, PrintBeingMade) as refusal:
        row.print_problem = refusal.code
