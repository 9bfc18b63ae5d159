"""After the test: the chief judge's signature, decoding, the practical scores."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select

from webapp.audit.service import record
from webapp.banks.service.scans import stored_scan
from webapp.contests.queries import stage_by_id
from webapp.contests.rules.practical import PracticalModule
from webapp.core.db import db
from webapp.judging.errors import (
    AlarmsUnexplained,
    DecodedAlready,
    ModuleGone,
    NotDecoded,
    NotDrawn,
    NotSignedOff,
    ScanRefused,
    SheetsOpen,
)
from webapp.judging.models import PracticalFiling, PracticalSignoff
from webapp.judging.queries.entrants import Bearer, bearers
from webapp.judging.queries.modules import module_of, runs_of
from webapp.judging.queries.sheets import SheetLine, sheets_of
from webapp.judging.rules.scores import JudgeScore, deviations, module_score, practical_score
from webapp.judging.service.setting_up import locked_run
from webapp.leaderboard.service.filing import file_scores
from webapp.media import service as media

COMPONENT = "practical"
MOST_SCAN_MB = 20
SHEETS, WORKBOOK = "sheets", "workbook"


@dataclass(frozen=True)
class Scan:
    """A scan of the signed paper."""

    name: str
    content: bytes


def sign_off(stage_id: int, code: str, scan: Scan, note: str, account_id: int, now: datetime) -> int:
    """The chief judge signs a module whose sheets are all signed, with the scan; return the signature's id.

    raise (ModuleGone, NotDrawn, SheetsOpen, ScanRefused, DecodedAlready). raise (AlarmsUnexplained): sheets deviate
    as the module's alarm says, and the note does not tell what came of looking at them."""
    run = locked_run(stage_id, code)
    if run.decoded_at is not None:
        raise DecodedAlready
    lines = _all_signed(run.id, drawn=run.drawn_at is not None)
    alarms = alarmed(lines, module_of(stage_id, code)[1])
    if alarms and not note.strip():
        raise AlarmsUnexplained(numbers=", ".join(map(str, alarms)))
    file_id = stored_scan(scan.content, MOST_SCAN_MB)
    if file_id is None:
        raise ScanRefused(name=scan.name[:80], most=MOST_SCAN_MB)
    facts = media.facts([file_id])[file_id]
    made = PracticalSignoff(
        run_id=run.id, file_id=file_id, file_name=scan.name[:80], file_digest=facts.digest,
        sheets_digest=sheets_digest(lines), note=note.strip()[:500], by_account_id=account_id, at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    record(
        "practical.sign-off", "stage", stage_id, why=made.note, module=code, sheets=made.sheets_digest,
        scan=made.file_digest, alarms=alarms,
    )  # fmt: skip
    return made.id


def decode(stage_id: int, code: str, account_id: int, now: datetime) -> None:
    """Show who bears which number. The sheets stay as they are from now on.

    raise (ModuleGone, NotDrawn, SheetsOpen, DecodedAlready). raise (NotSignedOff): the chief judge's signature is
    missing, or a sheet changed after it."""
    run = locked_run(stage_id, code)
    if run.decoded_at is not None:
        raise DecodedAlready
    lines = _all_signed(run.id, drawn=run.drawn_at is not None)
    newest = signoff_of(run.id)
    if newest is None or newest.sheets_digest != sheets_digest(lines):
        raise NotSignedOff
    run.decoded_at, run.decoded_by_account_id = now, account_id
    record("practical.decode", "stage", stage_id, module=code, commitment=run.commitment)


@dataclass
class Scored:
    """What an entry has: the exact score of each decoded module that it took part in, and the practical score."""

    bearer: Bearer
    modules: dict[str, Fraction] = field(default_factory=dict)
    score: Decimal = Decimal(0)


def scores_of(stage_id: int) -> list[Scored]:
    """The practical scores of a stage, the highest first. Who was absent in every module is not among them.

    raise (ModuleGone): the stage has no modules. raise (NotDecoded): names those that are not."""
    stage = stage_by_id(stage_id)
    modules = stage.rules.modules
    if not modules:
        raise ModuleGone
    runs = runs_of(stage_id)
    waiting = [module.code for module in modules if runs[module.code].decoded_at is None]
    if waiting:
        raise NotDecoded(modules=", ".join(waiting))
    found: dict[int, Scored] = {}
    for module in modules:
        run_id = runs[module.code].run_id
        by_number: dict[int, list[SheetLine]] = {}
        for line in sheets_of(run_id):
            by_number.setdefault(line.number, []).append(line)
        for bearer in bearers(run_id):
            lines = by_number.get(bearer.number, [])
            if bearer.is_absent or not lines:
                continue
            judged = [line.judged for line in lines]
            one = found.setdefault(bearer.entry_id, Scored(bearer))
            one.modules[module.code] = module_score(judged, drop_extremes=module.drop_extremes)
    for one in found.values():
        one.score = practical_score(modules, one.modules)
    return sorted(found.values(), key=lambda one: (-one.score, one.bearer.contestant))


def file_practical(stage_id: int, account_id: int, now: datetime) -> int:
    """File the practical scores of a stage; return how many. The same scores again are filed again with a new
    number and change nothing. raise (ModuleGone, NotDecoded)."""
    scored = scores_of(stage_id)
    rows = [
        {
            "entry_id": one.bearer.entry_id,
            "participation_ids": [one.bearer.participation_id],
            "modules": {code: str(value) for code, value in sorted(one.modules.items())},
            "score": str(one.score),
        }
        for one in sorted(scored, key=lambda one: one.bearer.entry_id)
    ]
    return _file(stage_id, rows, SHEETS, account_id, now)


@dataclass(frozen=True)
class ImportedScore:
    """Scores of one contestant that come from elsewhere. modules: code -> points, all of the stage."""

    entry_id: int
    participation_id: int
    modules: Mapping[str, Decimal]


def import_scores(stage_id: int, rows: list[ImportedScore], account_id: int, now: datetime) -> int:
    """File practical scores that were counted elsewhere, module by module; return how many.

    raise (ModuleGone): the stage has no modules. raise (ValueError): points above a module's mark (the reader of
    the file refuses them before)."""
    modules = stage_by_id(stage_id).rules.modules
    if not modules:
        raise ModuleGone
    filed = []
    for row in sorted(rows, key=lambda one: one.entry_id):
        exact = {code: Fraction(value) for code, value in row.modules.items()}
        filed.append(
            {
                "entry_id": row.entry_id,
                "participation_ids": [row.participation_id],
                "modules": {code: str(value) for code, value in sorted(exact.items())},
                "score": str(practical_score(modules, exact)),
            }
        )
    return _file(stage_id, filed, WORKBOOK, account_id, now)


def _file(stage_id: int, rows: list[dict[str, Any]], how: str, account_id: int, now: datetime) -> int:
    digest = hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
    last = select(func.max(PracticalFiling.number)).where(PracticalFiling.stage_id == stage_id)
    number = (db.session.scalar(last) or 0) + 1
    db.session.add(
        PracticalFiling(
            stage_id=stage_id,
            number=number,
            scores=rows,
            digest=digest,
            how=how,
            by_account_id=account_id,
            at=now,
        )
    )
    by_person = {one: Decimal(row["score"]) for row in rows for one in row["participation_ids"]}
    record("practical.file", "stage", stage_id, number=number, how=how, digest=digest, people=len(by_person))
    return file_scores(stage_id, COMPONENT, by_person, {"practical_digest": digest, "how": how})


def alarmed(lines: Sequence[SheetLine], module: PracticalModule) -> list[int]:
    """The numbers among whose signed sheets one deviates too far, in their order."""
    by_number: dict[int, list[JudgeScore]] = {}
    for line in lines:
        by_number.setdefault(line.number, []).append(line.judged)
    return [
        number
        for number, scores in sorted(by_number.items())
        if any(one.is_alarm for one in deviations(scores, module))
    ]


def sheets_digest(lines: list[SheetLine]) -> str:
    """SHA-256 over number, judge, points and disqualification of the sheets, in their order."""
    rows = [
        [line.number, line.judge_id, f"{line.score or 0:.4f}", line.is_disqualified]
        for line in lines
        if not line.is_absent
    ]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def signoff_of(run_id: int) -> PracticalSignoff | None:
    """The newest signature under a module."""
    return db.session.scalars(
        select(PracticalSignoff)
        .where(PracticalSignoff.run_id == run_id)
        .order_by(PracticalSignoff.id.desc())
        .limit(1)
    ).one_or_none()


def _all_signed(run_id: int, *, drawn: bool) -> list[SheetLine]:
    if not drawn:
        raise NotDrawn
    lines = [line for line in sheets_of(run_id) if not line.is_absent]
    waiting = sum(line.state != "signed" for line in lines)
    if waiting or not lines:
        raise SheetsOpen(open=waiting, total=len(lines))
    return lines
