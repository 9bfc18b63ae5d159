"""Places in the next stage: who comes, who does not, who moves up, and the supplementary notice."""

from datetime import datetime

from sqlalchemy import select

from webapp.contests.queries import StageView
from webapp.core.db import db
from webapp.core.transaction import in_transaction, transaction
from webapp.registration.models import Entry, Participation
from webapp.rehearsal.listing import A_DAY, LATER, became_final, hosts, is_final, next_stage, two_people
from webapp.rehearsal.play import EventPlay, Play, StepReport
from webapp.stages.errors import NothingSupplementary
from webapp.stages.models import StageAdmission
from webapp.stages.queries.admissions import has_places
from webapp.stages.rules.attendance import Admission
from webapp.stages.service import attending
from webapp.stages.service import posting as lists
from webapp.stages.service.opening import open_stage
from webapp.stages.service.posting import ExtraDays

DECLINES, SILENT, TELEPHONES = 0.08, 0.05, 0.1
MOST_ROUNDS = 20


def play(play: Play, event: EventPlay, stage: StageView | None) -> StepReport | None:
    """Open the stage after this one; everybody who is asked answers, or falls silent and is replaced."""
    after = next_stage(event, stage) if stage is not None else None
    if stage is None or after is None or not is_final(stage):
        return None
    report = StepReport("attending", after.code, event.code)
    at = play.travel(became_final(stage) + A_DAY)
    host, _second = hosts(play)
    reason = "演练：人数不足，经批准照常进行"
    report.people_in = in_transaction(lambda: open_stage(after.stage_id, host.account_id, at, reason))
    if after.rules.attendance is not None:
        _answers(play, after, at)
        report.facts["supplement"] = _supplement(play, after, at)
    play.work()
    states = _states(after)
    report.people_out = sum(state in {"confirmed", "admitted"} for state in states)
    report.facts["replaced"] = sum(state == "replaced" for state in states)
    return report


def _answers(play: Play, stage: StageView, at: datetime) -> None:
    """Round after round: those asked answer, the silent ones are found when their hour is over."""
    for _round in range(MOST_ROUNDS):
        asked = _asked(stage)
        if not asked:
            return
        until = max(row.answer_by for row in asked if row.answer_by is not None)
        for row in asked:
            _answer(play, stage, row, at)
        at = play.travel(until + LATER)
        opens = stage.opens_at
        if opens is None or at >= opens:
            return
        with transaction():
            attending.move_up(stage.stage_id, at)


def _answer(play: Play, stage: StageView, row: StageAdmission, at: datetime) -> None:
    number, person_id = db.session.execute(
        select(Participation.number, Participation.person_id)
        .join(Entry, Entry.participation_id == Participation.id)
        .where(Entry.id == row.entry_id)
    ).one()
    chance = play.chance("comes", stage.code, number)
    dice = chance.random()
    if DECLINES < dice < DECLINES + SILENT:
        return
    comes, reason = dice > DECLINES, "" if dice > DECLINES else "演练：出差"
    host, _second = hosts(play)
    entry_id = row.entry_id
    with transaction():
        if chance.random() < TELEPHONES:
            attending.answer(stage.stage_id, entry_id, comes, reason, host.account_id, at + LATER)
        else:
            attending.answer_own(stage.stage_id, person_id, comes, reason, None, at + LATER)


def _asked(stage: StageView) -> list[StageAdmission]:
    rows = db.session.scalars(
        select(StageAdmission)
        .where(StageAdmission.stage_id == stage.stage_id, StageAdmission.state == Admission.INVITED)
        .order_by(StageAdmission.position)
    ).all()
    db.session.expunge_all()
    db.session.rollback()
    return list(rows)


def _supplement(play: Play, stage: StageView, at: datetime) -> bool:
    """Post those who moved up after the list was final; whether there was anybody."""
    try:
        two_people(
            play,
            lambda asked: lists.ask_supplement(stage.stage_id, "演练：递补", ExtraDays(), asked),
            at + LATER,
        )
    except NothingSupplementary:
        db.session.rollback()
        return False
    return True


def _states(stage: StageView) -> list[str]:
    states = list(
        db.session.scalars(select(StageAdmission.state).where(StageAdmission.stage_id == stage.stage_id))
    )
    db.session.rollback()
    assert states or not has_places(stage.stage_id)
    return states
