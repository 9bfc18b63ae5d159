"""People make their records, sign in, sign out; guesses are slowed."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.factories import make_organisation
from tests.functional.accounts.people import PASSWORD, card, in_english, sign_in_as, sign_up_as
from webapp.accounts.models import Account, AuthSession, Consent, Person, PersonChange, SignInFailure
from webapp.accounts.queries import forget_principals


def test_two_people_sign_up_and_sign_in_by_phone_and_by_document(
    client: FlaskClient, session: Session
) -> None:
    union = make_organisation("长春市总工会")
    unit = make_organisation("一汽铸造", parent=union, kind="unit", level="unit")
    alice = sign_up_as(
        client, name="王䶮", number=card(1), phone="13900000001", unit=str(unit.id), publication="y"
    )
    assert alice.status_code == 303
    client.post("/sign-out")
    assert sign_up_as(client, name="李芳", number=card(2), phone="13900000002").status_code == 303
    client.post("/sign-out")
    assert client.get("/my/account").status_code == 303
    assert sign_in_as(client, "139 0000 0001").status_code == 303
    assert "王䶮" in client.get("/my/account").text
    client.post("/sign-out")
    assert sign_in_as(client, card(2).lower()).status_code == 303
    page = client.get("/my/account").text
    assert "李芳" in page
    assert card(2) not in page
    assert session.query(Consent).filter_by(purpose="publication", is_given=True).count() == 1
    assert session.query(Person).filter_by(name="王䶮").one().unit_id == unit.id


def test_refused_sign_up_keeps_everything_but_the_password(client: FlaskClient, session: Session) -> None:
    wrong = card(1)[:17] + ("0" if card(1)[17] != "0" else "1")
    page = sign_up_as(
        in_english(client), name="赵䶮", number=wrong, unit="other", unit_words="长春第一机械厂"
    )
    assert page.status_code == 422
    for kept in ("赵䶮", wrong, "13900000001", "长春第一机械厂"):
        assert f'value="{kept}"' in page.text
    assert PASSWORD not in page.text
    assert "one character is probably mistyped" in page.text
    assert session.query(Person).count() == 0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "王3"}, "cannot stand in a name"),
        ({"phone": "12345"}, "11-digit mobile number"),
        ({"password": "12345678"}, "first that people try"),
        ({"password": f"x{card(1)}"}, "must not contain your phone or document number"),
        ({"unit": None}, "choose your unit"),
        ({"unit": "x' OR 1=1"}, "choose your unit"),
        ({"unit": "99999999"}, "cannot be chosen any more"),
        ({"unit": "other", "unit_words": ""}, "full name of your unit"),
        ({"privacy": None}, "Without the privacy notice"),
        ({"document_kind": "library-card"}, "Not a valid choice"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_each_wrong_field_is_named(client: FlaskClient, fields: dict[str, Any], words: str) -> None:
    page = sign_up_as(in_english(client), number=card(1), **fields)
    assert page.status_code == 422
    assert words in page.text


def test_search_without_script_lists_units_and_keeps_the_form(client: FlaskClient, session: Session) -> None:
    unit = make_organisation("吉林化纤集团", kind="unit", level="unit")
    page = sign_up_as(client, number="not yet", unit=None, unit_search="jilinhuaxian", find="1")
    assert page.status_code == 200
    assert f'value="{unit.id}"' in page.text
    assert 'value="not yet"' in page.text
    fragment = client.get("/organisations/options?unit_search=化纤", headers={"HX-Request": "true"})
    assert "吉林化纤集团" in fragment.text
    assert "<html" not in fragment.text


def test_unlisted_unit_becomes_a_wish_for_the_default_reviewer(client: FlaskClient, session: Session) -> None:
    top = make_organisation("吉林省总工会")
    assert sign_up_as(client, number=card(1), unit="other", unit_words="长春第一机械厂").status_code == 303
    wish = session.query(PersonChange).one()
    assert (wish.kind, wish.proposed, wish.organisation_id) == ("unit", {"words": "长春第一机械厂"}, top.id)


@pytest.mark.parametrize(
    "spelling", [str.lower, lambda n: f" {n[:6]} {n[6:]} ", lambda n: n[:17] + n[17].lower()]
)
def test_a_number_in_use_shows_ways_on_and_never_a_second_record(
    client: FlaskClient, session: Session, spelling: Any
) -> None:
    sign_up_as(client, number=card(1))
    client.post("/sign-out")
    page = sign_up_as(in_english(client), name="孙丽", number=spelling(card(1)), phone="13900000009")
    assert page.status_code == 409
    for way in ("/sign-in", "/recover", "/first-sign-in", "/claims/new"):
        assert way in page.text
    assert "王芳" not in page.text
    assert session.query(Person).count() == 1


def test_wrong_password_and_unknown_account_get_the_same_page(client: FlaskClient) -> None:
    sign_up_as(client, number=card(1))
    client.post("/sign-out")
    client.get("/sign-in")  # takes the word about signing out away
    known = sign_in_as(client, card(1), "wrong password")
    unknown = sign_in_as(client, card(2), "wrong password")
    assert known.status_code == unknown.status_code == 422

    def shown(page: str, number: str) -> str:
        """The page without what was typed and without its token, which tells the second it was made in."""
        return re.sub(r'"X-CSRFToken": "[^"]+"|name="csrf_token"[^>]*>', "", page).replace(number, "")

    assert shown(known.text, card(1)) == shown(unknown.text, card(2))


def test_guesses_slow_down_after_five_and_lock_after_ten(client: FlaskClient, session: Session) -> None:
    sign_up_as(in_english(client), number=card(1))
    client.post("/sign-out")
    for _ in range(5):
        assert sign_in_as(client, card(1), "wrong password").status_code == 422
    assert sign_in_as(client, card(1)).status_code == 429
    for _ in range(5):
        session.execute(update(SignInFailure).values(at=SignInFailure.at - timedelta(seconds=40)))
        session.commit()
        sign_in_as(client, "139-0000-0001", "wrong password")
    locked = sign_in_as(client, card(1))
    assert locked.status_code == 429
    assert "minutes" in locked.text
    session.execute(update(SignInFailure).values(at=SignInFailure.at - timedelta(minutes=15)))
    session.commit()
    assert sign_in_as(client, card(1)).status_code == 303
    assert session.query(SignInFailure).count() == 0


def test_unknown_number_is_slowed_like_a_known_one(client: FlaskClient) -> None:
    for _ in range(5):
        assert sign_in_as(client, card(7), "wrong password").status_code == 422
    assert sign_in_as(client, card(7), "wrong password").status_code == 429


def test_a_lockout_leaves_open_sessions_alone(app: Flask, client: FlaskClient) -> None:
    sign_up_as(client, number=card(1))
    stranger = app.test_client()
    for _ in range(12):
        sign_in_as(stranger, card(1), "wrong password")
    assert client.get("/my/account").status_code == 200


def test_people_who_share_a_phone_are_told_apart_by_their_passwords(client: FlaskClient) -> None:
    for serial, name, password in (
        (1, "王芳", PASSWORD),
        (2, "李芳", "another good one 9"),
        (3, "孙丽", PASSWORD),
    ):
        sign_up_as(in_english(client), number=card(serial), name=name, password=password)
        client.post("/sign-out")
    assert sign_in_as(client, "13900000001", "another good one 9").status_code == 303
    assert "李芳" in client.get("/my/account").text
    client.post("/sign-out")
    ambiguous = sign_in_as(client, "13900000001", PASSWORD)
    assert ambiguous.status_code == 422
    assert "document number" in ambiguous.text
    assert sign_in_as(client, card(3), PASSWORD).status_code == 303


def test_sign_in_makes_a_new_session_and_drops_the_old_cookie(app: Flask, client: FlaskClient) -> None:
    sign_up_as(client, number=card(1))
    client.post("/sign-out")
    with client.session_transaction() as cookie:
        cookie["planted"] = "by a stranger"
        cookie["_user_id"] = "a token chosen by a stranger"
    sign_in_as(client, card(1))
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert len(cookie["_user_id"]) >= 43


def test_cookie_is_dead_after_sign_out(app: Flask, client: FlaskClient) -> None:
    sign_up_as(client, number=card(1))
    kept = client.get_cookie("jiangsai")
    assert kept is not None
    client.post("/sign-out")
    thief = app.test_client()
    thief.set_cookie("jiangsai", kept.value)
    assert thief.get("/my/account").status_code == 303


def test_sign_out_everywhere_ends_the_other_device_at_once(app: Flask, client: FlaskClient) -> None:
    sign_up_as(client, number=card(1))
    other = app.test_client()
    sign_in_as(other, card(1))
    assert other.get("/my/account").status_code == 200
    assert client.post("/sign-out-everywhere").status_code == 303
    assert other.get("/my/account").status_code == 303
    assert client.get("/my/account").status_code == 303


def test_changed_password_ends_other_devices_and_keeps_this_one(app: Flask, client: FlaskClient) -> None:
    sign_up_as(client, number=card(1))
    other = app.test_client()
    sign_in_as(other, card(1))
    wrong = client.post("/my/password", data={"present": "wrong one here", "password": "a new one for 2026"})
    assert wrong.status_code == 422
    right = client.post("/my/password", data={"present": PASSWORD, "password": "a new one for 2026"})
    assert right.status_code == 303
    assert client.get("/my/account").status_code == 200
    assert other.get("/my/account").status_code == 303
    assert sign_in_as(other, card(1)).status_code == 422
    assert sign_in_as(other, card(1), "a new one for 2026").status_code == 303


def test_one_other_session_can_be_ended_and_a_foreign_one_not(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    sign_up_as(client, number=card(1))
    other, stranger = app.test_client(), app.test_client()
    sign_in_as(other, card(1))
    sign_up_as(stranger, number=card(2), phone="13900000002")
    foreign = session.scalars(
        select(func.encode(AuthSession.token_hash, "hex"))
        .join(Account, Account.id == AuthSession.account_id)
        .order_by(Account.id.desc())
    ).first()
    assert client.post(f"/my/sessions/{str(foreign)[:32]}/end").status_code == 404
    assert stranger.get("/my/account").status_code == 200
    page = client.get("/my/account").text
    key = page.split("/my/sessions/")[1].split("/")[0]
    assert client.post(f"/my/sessions/{key}/end").status_code == 303
    assert other.get("/my/account").status_code == 303


def test_disabled_account_loses_its_sessions(client: FlaskClient, session: Session) -> None:
    sign_up_as(client, number=card(1))
    session.execute(update(Account).values(state="disabled"))
    session.commit()
    forget_principals()
    assert client.get("/my/account").status_code == 303
    assert sign_in_as(client, card(1)).status_code == 422


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/contests/jilin-5?x=1", "/contests/jilin-5?x=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_next_stays_on_this_site(client: FlaskClient, target: str, goes_to: str) -> None:
    sign_up_as(client, number=card(1))
    client.post("/sign-out")
    assert sign_in_as(client, card(1), next=target).headers["Location"] == goes_to


def test_page_that_needs_a_person_leads_through_sign_in_and_back(client: FlaskClient) -> None:
    sign_up_as(client, number=card(1))
    client.post("/sign-out")
    away = client.get("/my/consents").headers["Location"]
    assert away == "/sign-in?next=/my/consents"
    assert 'value="/my/consents"' in client.get(away).text
    assert sign_in_as(client, card(1), next="/my/consents").headers["Location"] == "/my/consents"


def test_consent_to_publication_is_dated_and_can_be_withdrawn(client: FlaskClient, session: Session) -> None:
    sign_up_as(client, number=card(1), publication="y")
    assert client.post("/my/consents", data={"publication": "no"}).status_code == 303
    given = [
        row.is_given for row in session.query(Consent).filter_by(purpose="publication").order_by(Consent.id)
    ]
    assert given == [True, False]


def test_language_is_chosen_by_a_cookie(client: FlaskClient) -> None:
    assert 'lang="zh-CN"' in client.get("/sign-in").text
    assert client.get("/language/en?next=/sign-in").headers["Location"] == "/sign-in"
    assert 'lang="en"' in client.get("/sign-in").text
    assert client.get("/language/xx?next=//evil.example").headers["Location"] == "/"


def test_phone_is_changed_with_the_code_sent_to_it(app: Flask, client: FlaskClient, session: Session) -> None:
    sent: list[tuple[str, str]] = []

    class Outside:
        def send(self, phone: str, text: str) -> None:
            sent.append((phone, text))

    before, app.extensions["code_sender"] = app.extensions["code_sender"], Outside()
    try:
        sign_up_as(client, number=card(1))
        assert client.post("/my/phone", data={"phone": "13900000077"}).status_code == 303
        assert client.post("/my/phone", data={"code": "0000 0000"}).status_code == 422
        assert sent[0][0] == "13900000077"
        code = "".join(character for character in sent[0][1] if character.isdigit())[:8]
        assert client.post("/my/phone", data={"code": code}).status_code == 303
    finally:
        app.extensions["code_sender"] = before
    client.post("/sign-out")
    assert sign_in_as(client, "13900000001").status_code == 422
    assert sign_in_as(client, "13900000077").status_code == 303
