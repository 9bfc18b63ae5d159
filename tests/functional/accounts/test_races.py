"""Many at once: one record for one number, and no guess slips under the limit."""

import contextvars
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_account, make_person, make_staff, sign_in
from tests.functional.accounts.people import card, sign_in_as, sign_up_as
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person, PersonChange
from webapp.accounts.rules.codes import CodePurpose
from webapp.accounts.service import issue_code
from webapp.core import clock
from webapp.notifications.models import Notice


def at_once(count: int, work: Callable[[int], Any]) -> Counter[int]:
    """The status codes of `count` calls released together."""
    with ThreadPoolExecutor(count) as pool:
        jobs = [pool.submit(contextvars.Context().run, work, number) for number in range(count)]
        return Counter(job.result().status_code for job in jobs)


def test_ten_sign_ups_with_one_number_make_one_person(app: Flask, committed_db: Session) -> None:
    answers = at_once(10, lambda n: sign_up_as(app.test_client(), number=card(1), phone=f"1390000000{n}"))
    assert answers == {303: 1, 409: 9}
    assert committed_db.query(Person).count() == committed_db.query(Account).count() == 1


def test_twenty_parallel_guesses_get_no_more_than_five_answers(
    app: Flask, client: FlaskClient, committed_db: Session
) -> None:
    sign_up_as(client, number=card(1))
    answers = at_once(20, lambda n: sign_in_as(app.test_client(), card(1), f"wrong password {n}"))
    assert answers == {422: 5, 429: 15}


def test_one_code_is_used_once_by_ten_at_once(app: Flask, committed_db: Session) -> None:
    person = make_person(number=card(1))
    make_account(person)
    code = issue_code(person.id, CodePurpose.RECOVERY, now=clock.now())
    committed_db.commit()

    def recover(n: int) -> Any:
        data = {"document_number": card(1), "code": code, "password": f"another password {n}"}
        return app.test_client().post("/recover", data=data)

    assert at_once(10, recover) == {303: 1, 422: 9}


def test_one_wish_is_decided_once(app: Flask, committed_db: Session) -> None:
    wish = PersonChange(person_id=make_account().person_id, kind="unit", proposed={"unit_id": None})
    committed_db.add(wish)
    clients = [app.test_client() for _ in range(6)]
    for client in clients:
        sign_in(client, make_staff(Role.UNION_REVIEWER))
    address = f"/staff/people/changes/{wish.id}"
    at_once(
        6,
        lambda n: clients[n].post(
            address, data={"decision": "refuse" if n % 2 else "confirm", "why": "seen"}
        ),
    )
    assert committed_db.query(Notice).count() == 1
