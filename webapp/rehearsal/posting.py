"""From the board to the final list: frozen, re-checked, computed a second time, posted, objected to, final."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from webapp.access.permissions import Role
from webapp.contests.queries import StageView, rules_of
from webapp.core.db import db
from webapp.core.transaction import in_transaction, transaction
from webapp.demo.rules import phone_of
from webapp.leaderboard.queries.kept import rows_by_id
from webapp.rehearsal.listing import A_DAY, LATER, has_review, hosts, next_stage, two_people
from webapp.rehearsal.people import contestants
from webapp.rehearsal.play import EventPlay, Play, StepReport
from webapp.stages.queries import notices
from webapp.stages.queries.candidates import Outcome, outcome
from webapp.stages.queries.lists import newest
from webapp.stages.queries.steps import readiness
from webapp.stages.rules.minimum import FINAL_MINIMUM
from webapp.stages.rules.states import Decision
from webapp.stages.service import freezing, objecting, rechecking, regrading, teaming
from webapp.stages.service import posting as lists
from webapp.stages.service.objecting import Sender
from webapp.stages.service.posting import ExtraDays

TEAM = 3
A_ROUND = 20
"""One of so many on a list turns out not to be eligible."""
TAKES_OFF = (Decision.INELIGIBLE, Decision.WITHDRAWN, Decision.UNRESPONSIVE)


def play(play: Play, event: EventPlay, stage: StageView | None) -> StepReport | None:
    """The list of one stage until it is final; None where the file asks for no list."""
    if stage is None or not has_review(stage) or stage.closes_at is None:
        return None
    report = StepReport("posting", stage.code, event.code)
    at = play.travel(stage.closes_at + A_DAY)
    if event.rules.is_team and stage.stage_id == event.stages[0].stage_id:
        report.facts["teams"] = _teams(play, event, stage, at)
    state = readiness(stage, at)
    db.session.rollback()
    if not state.results:
        report.facts["stopped"] = True
        return report
    host, _second = hosts(play)
    report.people_in = len(in_transaction(lambda: frozen(stage, host.account_id, at)))
    report.facts["taken_off"] = recheck(play, event, stage, at)
    in_transaction(lambda: regrading.ask(stage.stage_id, host.account_id, at))
    play.work()
    report.facts["objections"] = notice(play, event, stage, at + A_DAY)
    rows = final_rows(stage)
    report.people_out = len(rows)
    report.facts["list"] = hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()
    play.work()
    return report


def frozen(stage: StageView, account_id: int, at: datetime, reason: str = "") -> Sequence[object]:
    """Freeze the board of a stage and return its rows. reason: why a list that is posted or final is replaced."""
    return rows_by_id(freezing.freeze(stage.stage_id, account_id, at, reason).snapshot_id)


def _teams(play: Play, event: EventPlay, stage: StageView, at: datetime) -> int:
    """A team of three out of every nine; their leader stands on the board for all."""
    people = [one for one in contestants(play, event) if one.is_active]
    made = 0
    for start in range(0, len(people) - TEAM + 1, TEAM * TEAM):
        leader, *others = [one.number for one in people[start : start + TEAM]]
        with transaction():
            teaming.make_team(event.event_id, leader, others, at)
        made += 1
    play.work()
    return made


def recheck(play: Play, event: EventPlay, stage: StageView, at: datetime) -> int:
    """Everybody above the line is decided, those who move up for others too; return how many were taken off."""
    host, _second = hosts(play)
    spare = _spare(play, event, stage)
    taken = 0
    while waiting := in_transaction(lambda: rechecking.undecided(stage.stage_id)):
        off = [entry for entry in _chosen(play, event, stage, waiting) if taken < spare]
        for entry in off[: max(0, spare - taken)]:
            word = TAKES_OFF[taken % len(TAKES_OFF)]
            with transaction():
                rechecking.decide(stage.stage_id, [entry], word, "演练：核查未通过", host, at)
            taken += 1
        rest = [entry for entry in waiting if entry not in off[:spare]]
        if rest:
            with transaction():
                rechecking.decide(stage.stage_id, rest, Decision.ELIGIBLE, "", host, at)
    with transaction():
        rechecking.close_recheck(stage.stage_id, at)
    return taken


def _chosen(play: Play, event: EventPlay, stage: StageView, entries: Sequence[int]) -> list[int]:
    """Whom the dice take off, by contestant number; at least one where nobody was chosen."""
    numbers = {row["entry_id"]: row["number"] for row in _outcome(stage).rows.values()}
    db.session.rollback()
    dice = {entry: play.chance("recheck", stage.code, numbers[entry]).random() for entry in entries}
    hit = [entry for entry in entries if dice[entry] < 1 / A_ROUND]
    return hit or [min(entries, key=lambda entry: dice[entry])]


def _spare(play: Play, event: EventPlay, stage: StageView) -> int:
    """How many may be taken off so that the next stage still has enough people."""
    made = _outcome(stage)
    db.session.rollback()
    after = next_stage(event, stage)
    is_before_last = after is not None and after.stage_id == event.stages[-1].stage_id
    least = max(
        (
            int(rule.value)
            for rule in rules_of(stage.contest_id).limits
            if rule.code == FINAL_MINIMUM and rule.value
        ),
        default=0,
    )
    going = len(made.promotion.going_on)
    people = going + len(made.promotion.waiting)
    return max(0, min(max(1, going // A_ROUND), people - 4, people - least if is_before_last else people))


def _outcome(stage: StageView) -> Outcome:
    one = newest(stage.stage_id)
    assert one is not None
    return outcome(stage, one)


def notice(play: Play, event: EventPlay, stage: StageView, at: datetime) -> int:
    """Post, take objections in and answer them, post again where one was right, and make the list final; how many
    objections there were."""
    play.travel(at)
    two_people(play, lambda asked: lists.ask_post(stage.stage_id, ExtraDays(), asked), at)
    number, changed = _objections(play, event, stage, at + A_DAY)
    if changed:
        then = play.travel(at + A_DAY * 2)
        two_people(
            play, lambda asked: lists.ask_amend(stage.stage_id, "演练：异议成立", ExtraDays(), asked), then
        )
    posted = notices.current(stage.stage_id)
    assert posted is not None
    end = play.travel(posted.ends_at + LATER)
    db.session.rollback()
    two_people(play, lambda asked: lists.ask_finalise(stage.stage_id, asked), end)
    return number


def _objections(play: Play, event: EventPlay, stage: StageView, at: datetime) -> tuple[int, bool]:
    """A contestant, an enterprise that telephones, and somebody with name and phone object; the second host answers.

    Every third event one of them is right: the person is taken off."""
    first, second = hosts(play)
    made = _outcome(stage)
    going = made.promotion.going_on
    numbers = {entry: made.rows[entry]["number"] for entry in going}
    people = {one.number: one.person_id for one in contestants(play, event)}
    chance = play.chance("objections", stage.code, event.code)
    about = chance.choice(going)
    own = people.get(numbers[chance.choice(going)])
    senders = (
        (Sender(person_id=own), ""),
        (
            Sender(name="演练单位", channel="phone", entered_by=play.who(Role.ORGANISER).account_id),
            numbers[going[0]],
        ),
        (Sender(name="演练企业", phone=phone_of(event.first), channel="enterprise"), numbers[about]),
    )
    play.travel(at)
    ids = []
    for sender, number in senders:
        with transaction():
            ids.append(objecting.receive(stage, sender, number, "演练：有异议", at).id)
    db.session.rollback()
    is_right = chance.random() < 1 / 3 and _spare(play, event, stage) > 0 and len(going) > 4
    for position, objection_id in enumerate(ids):
        changes = is_right and position == len(ids) - 1
        said = "经核查，该选手不符合参赛资格。" if changes else ""
        with transaction():
            objecting.answer(objection_id, "演练：已核查", said, changes, second.account_id, at + LATER)
    if is_right:
        with transaction():
            rechecking.decide(
                stage.stage_id, [about], Decision.INELIGIBLE, "演练：异议成立", second, at + LATER
            )
        if moved_up := in_transaction(lambda: rechecking.undecided(stage.stage_id)):
            with transaction():
                rechecking.decide(stage.stage_id, moved_up, Decision.ELIGIBLE, "", first, at + LATER)
    return len(ids), is_right


def final_rows(stage: StageView) -> list[list[object]]:
    """[contestant number, rank, combined score] of the newest final list."""
    one = newest(stage.stage_id)
    assert one is not None
    assert one.final_snapshot_id is not None
    rows = [[row["number"], row["rank"], row["combined"]] for row in rows_by_id(one.final_snapshot_id)]
    db.session.rollback()
    return rows
