"""Coming in through a host's own app: tickets, sign-on, binding, ending."""

import hmac
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, make_person, make_staff, sign_in
from tests.functional.entry.provider import CLIENT_ID, CLIENT_SECRET, Provider, provider
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.accounts.service.secrets import document_number
from webapp.audit.models import AuditRow
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.entry.models import EntryDoor, OutsideIdentity
from webapp.entry.service.doors import DoorData, keep_door

SECRET = "shared by the app and the platform only"


def make_door(kind: str = "ticket", **changes: Any) -> None:
    facts: dict[str, Any] = {
        "code": "worker-home",
        "kind": kind,
        "title": {"zh": "职工之家", "en": "Workers' home"},
        "issuer": "worker-home",
        "client_id": "jiangsai",
        "secret": SECRET,
        "public_keys": {},
        "is_open": True,
    }
    with transaction():
        keep_door(DoorData(**{**facts, **changes}))


def ticket(key: Any = None, alg: str = "HS256", **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": "worker-home",
        "aud": "jiangsai",
        "sub": "u-1",
        "jti": "t-1",
        "iat": now,
        "exp": now + 120,
    }
    return jwt.encode({"alg": alg}, {**claims, **changes}, key or OctKey.import_key(SECRET))


def come(client: FlaskClient, text: str) -> Any:
    return client.post("/enter/worker-home", data={"ticket": text, "next": "/my"})


@pytest.fixture
def person(session: Session) -> Person:
    found = make_person(name="林晓䶮")
    make_account(found)
    session.commit()
    return found


def bind(client: FlaskClient, session: Session, person: Person, number: str = "") -> Any:
    account = session.scalars(select(Account).where(Account.person_id == person.id)).one()
    sign_in(client, account)
    data = {"number": number or document_number(person), "sure": "y"}
    return client.post("/enter/bind", data=data)


def test_the_first_entry_binds_by_document_number_and_the_next_needs_one_tap(
    client: FlaskClient, session: Session, person: Person
) -> None:
    make_door()
    page = client.get(f"/enter/worker-home?ticket={ticket(name='林晓䶮')}")
    assert "职工之家 告知您是 林晓䶮" in page.text
    first = come(client, ticket())
    assert (first.status_code, first.location) == (303, "/enter/first")
    assert "我已有档案" in client.get("/enter/first").text
    wrong = bind(client, session, person, "990101199001010000")
    assert wrong.status_code == 422
    assert "这不是您所登录档案的证件号码" in wrong.text
    done = bind(client, session, person)
    assert (done.status_code, done.location) == (303, "/my")
    client.post("/sign-out")
    again = come(client, ticket(jti="t-2"))
    assert (again.status_code, again.location) == (303, "/my")
    assert client.get("/my").status_code == 200
    noted = session.scalars(
        select(AuditRow.action).where(AuditRow.action.like("entry.%")).order_by(AuditRow.id)
    )
    assert noted.all() == ["entry.bind", "entry.come"]


def test_looking_at_the_page_signs_nobody_in_and_uses_nothing_up(
    client: FlaskClient, session: Session, person: Person
) -> None:
    make_door()
    come(client, ticket())
    bind(client, session, person)
    client.post("/sign-out")
    text = ticket(jti="t-9")
    for _ in range(2):
        assert client.get(f"/enter/worker-home?ticket={text}").status_code == 200
    assert client.get("/my").status_code in {302, 303, 401}
    assert come(client, text).location == "/my"


def test_a_ticket_is_good_once(client: FlaskClient, session: Session) -> None:
    make_door()
    text = ticket()
    assert come(client, text).status_code == 303
    assert come(client, text).status_code == 400


def forged() -> Iterator[tuple[str, str]]:
    pair = RSAKey.generate_key(2048)
    yield "another secret", ticket(OctKey.import_key("x" * 40))
    yield "another algorithm", ticket(pair, "RS256")
    yield "no signature", ticket().rsplit(".", 1)[0] + "."
    yield "for somebody else", ticket(aud="other")
    yield "old", ticket(iat=int(time.time()) - 600, exp=int(time.time()) - 500)
    yield "nonsense", "a.b.c"
    yield "nothing", ""


@pytest.mark.parametrize(("why", "text"), list(forged()), ids=lambda value: str(value)[:20])
def test_forged_tickets_are_refused_in_words(
    client: FlaskClient, session: Session, why: str, text: str
) -> None:
    make_door()
    answer = come(client, text)
    assert answer.status_code == 400, why
    assert "请从您的应用重新打开" in answer.text
    assert client.get(f"/enter/worker-home?ticket={text}").status_code == 400


def test_a_public_key_is_never_taken_for_a_shared_secret(client: FlaskClient, session: Session) -> None:
    pair = RSAKey.generate_key(2048)
    make_door(secret="", public_keys={"keys": [pair.as_dict(private=False)]})
    assert come(client, ticket(pair, "RS256")).status_code == 303
    public = pair.as_pem(private=False)
    head = urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")
    body = ticket(jti="t-3").split(".")[1].encode()
    seal = urlsafe_b64encode(hmac.digest(public, head + b"." + body, "sha256")).rstrip(b"=")
    assert come(client, b".".join((head, body, seal)).decode()).status_code == 400


def test_an_outside_name_opens_one_record_only(client: FlaskClient, session: Session, person: Person) -> None:
    make_door()
    come(client, ticket())
    bind(client, session, person)
    client.post("/sign-out")
    other = make_person()
    make_account(other)
    session.commit()
    client.delete_cookie("jiangsai_entry")
    assert come(client, ticket(jti="t-4", sub="u-2")).location == "/enter/first"
    bind(client, session, other)
    assert len(session.scalars(select(OutsideIdentity).where(OutsideIdentity.ended_at.is_(None))).all()) == 2
    assert "职工之家" in client.get("/my/doors").text
    assert client.post("/my/doors/worker-home/end").status_code == 303
    client.post("/sign-out")
    assert come(client, ticket(jti="t-5", sub="u-2")).location == "/enter/first"
    assert come(client, ticket(jti="t-6")).location == "/my", "the other person is still bound"


def test_a_closed_door_and_a_forgotten_arrival_say_what_to_do(client: FlaskClient, session: Session) -> None:
    make_door(is_open=False)
    assert come(client, ticket()).status_code == 404
    assert client.get("/enter/first").status_code == 400
    client.set_cookie("jiangsai_entry", "bm90IG91cnM=")
    assert client.get("/enter/first").status_code == 400


@pytest.fixture
def other_side() -> Iterator[Provider]:
    with provider() as made:
        yield made


def walk(client: FlaskClient, side: Provider) -> Any:
    """From our button to the other side and back."""
    left = client.post("/enter/worker-home", data={"next": "/my"})
    assert left.location.startswith(side.address)
    back = requests.get(left.location, allow_redirects=False, timeout=5).headers["Location"]
    return client.get(re.sub(r"^https?://[^/]+", "", back))


def test_sign_on_with_a_real_provider_binds_and_opens(
    client: FlaskClient, session: Session, person: Person, other_side: Provider
) -> None:
    make_door("oidc", issuer=other_side.address, client_id=CLIENT_ID, secret=CLIENT_SECRET)
    assert "/enter/worker-home" in client.get("/sign-in").text
    assert walk(client, other_side).location == "/enter/arrived"
    assert "林晓䶮" in client.get("/enter/arrived").text
    assert client.post("/enter/arrived").location == "/enter/first"
    assert bind(client, session, person).location == "/my"
    client.post("/sign-out")
    walk(client, other_side)
    assert client.post("/enter/arrived").location == "/my"
    assert client.get("/my").status_code == 200


@pytest.mark.parametrize(
    "twist", [{"aud": "other"}, {"iss": "http://evil"}, {"nonce": "x"}, {"exp": 1}, {"sub": ""}]
)
def test_identity_tokens_that_are_not_for_us_are_refused(
    client: FlaskClient, session: Session, other_side: Provider, twist: dict[str, Any]
) -> None:
    make_door("oidc", issuer=other_side.address, client_id=CLIENT_ID, secret=CLIENT_SECRET)
    other_side.twist = twist
    assert walk(client, other_side).status_code == 400


def test_an_answer_without_its_state_is_refused(
    client: FlaskClient, session: Session, other_side: Provider
) -> None:
    make_door("oidc", issuer=other_side.address, client_id=CLIENT_ID, secret=CLIENT_SECRET)
    left = client.post("/enter/worker-home", data={"next": "/my"})
    back = requests.get(left.location, allow_redirects=False, timeout=5).headers["Location"]
    query = back.split("?", 1)[1]
    client.delete_cookie(client.application.config["SESSION_COOKIE_NAME"])
    answer = client.get(f"/enter/worker-home/answer?{query}")
    assert answer.status_code == 400
    assert "重新开始" in answer.text
    assert client.get("/enter/worker-home/answer?code=x&state=y").status_code == 400


def test_a_provider_that_is_down_is_said_in_words(client: FlaskClient, session: Session) -> None:
    make_door("oidc", issuer="http://127.0.0.1:9", client_id=CLIENT_ID, secret=CLIENT_SECRET)
    assert client.post("/enter/worker-home", data={}).status_code == 400


def test_administrators_keep_the_ways_in(client: FlaskClient, session: Session) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    good = {
        "code": "worker-home",
        "kind": "ticket",
        "title_zh": "职工之家",
        "issuer": "worker-home",
        "client_id": "jiangsai",
        "secret": SECRET,
        "is_open": "y",
    }
    for change in ({"secret": "short"}, {"code": "Bad Code"}, {"public_keys": "{"}, {"issuer": ""}):
        answer = client.post("/staff/doors/new", data={**good, **change})
        assert answer.status_code == 422, change
        assert "职工之家" in answer.text
    assert client.post("/staff/doors/new", data=good).status_code == 303
    kept = session.scalars(select(EntryDoor)).one()
    assert SECRET.encode() not in kept.secret_cipher
    page = client.get("/staff/doors/worker-home").text
    assert SECRET not in page
    assert (
        client.post("/staff/doors/worker-home", data={**good, "secret": "", "title_zh": "新名字"}).status_code
        == 303
    )
    session.expire_all()
    assert session.scalars(select(EntryDoor)).one().title["zh"] == "新名字"
    assert come(client, ticket()).status_code == 303


def test_only_administrators_see_the_ways_in(client: FlaskClient, session: Session) -> None:
    make_door()
    sign_in(client, make_staff(Role.HOST))
    assert client.get("/staff/doors").status_code == 403
    assert client.get("/staff/doors/worker-home").status_code == 403
    assert clock.now()
