"""Certificates: those for taking part, for going on and by rank, all issued by the jobs of the site."""

from collections.abc import Sequence
from datetime import timedelta

from flask import current_app
from sqlalchemy import text

from webapp.certificates.queries.certificates import by_serial
from webapp.certificates.queries.reached import owed
from webapp.certificates.rules.award import needs_list
from webapp.certificates.rules.facts import digest_of
from webapp.certificates.service.document import pdf
from webapp.certificates.service.issuing import awards_of
from webapp.contests.queries import StageView
from webapp.core.db import db
from webapp.rehearsal.play import EventPlay, Play, StepReport
from webapp.stages import jobs

AFTER = timedelta(hours=1)

_ISSUED = text(
    """
    SELECT c.serial, c.award_code, c.digest, c.facts FROM certificates c JOIN stages s ON s.id = c.stage_id
    WHERE s.event_id = :event_id ORDER BY c.id
    """
)


def close_open_track(play: Play, events: Sequence[EventPlay], stage: int) -> StepReport | None:
    """The clock's own work at the end of open stages that have no notice."""
    ends = [
        one.closes_at for event in events for one in event.stages
        if one.rules.closes_alone and one.closes_at is not None
    ]  # fmt: skip
    if not ends:
        return None
    play.travel(max(ends) + AFTER)
    jobs.close_open_track()
    done = play.work()
    return StepReport("open track", "", "", people_in=len(ends), people_out=done)


def play(play: Play, event: EventPlay, stage: StageView | None) -> StepReport | None:
    """What is owed is issued; every certificate says what its digest says, and the first can be printed."""
    report = StepReport("certifying", "", event.code)
    jobs_left = play.work()
    rows = db.session.execute(_ISSUED, {"event_id": event.event_id}).all()
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.award_code] = counts.get(row.award_code, 0) + 1
        if digest_of(row.facts) != row.digest:
            report.problems.append(
                f"{event.code}: the certificate {row.serial} says something else than its digest"
            )
    report.people_in, report.people_out = jobs_left, len(rows)
    report.facts = {"certificates": counts}
    if rows:
        view = by_serial(rows[0].serial)
        with current_app.test_request_context():
            is_printed = view is not None and pdf(view).startswith(b"%PDF")
        if not is_printed:
            report.problems.append(f"{event.code}: the certificate {rows[0].serial} cannot be printed")
    report.problems += [
        f"{event.code}/{one.code}: nobody has the certificate {award.code}"
        for one in event.stages
        for award in awards_of(one)
        if needs_list(award) and rows and award.code not in counts and _has_final(one)
    ]
    report.problems += [
        f"{event.code}/{one.code}: {owing} people are owed the certificate {code}"
        for one in event.stages
        for code, owing in _owed(one)
    ]
    db.session.rollback()
    return report


def _owed(stage: StageView) -> list[tuple[str, int]]:
    """Certificates for finishing that somebody has earned and not got: (award, how many)."""
    learning = stage.profile.learning
    found = []
    for award in awards_of(stage):
        needed = (learning.finished_points if learning and "learning" in award.conditions else 0) or 0
        if not needs_list(award) and (owing := sum(map(len, owed(stage.stage_id, award.code, needed)))):
            found.append((award.code, owing))
    return found


def _has_final(stage: StageView) -> bool:
    query = text("SELECT EXISTS (SELECT FROM board_snapshots WHERE stage_id = :id AND kind = 'final')")
    return bool(db.session.scalar(query, {"id": stage.stage_id}))
