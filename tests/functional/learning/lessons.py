"""A signed-in learner before the lessons of the sample course, at a time the test chooses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, sign_in
from tests.integration.courses.sample import make_folder
from tests.integration.learning.stand import make_learner
from webapp.accounts.models import Account, Person
from webapp.core import clock
from webapp.core.clock import datetime
from webapp.core.db import keys_scope
from webapp.core.transaction import transaction
from webapp.courses import service
from webapp.courses.models import Lesson
from webapp.learning.service.learners import Learner

EVENT = "/learning/jilin-5/welding"


@dataclass
class Wall:
    """The clock of the server, which the test moves."""

    patch: pytest.MonkeyPatch

    def set(self, at: datetime) -> None:
        self.patch.setattr(clock, "_offset", at - (clock.now() - clock.offset()))

    def pass_s(self, seconds: float) -> None:
        self.patch.setattr(clock, "_offset", clock.offset() + timedelta(seconds=seconds))


@contextmanager
def moved_clock(at: datetime) -> Iterator[Wall]:
    """It is `at` now; put right again afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        wall = Wall(patch)
        wall.set(at)
        yield wall


@dataclass(frozen=True)
class Class:
    """A learner with the ids of the sample course's lessons by key."""

    learner: Learner
    account: Account
    lessons: dict[str, int]

    def path(self, kind: str, key: str) -> str:
        return f"{EVENT}/{kind}/{self.lessons[key]}"


def make_class(session: Session, client: FlaskClient, folder: Path, seconds: int = 40) -> Class:
    """Import the sample course with a video of so many seconds; sign a learner in."""
    learner = make_learner("welding", now=clock.now())
    account = make_account(session.get_one(Person, learner.person_id))
    session.commit()
    with keys_scope(), transaction():
        service.import_shipped(make_folder(folder, seconds=seconds), None)
    rows = session.execute(select(Lesson.key, Lesson.id)).all()
    sign_in(client, account)
    return Class(learner, account, {row.key: row.id for row in rows})
