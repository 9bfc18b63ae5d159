"""Changing a definition: at once before anything has begun, afterwards with a second person's word."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from webapp.audit import service as audit
from webapp.contests import queries, service
from webapp.contests.errors import (
    DefinitionChanged,
    NobodyAsks,
    OwnProposal,
    ProposalDecided,
    ProposalReasonMissing,
    ProposalWaiting,
)
from webapp.contests.models import Contest as ContestRow
from webapp.contests.models import ContestProposal, ContestVersion
from webapp.contests.queries.proposals import ProposalView
from webapp.contests.rules.effects import Effect, effect, has_begun
from webapp.contests.rules.parse import parse_contest
from webapp.contests.service.checking import require_consistent
from webapp.contests.service.telling import tell_asker, tell_deciders
from webapp.core import clock
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.problems import message_to_json

MOST_REASON = 1000
PeopleCounter = Callable[[Sequence[int]], Mapping[int, int]]
Follower = Callable[[int], object]
_counters: list[PeopleCounter] = []
_followers: list[Follower] = []


def count_people_with(counter: PeopleCounter) -> PeopleCounter:
    """Register who knows how many people take part in events: participations stand above contests."""
    if counter not in _counters:
        _counters.append(counter)
    return counter


def follow_with(follower: Follower) -> Follower:
    """Register who has something to do, by contest id, once a proposal of the contest has been applied."""
    if follower not in _followers:
        _followers.append(follower)
    return follower


def people_of(event_ids: Sequence[int]) -> dict[int, int]:
    """Event id -> people who take part."""
    found: dict[int, int] = {}
    for counter in _counters:
        for event_id, count in counter(event_ids).items():
            found[event_id] = found.get(event_id, 0) + count
    return found


@dataclass(frozen=True)
class Change:
    """A definition as somebody wants it. base_digest: the digest of the version it was made from; '' where it
    does not matter (a file). account_id: None where nobody is named. program: the command that acts, '' for
    somebody who is signed in."""

    text: str
    name: str
    reason: str
    account_id: int | None
    base_digest: str = ""
    program: str = ""


@dataclass(frozen=True)
class Submitted:
    """What became of a change: loaded, or waiting as a proposal."""

    loaded: service.Loaded | None
    proposal_id: int | None = None


def submit(change: Change, two_person: bool, now: datetime | None = None) -> Submitted:
    """Load a change, or propose it where the contest has begun and two people are needed.

    raise (ContestInvalid): with every problem. raise (DefinitionChanged): another version is in force than the
    one it was made from. raise (RulesInUse), (ProposalReasonMissing): no reason. raise (ProposalWaiting).
    raise (NobodyAsks): a proposal needs the name of who asks."""
    at = now or clock.now()
    rules = require_consistent(change.text, change.name)
    row = _locked(rules.code)
    present = _present(row)
    if change.base_digest and (present is None or present.digest != change.base_digest):
        raise DefinitionChanged
    text = change.text.replace("\r\n", "\n").strip() + "\n"
    is_same = present is not None and present.text == text
    if (
        present is None
        or row is None
        or is_same
        or not two_person
        or not has_begun(parse_contest(present.text), at)
    ):
        loaded = service.load_contest(
            text, change.name, change.account_id, because=change.reason, program=change.program, now=at
        )
        return Submitted(loaded)
    if change.account_id is None:
        raise NobodyAsks
    if not change.reason.strip():
        raise ProposalReasonMissing
    _put_aside_stale(row)
    made = _propose(row, present, text, change, change.account_id, at)
    tell_deciders(made, row.id, row.title, change.account_id, change.reason.strip(), change.program)
    return Submitted(None, made)


def _propose(
    row: ContestRow, present: ContestVersion, text: str, change: Change, account_id: int, at: datetime
) -> int:
    found = effect(parse_contest(present.text), parse_contest(text), at)
    digest = hashlib.sha256(text.encode()).hexdigest()
    made = db.session.scalar(
        insert(ContestProposal)
        .values(
            contest_id=row.id,
            base_version_id=present.id,
            text=text,
            digest=digest,
            effect=_effect_json(found),
            reason=change.reason.strip()[:MOST_REASON],
            asked_by_account_id=account_id,
            asked_at=at,
        )
        .on_conflict_do_nothing()
        .returning(ContestProposal.id)
    )
    if made is None:
        raise ProposalWaiting
    facts = {"proposal": made, "digest": digest, "asked_by_account_id": account_id}
    audit.record("contest.propose", "contest", row.id, change.reason.strip(), change.program, **facts)
    return int(made)


def _effect_json(found: Effect) -> dict[str, object]:
    """What stood on the page when it was asked for: kept with the proposal. Titles as Chinese texts."""
    changes = []
    for message in found.changes:
        plain = message_to_json(message)
        plain["params"] = {name: getattr(value, "zh", value) for name, value in message.params.items()}
        changes.append(plain)
    return {
        "changes": changes,
        "moved": [{"window": one.name, "events": list(one.event_codes)} for one in found.moved],
        "added": [title.zh for title in found.added],
        "dropped": [title.zh for title in found.dropped],
    }


def decide(proposal_id: int, account_id: int, agree: bool, now: datetime | None = None) -> ContestProposal:
    """The second person's word: the text is loaded in one step, or the proposal is refused. A proposal whose
    base is not in force any more becomes stale and changes nothing.

    raise (NotFound), (ProposalDecided), (OwnProposal); ContestInvalid when the program has become stricter."""
    at = now or clock.now()
    proposal = _waiting(proposal_id)
    if proposal.asked_by_account_id == account_id:
        raise OwnProposal
    row = db.session.scalars(
        select(ContestRow).where(ContestRow.id == proposal.contest_id).with_for_update()
    ).one()
    state = "refused"
    if agree:
        state = "applied" if row.current_version_id == proposal.base_version_id else "stale"
    if state == "applied":
        because = proposal.reason
        loaded = service.load_contest(
            proposal.text, f"{row.code}.toml", proposal.asked_by_account_id, because=because, now=at
        )
        audit.record(
            "contest.propose.apply", "contest", row.id, because, version=loaded.version, proposal=proposal_id
        )
    else:
        audit.record(f"contest.propose.{state}", "contest", row.id, proposal.reason, proposal=proposal_id)
    proposal = db.session.get_one(ContestProposal, proposal_id)
    proposal.state = state
    proposal.decided_by_account_id, proposal.decided_at = account_id, at
    tell_asker(proposal_id, row.title, proposal.asked_by_account_id, state)
    for follow in _followers if state == "applied" else ():
        follow(proposal.contest_id)
    return proposal


def withdraw(proposal_id: int, account_id: int, now: datetime | None = None) -> None:
    """Who asked takes the proposal back. raise (NotFound): it is somebody else's. raise (ProposalDecided)."""
    proposal = _waiting(proposal_id)
    if proposal.asked_by_account_id != account_id:
        raise NotFound
    proposal.state = "refused"
    proposal.decided_at = now or clock.now()
    audit.record("contest.propose.withdraw", "contest", proposal.contest_id, proposal.reason)


def _waiting(proposal_id: int) -> ContestProposal:
    proposal = db.session.scalars(
        select(ContestProposal).where(ContestProposal.id == proposal_id).with_for_update()
    ).one_or_none()
    if proposal is None:
        raise NotFound
    if proposal.state != "waiting":
        raise ProposalDecided
    return proposal


def _put_aside_stale(row: ContestRow) -> None:
    """What waits on a version that is not in force any more makes room; who asked for it is told."""
    old = db.session.execute(
        update(ContestProposal)
        .where(
            ContestProposal.contest_id == row.id,
            ContestProposal.state == "waiting",
            ContestProposal.base_version_id != row.current_version_id,
        )
        .values(state="stale", decided_at=clock.now())
        .returning(ContestProposal.id, ContestProposal.asked_by_account_id, ContestProposal.reason)
    ).all()
    for one in old:
        audit.record("contest.propose.stale", "contest", row.id, one.reason, proposal=one.id)
        tell_asker(one.id, row.title, one.asked_by_account_id, "stale")


def _locked(code: str) -> ContestRow | None:
    return db.session.scalars(
        select(ContestRow).where(ContestRow.code == code).with_for_update()
    ).one_or_none()


def _present(row: ContestRow | None) -> ContestVersion | None:
    if row is None or row.current_version_id is None:
        return None
    return db.session.get(ContestVersion, row.current_version_id)


def effect_of(proposal: ProposalView, now: datetime) -> Effect:
    """What a proposal would change if it were applied now."""
    return effect(queries.rules_of_version(proposal.base_version_id), parse_contest(proposal.text), now)
