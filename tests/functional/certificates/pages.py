"""What the tests of certificates' pages share."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_account
from tests.integration.leaderboard.boards import Board
from webapp.accounts.models import Account, Person
from webapp.certificates.service.revoking import ask_revoke
from webapp.core import clock

RunJobs = Callable[[], int]


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.text
    return response.text


def contestant(session: Session, board: Board, at: int = 0) -> Account:
    return make_account(session.get_one(Person, board.people[at].person_id))


def revoke(session: Session, serial: str, reason: str = "姓名登记有误") -> None:
    ask_revoke(serial, reason, 0, two_person=False, now=clock.now())
    session.commit()
