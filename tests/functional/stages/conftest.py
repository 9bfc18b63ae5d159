"""What most tests of the way from a board to a final list stand on: a graded stage, a host, no page kept from before."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from tests.factories import make_staff
from tests.integration.stages.stand import Graded, make_graded
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.leaderboard.routes.fragments import cache


@pytest.fixture(autouse=True)
def fresh_fragments() -> Iterator[None]:
    cache.forget()
    yield
    cache.forget()


@pytest.fixture
def graded(session: Session) -> Graded:
    return make_graded()


@pytest.fixture
def host(session: Session) -> Account:
    return make_staff(Role.HOST, name="韩亦舟")
