"""A union's delegation: made, chosen, confirmed, and changed by two people afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from webapp.access.principal import Principal
from webapp.audit.service import record
from webapp.contests.rules.delegation import DelegationRule
from webapp.contingents.errors import (
    ChangeDecided,
    ChangeWaits,
    ChoiceWrong,
    ConfirmedAlready,
    ContingentGone,
    LeaderNeeded,
    NobodyHasAPlace,
    NothingChanges,
    OwnChange,
    ReasonNeeded,
    TooLateToConfirm,
    TooManyJudges,
    TooManyOfEvent,
)
from webapp.contingents.models import Contingent, ContingentChange, ContingentMember
from webapp.contingents.queries import contingents as queries
from webapp.contingents.rules.choosing import best, changed, confirm_by, over
from webapp.core.db import db
from webapp.core.i18n import until
from webapp.core.words import N_
from webapp.notifications.service import notify_all
from webapp.registration.queries.overdue import people_at
from webapp.registration.rules.review import Link

LEADER_MOST = 50
WHY_MOST = 300


@dataclass(frozen=True)
class Choice:
    """A delegation as somebody wants it: entries of contestants, persons of judges, the leader's name."""

    entries: tuple[int, ...]
    judges: tuple[int, ...]
    leader: str

    def as_json(self) -> dict[str, Any]:
        return {"entries": sorted(self.entries), "judges": sorted(self.judges), "leader": self.leader}


def prepare(contest_id: int, now: datetime) -> int:
    """Make a delegation for every union that somebody with a place comes from; how many are new.

    Each begins with the best by rank, as many as the rule lets. The unions' reviewers are told. Doing it again makes
    what is missing. raise (NoDelegations, NobodyHasAPlace)."""
    rule = queries.rule_of(contest_id)
    by_node: dict[int, list[queries.Holder]] = {}
    for one in queries.holders(contest_id, rule):
        if one.node_id is not None:
            by_node.setdefault(one.node_id, []).append(one)
    if not by_node:
        raise NobodyHasAPlace
    made = 0
    for node_id, people in by_node.items():
        contingent_id = db.session.scalar(
            insert(Contingent)
            .values(contest_id=contest_id, stage_code=rule.stage, organisation_id=node_id, made_at=now)
            .on_conflict_do_nothing()
            .returning(Contingent.id)
        )
        if contingent_id is None:
            continue
        made += 1
        _set_members(contingent_id, best([one.choosable() for one in people], rule), ())
        record("delegation.make", "contingent", contingent_id, organisation_id=node_id, people=len(people))
        notify_all(
            people_at(Link("", node_id), (), ()),
            N_("Your union sends a delegation. Choose who comes, name the leader and confirm it."),
            {},
            f"/staff/delegations/{contingent_id}",
        )
    return made


def save(row: Contingent, choice: Choice) -> None:
    """Keep a draft. raise (ConfirmedAlready, ChoiceWrong, TooManyOfEvent, TooManyJudges)."""
    if row.state == "confirmed":
        raise ConfirmedAlready
    _apply(row, choice)
    record(
        "delegation.choose", "contingent", row.id, contestants=len(choice.entries), judges=len(choice.judges)
    )


def confirm(row: Contingent, choice: Choice, who: Principal, now: datetime) -> None:
    """The union confirms; everybody in it is told. After the day of the rule only the host does.

    raise: as `save`; (LeaderNeeded); (TooLateToConfirm)."""
    rule = queries.rule_of(row.contest_id)
    last = confirm_by(queries.opens_at(row.contest_id, row.stage_code), rule)
    if last is not None and now >= last and not queries.is_host(who, row.contest_id):
        raise TooLateToConfirm(until=until(last))
    if not choice.leader or not choice.entries:
        raise LeaderNeeded
    save(row, choice)
    row.state, row.confirmed_at, row.confirmed_by_account_id = "confirmed", now, who.account_id
    db.session.flush()
    record("delegation.confirm", "contingent", row.id, contestants=len(choice.entries))
    _tell(row, [one.person_id for one in queries.views([row])[0].members])


def ask_change(row: Contingent, choice: Choice, why: str, who: Principal, now: datetime) -> ContingentChange:
    """Ask for another composition of a confirmed delegation.

    raise (ReasonNeeded, NothingChanges, ChangeWaits); what the choice itself is refused for."""
    if not why.strip():
        raise ReasonNeeded
    before = present(row)
    if choice.as_json() == before.as_json():
        raise NothingChanges
    _check(row, choice)
    made: ContingentChange | None = db.session.scalar(
        insert(ContingentChange)
        .values(
            contingent_id=row.id,
            wanted=choice.as_json(),
            why=why.strip()[:WHY_MOST],
            asked_by_account_id=who.account_id,
            asked_at=now,
        )
        .on_conflict_do_nothing()
        .returning(ContingentChange)
    )
    if made is None:
        raise ChangeWaits
    record("delegation.change-ask", "contingent", row.id, made.why, change_id=made.id)
    return made


def decide_change(row: Contingent, change_id: int, agree: bool, who: Principal, now: datetime) -> None:
    """Agree to a change, or refuse it, as a second person. raise (ContingentGone, ChangeDecided, OwnChange)."""
    change = db.session.scalars(
        select(ContingentChange)
        .where(ContingentChange.id == change_id, ContingentChange.contingent_id == row.id)
        .with_for_update()
    ).one_or_none()
    if change is None:
        raise ContingentGone
    if change.state != "waiting":
        raise ChangeDecided
    if change.asked_by_account_id == who.account_id:
        raise OwnChange
    change.state = "done" if agree else "refused"
    change.decided_by_account_id, change.decided_at = who.account_id, now
    if not agree:
        record("delegation.change-refuse", "contingent", row.id, change_id=change.id)
        return
    before = {one.person_id for one in queries.views([row])[0].members}
    was, wanted = present(row), read(change.wanted)
    _apply(row, wanted)
    db.session.flush()
    difference = changed(was.as_json(), wanted.as_json())
    record("delegation.change", "contingent", row.id, change.why, change_id=change.id, difference=difference)
    after = {one.person_id for one in queries.views([row])[0].members}
    _tell(row, sorted(after - before))
    notify_all(
        sorted(before - after),
        N_("You no longer belong to the delegation: %(why)s"),
        {"why": change.why},
        "/my/delegations",
    )


def present(row: Contingent) -> Choice:
    """The delegation as it stands."""
    members = db.session.scalars(
        select(ContingentMember).where(ContingentMember.contingent_id == row.id).order_by(ContingentMember.id)
    ).all()
    return Choice(
        tuple(one.entry_id for one in members if one.entry_id is not None),
        tuple(one.judge_person_id for one in members if one.judge_person_id is not None),
        row.leader,
    )


def read(wanted: dict[str, Any]) -> Choice:
    """A kept wish."""
    return Choice(tuple(wanted["entries"]), tuple(wanted["judges"]), wanted["leader"])


def _apply(row: Contingent, choice: Choice) -> None:
    _check(row, choice)
    _set_members(row.id, choice.entries, choice.judges)
    row.leader = choice.leader


def _check(row: Contingent, choice: Choice) -> DelegationRule:
    rule = queries.rule_of(row.contest_id)
    people = queries.holders(row.contest_id, rule, row.organisation_id)
    if set(choice.entries) - {one.entry_id for one in people}:
        raise ChoiceWrong
    beyond = over(choice.entries, [one.choosable() for one in people], rule)
    for event, most in beyond.items():
        title = next(one.event_title for one in people if one.event == event)
        raise TooManyOfEvent(event=title, most=most)
    known = {one.person_id for one in queries.judges(row.contest_id, row.organisation_id, ())}
    if set(choice.judges) - known or (choice.judges and not rule.has_judges):
        raise ChoiceWrong
    if rule.judges is not None and len(choice.judges) > rule.judges:
        raise TooManyJudges(most=rule.judges)
    return rule


def _set_members(contingent_id: int, entries: Iterable[int], judges: Iterable[int]) -> None:
    db.session.execute(delete(ContingentMember).where(ContingentMember.contingent_id == contingent_id))
    rows: list[dict[str, int | None]] = [
        {"contingent_id": contingent_id, "entry_id": entry, "judge_person_id": None} for entry in entries
    ]
    rows += [{"contingent_id": contingent_id, "entry_id": None, "judge_person_id": one} for one in judges]
    if rows:
        db.session.execute(insert(ContingentMember), rows)


def _tell(row: Contingent, person_ids: list[int]) -> None:
    name = queries.views([row])[0].name
    notify_all(
        person_ids,
        N_("You belong to the delegation of %(name)s. Leader: %(leader)s."),
        {"name": name, "leader": row.leader},
        "/my/delegations",
    )
