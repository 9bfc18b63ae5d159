"""Where units select outside: organisations send whom they name, the host takes it in and brings the rest as workbooks, one
of them late, and the lists are posted."""

import hashlib
import io
import json
from collections.abc import Sequence
from datetime import datetime

import openpyxl

from webapp.contests.queries import StageView
from webapp.core.transaction import in_transaction, transaction
from webapp.organisations import queries as organisations
from webapp.rehearsal.listing import A_DAY, LATER, became_final, hosts, two_people
from webapp.rehearsal.people import Contestant, contestants
from webapp.rehearsal.play import EventPlay, Play, StepReport
from webapp.rehearsal.posting import final_rows, notice, recheck
from webapp.stages.formats import nominations
from webapp.stages.formats.nominations import Nomination
from webapp.stages.queries import notices, submissions
from webapp.stages.queries.admissions import is_outside
from webapp.stages.rules.states import Decision
from webapp.stages.service import nominating, rechecking, submitting, taking
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
    named = _named(play, event, stage)
    late = LATE if _is_late(play, event, stage) else 0
    first = named[: len(named) - late]
    before = play.travel(stage.closes_at - A_DAY)
    sent = in_transaction(lambda: _by_sender(stage, first))
    for organisation, people in sent.items():
        _send(play, stage, organisation, people, before)
    at = play.travel(stage.closes_at + A_DAY)
    report.facts["sent"] = _take(play, stage, at) if sent else 0
    report.people_in = sum(len(people) for people in sent.values())
    rest = [one for one in first if not any(one in people for people in sent.values())]
    half = len(rest) // 2
    report.people_in += sum(
        _bring(play, stage, county, people, "", at).fresh
        for county, people in zip(COUNTIES, (rest[:half], rest[half:]), strict=True)
        if people
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


def _by_sender(stage: StageView, people: Sequence[Contestant]) -> dict[int, list[Contestant]]:
    """Whom the organisations of the file's levels send themselves, each the people nearest to it; empty where it names none."""
    lines = [Nomination(0, "", one.number, "", "") for one in people]
    units = {number: row.unit_id for number, row in nominating.known_people(stage, lines).items()}
    senders = {one.organisation_id for one in submissions.senders(stage)}
    paths = organisations.paths(unit for unit in units.values() if unit is not None)
    found: dict[int, list[Contestant]] = {}
    for one in people:
        nearest = next((node for node in paths.get(units[one.number], ()) if node in senders), None)
        if nearest is not None:
            found.setdefault(nearest, []).append(one)
    return found


def _send(
    play: Play, stage: StageView, organisation: int, people: Sequence[Contestant], at: datetime
) -> None:
    """An organisation sends its own list: its reviewer, or a liaison above it."""
    lines, problems = nominations.read(_workbook(people, ""))
    who = play.reviewers.get(organisation) or next(iter(play.liaisons.values()))
    with transaction():
        submissions.sending(who, stage.stage_id, organisation)
        problems = problems or submitting.send(
            stage.stage_id, organisation, lines, "演练.xlsx", who.account_id, at
        )
    if problems:
        raise ValueError(f"what organisation {organisation} sent was refused: {problems}")


def _take(play: Play, stage: StageView, at: datetime) -> int:
    """The host takes in what was sent; how many lists."""
    host, _second = hosts(play)
    with transaction():
        taken = taking.take_all(stage.stage_id, "", host.account_id, at)
    if taken.left:
        raise ValueError(f"lists of organisations were not taken in: {taken.left}")
    return taken.taken


def _bring(
    play: Play, stage: StageView, county: str, people: Sequence[Contestant], reason: str, at: datetime
) -> Brought:
    """One workbook, through the same reader as on the page."""
    lines, problems = nominations.read(_workbook(people, county))
    host, _second = hosts(play)
    with transaction():
        brought = nominating.nominate(stage.stage_id, lines, reason, host.account_id, at)
    if problems or brought.problems:
        raise ValueError(f"a workbook of {county} was refused: {problems or brought.problems}")
    return brought


def _workbook(people: Sequence[Contestant], county: str) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["选手编号", "姓名", "推荐单位"])
    for one in people:
        sheet.append([one.number, one.invented.name, county])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


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
