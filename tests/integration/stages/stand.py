"""A stage whose exam is over, sat and graded for real, for the tests of lists."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from tests.factories import make_organisation, make_person
from tests.integration.exam.exams import Sat, make_exam, sit
from tests.integration.leaderboard.boards import OPEN_AFTER, combine_for
from webapp.access.principal import Principal
from webapp.accounts.models import Account, Consent, Person
from webapp.contests import queries as contests
from webapp.contests import service as contest_service
from webapp.contests.models import Stage
from webapp.core import clock
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.exam import jobs as exam_jobs
from webapp.exam.queries.sheets import own_sheet
from webapp.exam.rules.saving import Item
from webapp.exam.service import hot
from webapp.exam.service.submitting import submit
from webapp.registration.models import Entry, Participation

DEFINITION = Path(__file__).resolve().parents[3] / "webapp/contests/definitions/jilin-5.toml"
NAMES = ("欧阳䶮", "王芳", "李建国", "赵丽", "钱程", "孙小满")
"""Best first: each answers one question fewer."""
SMALL = {"quota = 100\n": "quota = 3\n", **OPEN_AFTER}


@dataclass(frozen=True)
class Graded:
    """A stage with graded contestants, the best first."""

    stage_id: int
    event_id: int
    exam_id: int
    address: str
    sats: tuple[Sat, ...]
    entries: tuple[int, ...]
    numbers: tuple[str, ...]

    @property
    def person_ids(self) -> tuple[int, ...]:
        return tuple(one.person_id for one in self.sats)


def make_graded(
    names: Sequence[str] = NAMES,
    changes: Mapping[str, str] = SMALL,
    event: str = "welding",
    stage_code: str = "preliminary",
) -> Graded:
    """The Jilin contest with a quota of three and these people, whose exam is over."""
    definition = DEFINITION.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in definition
        definition = definition.replace(old, new)
    contest_service.load_contest(definition)
    stage = contests.stage_by_codes("jilin-5", event, stage_code)
    exam_id = make_exam(db.session.get_one(Stage, stage.stage_id))
    sats = tuple(_sat(exam_id, name, len(names) - 1 - at) for at, name in enumerate(names))
    exam_jobs.grade_pending(exam_id)
    combine_for(stage.stage_id, [one.participation_id for one in sats])
    end_exam(exam_id)
    found = {
        row.participation_id: row
        for row in db.session.execute(
            select(Entry.id, Entry.participation_id, Participation.number).join(
                Participation, Participation.id == Entry.participation_id
            )
        )
    }
    return Graded(
        stage.stage_id,
        stage.event_id,
        exam_id,
        f"{stage.contest_code}/{stage.event_code}/{stage.code}",
        sats,
        tuple(found[one.participation_id].id for one in sats),
        tuple(found[one.participation_id].number for one in sats),
    )


def end_exam(exam_id: int) -> None:
    """The window of the exam ended a minute ago."""
    db.session.execute(
        text("UPDATE exams SET closes_at = clock_timestamp() - interval '1 minute' WHERE id = :id"),
        {"id": exam_id},
    )
    db.session.commit()


def _sat(exam_id: int, name: str, right: int) -> Sat:
    """Somebody who has handed in a paper with so many right answers (true or false questions: all are true)."""
    unit = make_organisation(name=f"{name[0]}记机械厂", kind="unit", level="unit")
    person: Person = make_person(name, unit=unit)
    db.session.add(Consent(person_id=person.id, purpose="publication", is_given=True, notice_version="test"))
    db.session.commit()
    sat = sit(exam_id, person=person, unit_id=unit.id)
    sheet = own_sheet(sat.attempt_id, sat.person_id)
    slots = [slot for slot in range(len(sheet.paper)) if sheet.section(slot).question_type == "true_false"]
    items = [Item(slot, 1, "T") for slot in slots[:right]]
    hot.save(sat.attempt_id, sat.person_id, sat.lease, items, clock.now())
    with transaction():
        submit(sat.attempt_id, sat.person_id, sat.lease, clock.now())
    return sat


def as_principal(account: Account) -> Principal:
    """The account as services see it."""
    return Principal(account.id, account.person_id, "", "")


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Let time pass for the whole process."""
    monkeypatch.setattr(clock, "_offset", clock.offset() + by)


def committed(work: Callable[[], object]) -> None:
    """Do something in a transaction of its own."""
    with transaction():
        work()


def now() -> datetime:
    return clock.now()
