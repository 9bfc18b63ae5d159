"""Practical tests: works in pieces, blind numbers, sheets of several judges, a signature with a scan, decoding."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl

from webapp.access.permissions import Role
from webapp.access.principal import Principal
from webapp.contests.queries import StageView
from webapp.contests.rules.practical import PracticalModule
from webapp.core.db import db
from webapp.core.transaction import in_transaction, transaction
from webapp.judging.formats.scores import read_scores, write_template
from webapp.judging.queries.entrants import Entrant, bearers, entrants, entries_of_stage
from webapp.judging.queries.modules import runs_of
from webapp.judging.queries.sheets import SheetLine, sheets_of
from webapp.judging.rules import pieces
from webapp.judging.rules.items import Item, ItemKind
from webapp.judging.service import finishing, scoring, setting_up, works
from webapp.judging.service.finishing import COMPONENT, ImportedScore, Scan
from webapp.leaderboard.service.filing import file_scores
from webapp.rehearsal.listing import LATER, hosts
from webapp.rehearsal.play import EventPlay, Play, StepReport

A_WORKBOOK = 3
"""Every third event counts its scores elsewhere and brings a workbook."""
ABSENT = 0.03
NOTED = "演练：已核对"
SCAN = Scan("signed.pdf", b"%PDF-1.4\n% rehearsal\n%%EOF\n")
AN_HOUR = timedelta(hours=1)


def play(play: Play, event: EventPlay, stage: StageView | None) -> StepReport | None:
    """Score the practical part of a stage, as far as it has one."""
    if stage is None or all(part.key != COMPONENT for part in stage.rules.components):
        return None
    report = StepReport("practical", stage.code, event.code)
    if stage.opens_at is None or stage.closes_at is None:
        report.problems.append(f"{event.code}/{stage.code}: no window")
        return report
    at = play.travel(stage.opens_at + AN_HOUR)
    people = entrants(entries_of_stage(stage.stage_id))
    db.session.rollback()
    report.people_in = len(people)
    modules = stage.rules.modules
    if not people:
        return report
    if not modules:
        report.people_out = _filed(play, stage, people)
    elif event.first % A_WORKBOOK == 0 and all(module.take_home_h is None for module in modules):
        report.people_out = _workbook(play, stage, people, at)
    else:
        report.people_out = _judged(play, stage, at)
    play.work()
    return report


def _skill(play: Play, stage: StageView, number: str, *more: object) -> float:
    """How well somebody does, 0.35 to 1: the dice of the contestant, with a little of each judge."""
    skill = play.chance("practical", stage.code, number).uniform(0.4, 0.95)
    return skill + (play.chance("judged", stage.code, number, *more).uniform(-0.05, 0.05) if more else 0)


def _filed(play: Play, stage: StageView, people: Sequence[Entrant]) -> int:
    """A stage without modules: whole scores from 0 to 100."""
    scores = {
        one.participation_id: Decimal(round(_skill(play, stage, one.number) * 10_000)) / 100 for one in people
    }
    return in_transaction(lambda: file_scores(stage.stage_id, COMPONENT, scores, {"how": "rehearsal"}))


def _workbook(play: Play, stage: StageView, people: Sequence[Entrant], at: datetime) -> int:
    """Scores that were counted elsewhere: the template, filled in, read and filed."""
    modules = stage.rules.modules
    points = {
        one.number: [
            Decimal(round(_skill(play, stage, one.number, module.code) * 100)) / 100 * module.mark
            for module in modules
        ]
        for one in people
    }
    content = _filled(write_template(modules, [(one.number, one.name) for one in people]), points)
    known = {one.number: (one.entry_id, one.name) for one in people}
    read = read_scores(content, "scores.xlsx", modules, known)
    assert not read.problems, read.problems[:3]
    participations = {one.entry_id: one.participation_id for one in people}
    rows = [ImportedScore(row.entry_id, participations[row.entry_id], row.modules) for row in read.rows]
    host, _second = hosts(play)
    return in_transaction(lambda: finishing.import_scores(stage.stage_id, rows, host.account_id, at))


def _filled(template: bytes, points: Mapping[str, Sequence[Decimal]]) -> bytes:
    """The workbook with points behind every contestant number."""
    book: Any = openpyxl.load_workbook(io.BytesIO(template))
    for row in book.active.iter_rows(min_row=2):
        for cell, value in zip(row[2:], points[str(row[0].value)], strict=False):
            cell.value = str(value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _judged(play: Play, stage: StageView, at: datetime) -> int:
    host, second = hosts(play)
    for module in stage.rules.modules:
        _prepared(play, stage, module, at)
        if module.take_home_h is not None:
            _works(play, stage, module, at)
        with transaction():
            setting_up.open_sheets(stage.stage_id, module.code, host.account_id, at, NOTED)
        _sheets(play, stage, module, at)
        chief = play.who(Role.CHIEF_JUDGE)
        with transaction():
            finishing.sign_off(stage.stage_id, module.code, SCAN, NOTED, chief.account_id, at + AN_HOUR * 3)
        with transaction():
            finishing.decode(stage.stage_id, module.code, second.account_id, at + AN_HOUR * 4)
    return in_transaction(lambda: finishing.file_practical(stage.stage_id, host.account_id, at + AN_HOUR * 5))


def _prepared(play: Play, stage: StageView, module: PracticalModule, at: datetime) -> None:
    """Items, judges, a chief judge, and the draw of the numbers (with a secret of the rehearsal's own)."""
    host, _second = hosts(play)
    code = module.code
    with transaction():
        setting_up.store_items(stage.stage_id, code, items_of(module), host.account_id, at)
        for judge in _judges(play, module):
            setting_up.assign_judge(stage.stage_id, code, judge.account_id, host.account_id, at)
        chief = play.who(Role.CHIEF_JUDGE)
        setting_up.assign_judge(stage.stage_id, code, chief.account_id, host.account_id, at, is_chief=True)
    secret = play.chance("draw", stage.event_code, stage.code, code).randbytes(32)
    with transaction():
        setting_up.draw(stage.stage_id, code, host.account_id, at, secret)


def _judges(play: Play, module: PracticalModule) -> list[Principal]:
    return list(play.staff[Role.JUDGE][: max(1, module.judges)])


def items_of(module: PracticalModule) -> list[Item]:
    """A measured, two judged items, a deduction and a reason to lose everything: together the module's mark."""
    ten = (module.mark / 10).quantize(Decimal(1))
    return [
        Item(
            "A1",
            "尺寸",
            "Size",
            ItemKind.MEASURED,
            max=ten,
            target=Decimal(12),
            tolerance=Decimal("0.05"),
            unit="mm",
        ),
        Item("B1", "过程", "Process", ItemKind.JUDGED, max=ten * 4, step=Decimal("0.1")),
        Item("B2", "成品", "Work", ItemKind.JUDGED, max=module.mark - ten * 5, step=Decimal("0.1")),
        Item("C1", "浪费材料", "Waste", ItemKind.DEDUCTION, max=Decimal(3), step=Decimal(1)),
        Item("Z1", "安全事故", "Accident", ItemKind.DISQUALIFYING),
    ]


def _works(play: Play, stage: StageView, module: PracticalModule, at: datetime) -> None:
    """The work that is made at home: handed out, sent in a piece, handed in with a receipt."""
    host, _second = hosts(play)
    with transaction():
        works.hand_out(stage.stage_id, module.code, host.account_id, at)
    run = runs_of(stage.stage_id)[module.code].run_id
    for one in bearers(run):
        content = f"{module.code} {one.contestant}".encode()
        digest = pieces.list_digest([pieces.digest(content)])
        with transaction():
            work = works.begin(
                run, one.entry_id, "work.mp4", len(content), digest, host.account_id, at + AN_HOUR
            )
            works.put_piece(work, [one.entry_id], 0, content, at + AN_HOUR)
            works.complete(work, [one.entry_id], at + AN_HOUR)


def _sheets(play: Play, stage: StageView, module: PracticalModule, at: datetime) -> None:
    """Every judge fills every sheet; somebody else types it again where the module says so; few are absent."""
    host, _second = hosts(play)
    run = runs_of(stage.stage_id)[module.code].run_id
    who = {one.number: one.contestant for one in bearers(run)}
    absent = {
        number for number, contestant in who.items()
        if play.chance("absent", stage.code, contestant).random() < ABSENT
    }  # fmt: skip
    absent = absent if len(absent) < len(who) else set()
    for number in sorted(absent):
        with transaction():
            setting_up.note_absent(
                stage.stage_id, module.code, number, is_absent=True, account_id=host.account_id
            )
    judges = _judges(play, module)
    for line in sheets_of(run):
        if line.number not in absent:
            with transaction():
                _sheet(play, stage, module, line, who[line.number], judges, at + LATER)


def _sheet(
    play: Play, stage: StageView, module: PracticalModule, line: SheetLine, contestant: str,
    judges: Sequence[Principal], at: datetime,
) -> None:  # fmt: skip
    nth = [judge.account_id for judge in judges].index(line.account_id)
    skill = _skill(play, stage, contestant, module.code, nth)
    values = {
        "A1": "12.02" if skill > 0.6 else "12.40",
        "B1": _points(module.mark * 2 / 5, skill),
        "B2": _points(module.mark / 2, skill),
        "C1": "0" if skill > 0.5 else "1",
        "Z1": "0",
    }
    changes = [
        scoring.Change("tablet", place, code, value) for place, (code, value) in enumerate(values.items(), 1)
    ]
    scoring.save(line.sheet_id, line.account_id, changes, at)
    if scoring.hand_in(line.sheet_id, line.account_id, at) == "submitted":
        other = judges[(nth + 1) % len(judges)]
        scoring.type_again(line.sheet_id, other.account_id, values, at)


def _points(most: Decimal, skill: float) -> str:
    return str((most * Decimal(round(min(1.0, max(0.0, skill)) * 100)) / 100).quantize(Decimal("0.1")))
