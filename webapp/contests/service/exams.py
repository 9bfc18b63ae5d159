"""Writing an event's own exam into the definition in force, by the contest's own way of changing it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.contests import queries
from webapp.contests.errors import ExamNotWritten
from webapp.contests.models import Contest as ContestRow
from webapp.contests.rules.blueprint import Blueprint
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.write_exam import with_exam
from webapp.contests.service.proposing import Change, Submitted, submit
from webapp.core.db import db
from webapp.core.errors import NotFound


@dataclass(frozen=True)
class ExamPlace:
    """Which exam of a contest: that of an event in a stage, by their codes."""

    contest_id: int
    event_code: str
    stage_code: str


def put_exam(
    place: ExamPlace, blueprint: Blueprint, account_id: int, because: str, now: datetime, *, two_person: bool
) -> Submitted:
    """Write an event's own exam into the definition in force, and load or propose that; nobody else's load
    comes in between. The rest of the text stays as it is.

    Raise NotFound; ExamNotWritten when the text would not say this exam; else as `submit`."""
    row = db.session.scalars(
        select(ContestRow).where(ContestRow.id == place.contest_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    text = with_exam(queries.definition_text(row.code), place.event_code, place.stage_code, blueprint)
    if parse_contest(text).event(place.event_code).exams.get(place.stage_code) != blueprint:
        raise ExamNotWritten
    return submit(Change(text, f"{row.code}.toml", because, account_id), two_person, now)
