"""Organisations send whom they name for a selection outside, and take it back; the host returns it or asks for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, text

from webapp.audit.service import record
from webapp.contests.queries import StageView, event_by_id, stage_by_id
from webapp.contests.queries.deciders import person_of_account
from webapp.core.db import db
from webapp.core.i18n import until
from webapp.core.problems import Problem
from webapp.core.words import N_
from webapp.leaderboard.service.publishing import lock_board
from webapp.notifications import queries as notices
from webapp.notifications.service import notify
from webapp.organisations import queries as organisations
from webapp.stages.errors import ListMissing, ReasonNeeded, SendingOver, StepRefused, SubmissionSettled
from webapp.stages.formats.nominations import Nomination
from webapp.stages.models import StageList, StageSubmission
from webapp.stages.queries import submissions
from webapp.stages.queries.admissions import is_outside, stage_after
from webapp.stages.rules.states import ListState
from webapp.stages.rules.submissions import Submission, sends_until
from webapp.stages.service import nominating

TAKEN_IN = N_(
    "The list that %(organisation)s sent for %(event)s, %(stage)s was taken in: list no. %(number)s."
)
GIVEN_BACK = N_(
    "The list that %(organisation)s sent for %(event)s, %(stage)s was returned: %(reason)s Please mend it and send it again."
)
NOT_SENT = N_(
    "The host waits for the list that you name for %(event)s, %(stage)s. Please send it under “Our nominations”."
)
ONCE_IN = timedelta(days=1)
_REPLACE_GIVEN_UP = text(
    """
    UPDATE stage_submissions s SET state = 'replaced', list_id = NULL FROM stage_lists l
    WHERE l.id = s.list_id AND l.state = 'dropped' AND s.stage_id = :stage_id AND s.organisation_id = :organisation_id
    """
)


def send(
    stage_id: int,
    organisation_id: int,
    rows: Sequence[Nomination],
    file_name: str,
    account_id: int,
    now: datetime,
) -> tuple[Problem, ...]:
    """Keep whom an organisation names; with any problem nothing. What it sent before and nobody took in is replaced.

    The caller has seen that the person speaks for it. raise (StepRefused): nobody is named for this stage; (SendingOver)."""
    lock_board(stage_id)
    stage = stage_by_id(stage_id)
    _require_open(stage, now)
    known = nominating.known_people(stage, rows)
    problems = nominating.problems_in(stage, rows, known, organisation_id)
    if problems:
        return problems
    before = _waiting(stage_id, organisation_id)
    if before is not None:
        before.state = Submission.REPLACED
        db.session.flush()
    db.session.execute(_REPLACE_GIVEN_UP, {"stage_id": stage_id, "organisation_id": organisation_id})
    made = StageSubmission(
        stage_id=stage_id,
        organisation_id=organisation_id,
        state=Submission.SENT,
        lines=[{"entry_id": known[one.number].entry_id, "number": one.number} for one in rows],
        file_name=file_name[:200],
        sent_by_account_id=account_id,
        sent_at=now,
    )
    db.session.add(made)
    db.session.flush()
    record(
        "nomination.send", "stage", stage_id, submission_id=made.id, organisation_id=organisation_id,
        people=len(rows), replaces=before.id if before else None, by=account_id,
    )  # fmt: skip
    return ()


def withdraw(stage_id: int, organisation_id: int, account_id: int, now: datetime) -> None:
    """The organisation takes back what nobody has taken in. raise (SubmissionSettled)."""
    lock_board(stage_id)
    found = _waiting(stage_id, organisation_id)
    if found is None:
        raise SubmissionSettled
    settle(found, Submission.WITHDRAWN, account_id, now)
    record(
        "nomination.withdraw", "stage", stage_id, submission_id=found.id, organisation_id=organisation_id,
        by=account_id,
    )  # fmt: skip


def give_back(stage_id: int, submission_id: int, reason: str, account_id: int, now: datetime) -> None:
    """Return a submission with a reason, which the sender reads. raise (ReasonNeeded, ListMissing, SubmissionSettled)."""
    reason = reason.strip()[:500]
    if not reason:
        raise ReasonNeeded
    lock_board(stage_id)
    found = to_decide(stage_id, submission_id)
    found.list_id, found.reason = None, reason
    settle(found, Submission.RETURNED, account_id, now)
    record(
        "nomination.return", "stage", stage_id, why=reason, submission_id=found.id,
        organisation_id=found.organisation_id, by=account_id,
    )  # fmt: skip
    by = organisations.names([found.organisation_id])[found.organisation_id]
    _tell(found, stage_by_id(stage_id), GIVEN_BACK, now, organisation=by, reason=reason)


def remind_missing(stage_id: int, account_id: int, now: datetime) -> int:
    """Tell those who speak for organisations that have sent nothing; return how many. Nobody is told twice within a day.

    raise (StepRefused, SendingOver)."""
    stage = stage_by_id(stage_id)
    _require_open(stage, now)
    missing = {
        person: one.organisation_id
        for one in submissions.senders(stage)
        if one.sent is None
        for person in one.speakers
    }
    told = notices.told_since(list(missing), NOT_SENT, now - ONCE_IN)
    params = {"event": event_by_id(stage.event_id, now).title, "stage": stage.title}
    chosen = {person: node for person, node in missing.items() if person not in told}
    for person, node in chosen.items():
        notify(person, NOT_SENT, params, f"/staff/nominations/{stage_id}/{node}")
    record("nomination.remind", "stage", stage_id, people=len(chosen), by=account_id)
    return len(chosen)


def _require_open(stage: StageView, now: datetime) -> None:
    if not is_outside(stage):
        raise StepRefused
    after = stage_after(stage)
    closes = sends_until(stage.closes_at, after.closes_at if after else None)
    if closes is not None and closes <= now:
        raise SendingOver(until=until(closes))


def _waiting(stage_id: int, organisation_id: int) -> StageSubmission | None:
    return db.session.scalars(
        select(StageSubmission)
        .where(
            StageSubmission.stage_id == stage_id,
            StageSubmission.organisation_id == organisation_id,
            StageSubmission.state == Submission.SENT,
        )
        .with_for_update()
    ).one_or_none()


def to_decide(stage_id: int, submission_id: int) -> StageSubmission:
    """A submission that waits for the host, or whose list was given up."""
    found = db.session.scalars(
        select(StageSubmission).where(StageSubmission.id == submission_id).with_for_update()
    ).one_or_none()
    if found is None or found.stage_id != stage_id:
        raise ListMissing
    into = db.session.get(StageList, found.list_id) if found.list_id is not None else None
    is_given_up = into is not None and into.state == ListState.DROPPED
    if found.state != Submission.SENT and not is_given_up:
        raise SubmissionSettled
    return found


def settle(found: StageSubmission, state: Submission, account_id: int, now: datetime) -> None:
    """Note what became of a submission, and who decided."""
    found.state = state
    found.decided_by_account_id = account_id
    found.decided_at = now
    db.session.flush()


def _tell(found: StageSubmission, stage: StageView, words: str, now: datetime, **told: object) -> None:
    person_id = person_of_account(found.sent_by_account_id).person_id
    params = {"event": event_by_id(stage.event_id, now).title, "stage": stage.title, **told}
    notify(person_id, words, params, f"/staff/nominations/{stage.stage_id}/{found.organisation_id}")
