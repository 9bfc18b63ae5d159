"""The host takes what organisations sent into the list of a selection outside: one, or everything that waits at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, or_, select

from webapp.accounts import queries as people
from webapp.audit.service import record
from webapp.contests.queries import StageView, event_by_id, stage_by_id
from webapp.contests.queries.deciders import named_accounts
from webapp.core.db import db
from webapp.core.words import N_
from webapp.leaderboard.service.publishing import lock_board
from webapp.notifications.service import notify
from webapp.organisations import queries as organisations
from webapp.stages.errors import StepRefused
from webapp.stages.formats.nominations import Nomination
from webapp.stages.models import StageList, StageSubmission
from webapp.stages.queries.candidates import person_ids
from webapp.stages.queries.lists import newest
from webapp.stages.rules.states import ListState
from webapp.stages.rules.submissions import Submission
from webapp.stages.service import nominating
from webapp.stages.service.nominating import Brought
from webapp.stages.service.submitting import settle, to_decide

TAKEN_IN = N_(
    "The list that %(organisation)s sent for %(event)s, %(stage)s was taken in: list no. %(number)s."
)
Lines = Mapping[int, list[Nomination]]


@dataclass(frozen=True)
class Taken:
    """How many submissions were taken in, and the organisations whose submission could not be."""

    taken: int
    left: tuple[int, ...]


def take(stage_id: int, submission_id: int, reason: str, account_id: int, now: datetime) -> Brought:
    """Put everybody of a submission on the list, named by the organisation; with any problem nobody. The sender is told.

    reason: why another list follows, where one is posted. raise (ListMissing): of another stage; (SubmissionSettled); and
    what `nominate` raises."""
    lock_board(stage_id)
    found = to_decide(stage_id, submission_id)
    names = organisations.names([found.organisation_id])
    lines = [replace(line, sheet="") for line in _lines([found], names)[found.id]]
    brought = nominating.nominate(stage_id, lines, reason, account_id, now)
    if not brought.problems:
        _settle([found], stage_by_id(stage_id), names, account_id, now)
    return brought


def take_all(stage_id: int, reason: str, account_id: int, now: datetime) -> Taken:
    """Put everybody of all submissions that wait on the list in one step, in the order in which they were sent.

    A submission with a problem stays as it is. Whoever is named twice is named by who sent first. raise as `nominate`: then
    nothing is taken in."""
    lock_board(stage_id)
    stage = stage_by_id(stage_id)
    waiting = _waiting(stage_id)
    names = organisations.names(one.organisation_id for one in waiting)
    lines = _lines(waiting, names)
    every = [line for one in waiting for line in lines[one.id]]
    problems = nominating.problems_in(stage, every, nominating.known_people(stage, every))
    wrong = {int(problem.sheet) for problem in problems}
    good = [one for one in waiting if one.id not in wrong]
    once: dict[str, Nomination] = {}
    for one in good:
        for line in lines[one.id]:
            once.setdefault(line.number, line)
    if once:
        nominating.nominate(stage_id, list(once.values()), reason, account_id, now)
        _settle(good, stage, names, account_id, now)
    return Taken(len(good), tuple(one.organisation_id for one in waiting if one.id in wrong))


def _waiting(stage_id: int) -> Sequence[StageSubmission]:
    is_given_up = and_(StageSubmission.state == Submission.TAKEN, StageList.state == ListState.DROPPED)
    return db.session.scalars(
        select(StageSubmission)
        .outerjoin(StageList, StageList.id == StageSubmission.list_id)
        .where(StageSubmission.stage_id == stage_id)
        .where(or_(StageSubmission.state == Submission.SENT, is_given_up))
        .order_by(StageSubmission.id)
        .with_for_update(of=StageSubmission)
    ).all()


def _lines(found: Sequence[StageSubmission], names: Mapping[int, str]) -> Lines:
    """The lines as workbooks would have them, with the names as they are now: they were compared when they were sent. sheet:
    the id of the submission."""
    persons = person_ids([line["entry_id"] for one in found for line in one.lines])
    cards = people.cards(persons.values())
    return {
        one.id: [
            Nomination(
                at,
                str(one.id),
                line["number"],
                cards[persons[line["entry_id"]]].name,
                names[one.organisation_id],
            )
            for at, line in enumerate(one.lines, 1)
        ]
        for one in found
    }


def _settle(
    found: Sequence[StageSubmission],
    stage: StageView,
    names: Mapping[int, str],
    account_id: int,
    now: datetime,
) -> None:
    """Note the list they were taken into, and tell the senders."""
    one = newest(stage.stage_id)
    if one is None:
        raise StepRefused
    senders = named_accounts(each.sent_by_account_id for each in found)
    titles = {"event": event_by_id(stage.event_id, now).title, "stage": stage.title, "number": one.number}
    for each in found:
        each.list_id = one.id
        settle(each, Submission.TAKEN, account_id, now)
        record(
            "nomination.take", "stage", stage.stage_id, submission_id=each.id, organisation_id=each.organisation_id,
            list_id=one.id, people=len(each.lines), by=account_id,
        )  # fmt: skip
        if each.sent_by_account_id in senders:
            told = {**titles, "organisation": names[each.organisation_id]}
            link = f"/staff/nominations/{stage.stage_id}/{each.organisation_id}"
            notify(senders[each.sent_by_account_id].person_id, TAKEN_IN, told, link)
