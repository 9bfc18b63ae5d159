"""An authority decides line by line; a second person agrees; then the awards hold."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from webapp.audit.service import record
from webapp.awards.errors import (
    AmountFixed,
    AwardsClosed,
    AwardsMissing,
    DeclineNeedsReason,
    LinesUndecided,
    NotACandidate,
    NothingToDecide,
    OwnAgreement,
    OwnAward,
)
from webapp.awards.models import AwardLine, AwardList, PayoutTick, SkillLevelRecord
from webapp.awards.rules.money import check_amount
from webapp.awards.service.deriving import open_list
from webapp.awards.service.replacing import take_place
from webapp.contests.queries import rules_of_version, stage_by_id
from webapp.contests.rules.schema import Award, Contest
from webapp.core.clock import SHANGHAI
from webapp.core.db import db
from webapp.core.words import N_
from webapp.notifications.service import notify_many

GRANTED, DECLINED = "granted", "declined"
MINE = "/my/awards"
MOST_CHARACTERS = 500

_TOLD = N_("%(event)s: you have been given “%(award)s” (rank %(rank)s).")
_TOLD_DECLINED = N_("%(event)s: “%(award)s” is not given to you. Reason: %(reason)s")


@dataclass(frozen=True)
class Asker:
    """Who asks for the end of the deciding, when, and whether a second person has to agree."""

    account_id: int
    at: datetime
    two_person: bool


@dataclass(frozen=True)
class Decider:
    """Who decides, and when. person_id: nobody decides about themselves."""

    account_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True)
class Decision:
    """One decision about several lines. amount: yuan, where the rules name only the most that may be paid."""

    is_granted: bool
    reason: str = ""
    amount: int | None = None


def decide_lines(stage_id: int, line_ids: Collection[int], said: Decision, by: Decider) -> int:
    """Give or decline the awards of these lines; return how many. A decision may be taken anew until the end.

    raise (DeclineNeedsReason); (NothingToDecide); (NotACandidate): an open or missed line would be granted;
    (OwnAward): one line is about the decider; (AmountFixed, AmountTooHigh, AmountNeedsReason); (AwardsClosed)."""
    one = _deciding(stage_id)
    reason = said.reason.strip()[:MOST_CHARACTERS]
    if not said.is_granted and not reason:
        raise DeclineNeedsReason
    lines = db.session.scalars(
        select(AwardLine).where(
            AwardLine.list_id == one.id,
            AwardLine.id.in_(list(line_ids)),
            AwardLine.settled_list_id.is_(None),
        )
    ).all()
    if not lines:
        raise NothingToDecide
    if said.is_granted and any(line.state != "candidate" for line in lines):
        raise NotACandidate
    if any(line.person_id == by.person_id for line in lines):
        raise OwnAward
    if said.is_granted and said.amount is not None:
        _check_amount(one, lines, said.amount, reason)
    word = GRANTED if said.is_granted else DECLINED
    paid = AwardLine.amount if said.amount is None else said.amount
    db.session.execute(
        update(AwardLine)
        .where(AwardLine.id.in_([line.id for line in lines]))
        .values(
            decision=word,
            decision_reason=reason,
            granted_amount=paid if said.is_granted else None,
            decided_by_account_id=by.account_id,
            decided_at=by.at,
        )
    )
    record(
        "awards.decide", "stage", stage_id, why=reason, list_id=one.id,
        decision=word, amount=said.amount, lines=[line.id for line in lines],
    )  # fmt: skip
    return len(lines)


def _check_amount(one: AwardList, lines: Sequence[AwardLine], amount: int, reason: str) -> None:
    contest, awards = _rules(one)
    for line in lines:
        if line.amount is None or not awards[line.award_code].conditions.get("ceiling"):
            raise AmountFixed
        check_amount(amount, int(line.amount), contest.limits, has_reason=bool(reason))


def _rules(one: AwardList) -> tuple[Contest, dict[str, Award]]:
    """The rules of the version that a list was derived by, and its awards by code."""
    contest = rules_of_version(one.contest_version_id)
    event = contest.event(stage_by_id(one.stage_id).event_code)
    return contest, {award.code: award for award in contest.profile_of(event).awards}


def ask_close(stage_id: int, asker: Asker) -> AwardList:
    """All candidates are decided: close the list, at once or when a second person has agreed.

    raise (LinesUndecided); (AwardsClosed)."""
    one = _deciding(stage_id)
    waiting = db.session.scalar(
        select(func.count()).where(
            AwardLine.list_id == one.id, AwardLine.state == "candidate", AwardLine.decision == ""
        )
    )
    if waiting:
        raise LinesUndecided(count=waiting)
    one.state, one.asked_by_account_id, one.asked_at = "waiting", asker.account_id, asker.at
    record("awards.close.ask", "stage", stage_id, list_id=one.id)
    if not asker.two_person:
        _close(one, None, asker.at)
    return one


def answer_close(stage_id: int, by: Decider, agree: bool) -> AwardList:
    """The second person's word.

    raise (OwnAgreement): asked for by the same person; (OwnAward): an award is theirs; (AwardsClosed): nothing
    waits."""
    one = open_list(stage_id, lock=True)
    if one is None:
        raise AwardsMissing
    if one.state != "waiting":
        raise AwardsClosed
    if one.asked_by_account_id == by.account_id:
        raise OwnAgreement
    if agree and _is_on(one, by.person_id):
        raise OwnAward
    record(f"awards.close.{'agree' if agree else 'refuse'}", "stage", stage_id, list_id=one.id)
    if agree:
        _close(one, by.account_id, by.at)
    else:
        one.state, one.asked_by_account_id, one.asked_at = "proposed", None, None
    return one


def _is_on(one: AwardList, person_id: int) -> bool:
    mine = select(AwardLine.id).where(
        AwardLine.list_id == one.id, AwardLine.person_id == person_id, AwardLine.decision == GRANTED
    )
    return db.session.scalar(mine.limit(1)) is not None


def tick(stage_id: int, line_id: int, kind: str, account_id: int, now: datetime) -> None:
    """Note that a winner's papers have come to finance, outside this system. Once is enough.

    raise (AwardsMissing): no such line, or no money is given by it."""
    one = open_list(stage_id)
    line = db.session.get(AwardLine, line_id)
    if one is None or line is None or line.list_id != one.id or line.granted_amount is None:
        raise AwardsMissing
    if db.session.get(PayoutTick, (line_id, kind)) is None:
        db.session.add(PayoutTick(line_id=line_id, kind=kind, ticked_by_account_id=account_id, ticked_at=now))
        record("awards.tick", "stage", stage_id, line_id=line_id, kind=kind)


def _deciding(stage_id: int) -> AwardList:
    one = open_list(stage_id, lock=True)
    if one is None:
        raise AwardsMissing
    if one.state != "proposed":
        raise AwardsClosed
    return one


def _close(one: AwardList, account_id: int | None, now: datetime) -> None:
    one.state, one.closed_by_account_id, one.closed_at = "decided", account_id, now
    db.session.flush()
    contest, awards = _rules(one)
    event = contest.event(stage_by_id(one.stage_id).event_code)
    lines: Sequence[AwardLine] = db.session.scalars(
        select(AwardLine)
        .where(AwardLine.list_id == one.id, AwardLine.decision != "", AwardLine.settled_list_id.is_(None))
        .order_by(AwardLine.position)
    ).all()
    if one.reopens_list_id is not None:
        lines = take_place(one, one.reopens_list_id, lines, event.title, now)
    _keep_levels(lines, event.trade or event.title.zh, one, now)
    titles = {code: {"zh": award.title.zh, "en": award.title.en} for code, award in awards.items()}
    for word, words in ((GRANTED, _TOLD), (DECLINED, _TOLD_DECLINED)):
        notices: list[tuple[int, dict[str, Any]]] = [
            (
                line.person_id,
                {
                    "event": {"zh": event.title.zh, "en": event.title.en},
                    "award": titles[line.award_code],
                    "rank": line.rank,
                    "reason": line.decision_reason,
                },
            )
            for line in lines
            if line.decision == word
        ]
        notify_many(notices, words, link=MINE)
    granted = sum(line.decision == GRANTED for line in lines)
    record("awards.close", "stage", one.stage_id, list_id=one.id, granted=granted, digest=one.digest)


def _keep_levels(lines: Sequence[AwardLine], trade: str, one: AwardList, now: datetime) -> None:
    """What was promoted stands in the skill record, so that the next contest knows the level held."""
    rows = [
        {
            "person_id": line.person_id,
            "trade": trade,
            "level": line.level,
            "held_since": now.astimezone(SHANGHAI).date(),
            "source": "award",
            "award_line_id": line.id,
            "recorded_by_account_id": one.asked_by_account_id,
            "recorded_at": now,
        }
        for line in lines
        if line.level and line.decision == GRANTED
    ]
    if rows:
        db.session.execute(insert(SkillLevelRecord), rows)
