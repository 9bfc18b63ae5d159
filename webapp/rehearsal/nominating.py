"""Where units select outside: two counties name people by workbook, one of them late, and both lists are posted."""

import hashlib
import io
import json
from collections.abc import Sequence
from datetime import datetime

import openpyxl

from webapp.contests.queries import StageView
from webapp.core.transaction import in_transaction, transaction
from webapp.rehearsal.listing import A_DAY, LATER, became_final, hosts, two_people
from webapp.rehearsal.people import Contestant, contestants
from webapp.rehearsal.play import EventPlay, Play, StepReport
from webapp.rehearsal.posting import final_rows, notice, recheck
from webapp.stages.formats import nominations
from webapp.stages.queries import notices
from webapp.stages.queries.admissions import is_outside
from webapp.stages.rules.states import Decision
from webapp.stages.service import nominating, rechecking
from webapp.stages.service import posting as lists
from webapp.stages.service.nominating import Brought
from webapp.stages.service.posting import ExtraDays

NAMED = 0.8
"""This share of the contestants is named."""
AT_LEAST = 60
"""So many are named where there are so many, so that the stages after have enough people."""
LATE_ONE_IN = 3
"""In one of so many events a county names people after the list was final."""
LATE = 3
COUNTIES = ("演练一县", "演练二县")


def play(play: Play, event: EventPlay, stage: StageView | None) -> StepReport | None:
    """The list of a selection outside until it is final; None where the stage is no such selection."""
    if stage is None or not is_outside(stage) or stage.closes_at is None:
        return None
    report = StepReport("nominating", stage.code, event.code)
    at = play.travel(stage.closes_at + A_DAY)
    named = _named(play, event, stage)
    late = LATE if _is_late(play, event, stage) else 0
    half = (len(named) - late) // 2
    report.people_in = sum(
        _bring(play, stage, county, people, "", at).fresh
        for county, people in zip(COUNTIES, (named[:half], named[half : len(named) - late]), strict=True)
    )
    report.facts["taken_off"] = recheck(play, event, stage, at)
    report.facts["objections"] = notice(play, event, stage, at + A_DAY)
    if late:
        report.people_in += _follow(play, stage, named[-late:])
    rows = final_rows(stage)
    report.people_out = len(rows)
    report.facts["late"] = late
    report.facts["list"] = hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()
    play.work()
    return report


def _named(play: Play, event: EventPlay, stage: StageView) -> list[Contestant]:
    """Whom the dice name, in the order of the dice; not more than the file lets go on."""
    people = [one for one in contestants(play, event) if one.is_active]
    order = {one.number: play.chance("named", stage.code, one.number).random() for one in people}
    wanted = max(int(len(people) * NAMED), min(AT_LEAST, len(people)))
    if stage.rules.quota is not None:
        wanted = min(wanted, stage.rules.quota)
    return sorted(people, key=lambda one: order[one.number])[:wanted]


def _is_late(play: Play, event: EventPlay, stage: StageView) -> bool:
    return play.chance("named late", stage.code, event.code).random() < 1 / LATE_ONE_IN


def _bring(
    play: Play, stage: StageView, county: str, people: Sequence[Contestant], reason: str, at: datetime
) -> Brought:
    """One workbook, through the same reader as on the page."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["选手编号", "姓名", "推荐单位"])
    for one in people:
        sheet.append([one.number, one.invented.name, county])
    held = io.BytesIO()
    book.save(held)
    lines, problems = nominations.read(held.getvalue())
    host, _second = hosts(play)
    with transaction():
        brought = nominating.nominate(stage.stage_id, lines, reason, host.account_id, at)
    if problems or brought.problems:
        raise ValueError(f"a workbook of {county} was refused: {problems or brought.problems}")
    return brought


def _follow(play: Play, stage: StageView, people: Sequence[Contestant]) -> int:
    """A further list with those who were named late, through the whole way; how many they are."""
    at = play.travel(became_final(stage) + A_DAY)
    host, _second = hosts(play)
    fresh = _bring(play, stage, COUNTIES[1], people, "演练：补报", at).fresh
    waiting = in_transaction(lambda: rechecking.undecided(stage.stage_id))
    with transaction():
        rechecking.decide(stage.stage_id, waiting, Decision.ELIGIBLE, "", host, at)
    with transaction():
        rechecking.close_recheck(stage.stage_id, at)
    two_people(play, lambda asked: lists.ask_post(stage.stage_id, ExtraDays(), asked), at)
    posted = in_transaction(lambda: notices.current(stage.stage_id))
    assert posted is not None
    end = play.travel(posted.ends_at + LATER)
    two_people(play, lambda asked: lists.ask_finalise(stage.stage_id, asked), end)
    return fresh
