"""The stage and the host that most tests of awards begin with."""

import pytest
from sqlalchemy.orm import Session

from tests.factories import make_staff
from tests.functional.awards.pages import AT_THE_END, keep_final
from tests.integration.stages.stand import Graded, make_graded
from webapp.access.permissions import Role
from webapp.accounts.models import Account


@pytest.fixture
def graded(session: Session) -> Graded:
    made = make_graded(changes=AT_THE_END)
    keep_final(made)
    return made


@pytest.fixture
def host(session: Session) -> Account:
    return make_staff(Role.HOST, name="韩亦舟")
