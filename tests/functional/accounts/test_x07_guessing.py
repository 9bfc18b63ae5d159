"""X07: guessing per account, per address and from very many addresses; a lockout against a rival; Redis wiped."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tests.factories import make_person
from tests.functional.accounts.people import card, sign_in_as, sign_up_as
from tests.integration.exam.exams import make_exam, sit
from webapp.accounts.errors import SignInLocked, SignInSlowed
from webapp.accounts.models import Account, Person, SignInFailure
from webapp.accounts.rules import lockout
from webapp.accounts.service import sign_in, unlocking
from webapp.core import clock
from webapp.core.transaction import transaction

ADDRESSES = 300
"""The row says 10,000; whatever the number, the sixth is refused. This many at the size of a build."""


def stranger(app: Flask) -> FlaskClient:
    """A browser in which nobody has signed in yet."""
    return app.test_client()


def let_time_pass(session: Session, **by: float) -> None:
    session.execute(update(SignInFailure).values(at=SignInFailure.at - timedelta(**by)))
    session.commit()


def lock(app: Flask, session: Session, identifier: str) -> None:
    """A rival guesses until the account is locked."""
    guesser = stranger(app)
    for _ in range(lockout.LOCK_AFTER):
        assert sign_in_as(guesser, identifier, "wrong password").status_code == 422
        let_time_pass(session, seconds=33)
    assert sign_in_as(guesser, identifier, "wrong password").status_code == 429


@pytest.fixture
def owner(app: Flask, client: FlaskClient) -> FlaskClient:
    """The browser of the person with card(1), signed in."""
    assert sign_up_as(client, number=card(1)).status_code == 303
    return client


def test_x07_slow_after_five_and_locked_a_quarter_of_an_hour_after_ten(
    app: Flask, owner: FlaskClient, session: Session
) -> None:
    guesser = stranger(app)
    for _ in range(lockout.SLOW_AFTER):
        assert sign_in_as(guesser, card(1), "wrong password").status_code == 422
    assert sign_in_as(guesser, card(1)).status_code == 429, "the right password has to wait too"
    for _ in range(lockout.LOCK_AFTER - lockout.SLOW_AFTER):
        let_time_pass(session, seconds=33)
        assert sign_in_as(guesser, card(1), "wrong password").status_code == 422
    let_time_pass(session, minutes=14, seconds=50)
    assert sign_in_as(guesser, card(1)).status_code == 429
    let_time_pass(session, seconds=11)
    assert sign_in_as(guesser, card(1)).status_code == 303


def test_x07_from_very_many_addresses_one_account_is_guessed_no_more_often(
    app: Flask, owner: FlaskClient, session: Session
) -> None:
    answered, refused, now = 0, 0, clock.now()
    for n in range(ADDRESSES):
        try:
            with transaction():
                address = f"198.{51 + n // 65536}.{n // 256 % 256}.{n % 256}"
                sign_in.begin(card(1), now=now, address=address, device=lambda account_id: None)
            answered += 1
        except (SignInSlowed, SignInLocked):
            refused += 1
    assert answered == lockout.SLOW_AFTER
    assert refused == ADDRESSES - answered


def test_x07_one_address_that_guesses_at_many_accounts_is_slowed_and_nobody_there_is_locked_out(
    app: Flask, owner: FlaskClient, session: Session
) -> None:
    guesser, now = stranger(app), clock.now()
    place = sign_in._address_key("127.0.0.1")
    session.add_all(
        SignInFailure(key_hash=place, address="127.0.0.1", at=now - timedelta(seconds=60))
        for _ in range(lockout.ADDRESS_FREE - 1)
    )
    session.commit()
    assert sign_in_as(guesser, card(40), "wrong password").status_code == 422
    assert sign_in_as(guesser, card(41), "wrong password").status_code == 429, "another account, same address"
    assert sign_in_as(owner, card(1)).status_code == 303, "a browser known to its owner does not wait"
    let_time_pass(session, seconds=lockout.ADDRESS_PAUSE.total_seconds() + 1)
    newcomer = stranger(app)
    assert sign_in_as(newcomer, card(1)).status_code == 303, "a new browser there waits two seconds at most"


def test_x07_people_who_sign_in_rightly_do_not_fill_the_count_of_their_address(
    app: Flask, owner: FlaskClient, session: Session
) -> None:
    for _ in range(3):
        assert sign_in_as(stranger(app), card(1)).status_code == 303
    assert session.scalar(select(func.count()).select_from(SignInFailure)) == 0


def test_x07_a_lockout_against_a_rival_leaves_the_open_attempt_and_the_known_device(
    app: Flask, owner: FlaskClient, session: Session
) -> None:
    person = session.scalars(select(Person)).one()
    sat = sit(make_exam(), person=session.get_one(Person, person.id))
    session.commit()
    lock(app, session, card(1))
    assert owner.get(f"/attempts/{sat.attempt_id}").status_code == 200, "the open session goes on"
    assert owner.post("/sign-out").status_code == 303
    assert sign_in_as(owner, card(1), "wrong password").status_code == 422
    assert sign_in_as(owner, card(1)).status_code == 303, "the known device signs in again at once"
    assert owner.get(f"/attempts/{sat.attempt_id}").status_code == 200
    assert sign_in_as(stranger(app), card(1)).status_code == 429, "everybody else still waits"


def test_x07_the_mark_of_a_known_device_gives_no_more_guesses_than_an_account_has(
    app: Flask, owner: FlaskClient, session: Session
) -> None:
    owner.post("/sign-out")
    for _ in range(lockout.LOCK_AFTER):
        assert sign_in_as(owner, card(1), "wrong password").status_code == 422
        let_time_pass(session, seconds=33)
    assert sign_in_as(owner, card(1)).status_code == 429
    account = session.scalars(select(Account)).one()
    assert unlocking.lock_state(account.id, clock.now()).failures == lockout.LOCK_AFTER
    unlocking.unlock(account.id, "checked on the phone")
    session.commit()
    assert sign_in_as(owner, card(1)).status_code == 303, "the help desk opens a known device too"


def test_x07_a_forged_or_foreign_mark_counts_like_none(
    app: Flask, owner: FlaskClient, session: Session
) -> None:
    rival = stranger(app)
    assert sign_up_as(rival, number=card(2), name="李芳", phone="13900000002").status_code == 303
    rival.post("/sign-out")
    lock(app, session, card(1))
    assert sign_in_as(rival, card(1)).status_code == 429, "a mark is good for its own account only"
    rival.set_cookie("device", "W1siYSIsICJiIl1d.forged")
    assert sign_in_as(rival, card(1)).status_code == 429


def test_x07_counters_survive_a_wipe_of_redis(app: Flask, owner: FlaskClient, session: Session) -> None:
    lock(app, session, card(1))
    app.extensions["redis"].flushall()
    assert sign_in_as(stranger(app), card(1)).status_code == 429
    assert len(session.scalars(select(SignInFailure.id)).all()) >= lockout.LOCK_AFTER
    session.execute(delete(SignInFailure))
    session.commit()
    assert sign_in_as(stranger(app), card(1)).status_code == 303


def test_x07_unknown_numbers_slow_down_alike(app: Flask, session: Session) -> None:
    make_person()
    session.commit()
    guesser = stranger(app)
    answers = [sign_in_as(guesser, card(77), "wrong password").status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
