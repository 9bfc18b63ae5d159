"""Rows V01 and V02: document numbers and phones leave no plain trace; the public reads masked names."""

import base64
import io
import json
import logging
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import database
from tests.factories import make_account, make_staff, sign_in
from tests.functional.accounts.people import card, sign_in_as, sign_up_as
from tests.functional.accounts.test_import import upload as import_staff
from tests.functional.accounts.test_import import workbook as staff_workbook
from tests.functional.routes import routes
from tests.functional.world import make_world
from tests.integration.leaderboard.boards import combine, grade, make_board
from tests.integration.registration.stand import Stand, make_stand
from tests.unit.registration.test_roster import workbook as roster_workbook
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.accounts.service import document_number
from webapp.core.db import Base
from webapp.leaderboard.routes.fragments import cache
from webapp.registration.models import RosterUpload

NUMBERS = tuple(card(serial) for serial in range(31, 37))
WRONG = NUMBERS[5][:-1] + ("1" if NUMBERS[5][-1] != "1" else "2")
PHONES = tuple(f"1397531{n}864" for n in range(6))
MARKED = (*NUMBERS, WRONG, *PHONES)


def spellings(secret: str) -> list[bytes]:
    """How a number could lie somewhere: as it is, and as the usual encodings write it."""
    plain = secret.encode()
    return [plain, plain.hex().encode(), base64.b64encode(plain), secret.encode("utf-16-le")]


@pytest.fixture
def addresses(app: Flask) -> Iterator[list[str]]:
    """Every address asked for or answered with."""
    seen: list[str] = []

    def note(response: Response) -> Response:
        seen.extend(
            [request.url, response.headers.get("Location", ""), response.headers.get("HX-Redirect", "")]
        )
        return response

    app.after_request_funcs.setdefault(None, []).append(note)
    yield seen
    app.after_request_funcs[None].remove(note)


def everything_stored(session: Session) -> bytes:
    """All tables of all schemas, as the owner of the database reads them."""
    session.commit()
    name = session.connection().engine.url.database
    session.rollback()
    assert name is not None
    kept: list[str] = []
    with database.start_cluster().connect(name) as connection:
        for table in Base.metadata.tables.values():
            place = f'"{table.schema or "public"}"."{table.name}"'
            kept += [
                row[0] for row in connection.execute(f"SELECT t::text FROM {place} t".encode()).fetchall()
            ]
    return "\n".join(kept).encode()


def wal_position() -> str:
    """The name of the write-ahead log's present segment."""
    with database.start_cluster().connect() as connection:
        row = connection.execute("SELECT pg_walfile_name(pg_current_wal_insert_lsn())").fetchone()
    assert row is not None
    return str(row[0])


def everything_written_ahead(first: str) -> bytes:
    """The write-ahead log from a segment on, as it lies on disk."""
    with database.start_cluster().connect() as connection:
        connection.execute("SELECT pg_switch_wal()")
        names = connection.execute(
            "SELECT name FROM pg_ls_waldir() WHERE name >= %s AND length(name) = 24 ORDER BY name", [first]
        ).fetchall()
        parts = [
            connection.execute("SELECT pg_read_binary_file('pg_wal/' || %s)", [name]).fetchone()
            for (name,) in names
        ]
    return b"".join(bytes(part[0]) for part in parts if part is not None)


def everything_cached(app: Flask) -> bytes:
    """All keys and values of Redis, whatever their type, and what waits for a worker."""
    redis = app.extensions["redis"]
    kept = [repr(app.extensions["jobs_inline"]).encode()]
    for key in redis.keys("*"):
        kind = redis.type(key)
        kind = kind.decode() if isinstance(kind, bytes) else kind
        read = {"string": redis.get, "hash": redis.hgetall, "set": redis.smembers}.get(kind)
        value = read(key) if read else redis.dump(key)
        raw = value if isinstance(value, bytes) else str(value).encode()
        kept += [str(key).encode(), raw]
        try:
            kept.append(zlib.decompress(raw))
        except zlib.error:
            continue
    return b"\n".join(kept)


def everything_in(folder: Path) -> bytes:
    """All files below a folder."""
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def walk_all_flows(app: Flask, client: FlaskClient, session: Session, stand: Stand) -> None:
    """Everything in which somebody types a number or a phone: right, wrong, twice and forgotten."""
    firm = stand.county_firm
    signed = sign_up_as(client, name="韦一鸣", number=NUMBERS[0], phone=PHONES[0], unit=str(firm.id))
    assert signed.status_code == 303
    client.post("/my/phone", data={"phone": PHONES[1]})
    client.post(f"/register/{stand.event.id}", data={"occupation": "worker", "consent": "y"})
    client.post("/sign-out")
    other = app.test_client()
    assert sign_up_as(other, name="殷素素", number=NUMBERS[0], phone=PHONES[2]).status_code != 303
    sign_up_as(other, name="殷素素", number=WRONG, phone=PHONES[2])
    claim = {
        "name": "殷素素",
        "document_kind": "resident-id",
        "document_number": NUMBERS[0],
        "phone": PHONES[2],
    }
    other.post("/claims/new", data={**claim, "explanation": "第一次注册，号码被占用"})
    for identifier in (NUMBERS[0], NUMBERS[1], PHONES[0], PHONES[3], WRONG):
        sign_in_as(other, identifier, "wrong password")
    for page in ("/recover", "/first-sign-in"):
        other.post(page, data={"document_number": NUMBERS[0], "code": "12345678", "password": "x" * 12})
    _staff_flows(app, session, stand)


def _staff_flows(app: Flask, session: Session, stand: Stand) -> None:
    firm = stand.county_firm
    liaison, desk, reviewer, admin = (app.test_client() for _ in range(4))
    sign_in(liaison, make_staff(Role.UNIT_LIAISON, firm))
    content = roster_workbook(
        ("谢逊", "", NUMBERS[1], PHONES[3], "焊工"), ("黛绮丝", "", WRONG, PHONES[4] + "0", "焊工")
    )
    form = {
        "unit": str(firm.id),
        "contest": str(stand.contest.id),
        "workbook": (io.BytesIO(content), "名单.xlsx"),
    }
    staged = liaison.post("/staff/roster/upload", data=form, content_type="multipart/form-data")
    assert staged.status_code == 303, staged.text
    liaison.get(staged.location)
    assert liaison.post(f"{staged.location}/accept", data={"valid_only": "1"}).status_code == 200
    left = roster_workbook(("范遥", "", NUMBERS[2], PHONES[4], "焊工"))
    form["workbook"] = (io.BytesIO(left), "名单二.xlsx")
    liaison.post("/staff/roster/upload", data=form, content_type="multipart/form-data")
    sign_in(desk, make_staff(Role.HELP_DESK))
    desk.post("/staff/help", data={"name": "韦一鸣", "last4": NUMBERS[0][-4:]})
    desk.post("/staff/help", data={"name": NUMBERS[0], "last4": "x", "number": PHONES[0]})
    person = session.query(Person).filter_by(name="韦一鸣").one()
    desk.get(f"/staff/help/people/{person.id}")
    sign_in(reviewer, stand.reviewer(stand.province))
    change = {"document_kind": "resident-id", "document_number": NUMBERS[3], "reason": "抄错一位"}
    reviewer.post(f"/staff/people/{person.id}/document", data=change)
    sign_in(admin, make_staff(Role.ADMINISTRATOR))
    assert import_staff(admin, staff_workbook([], STAFF)).status_code == 200


STAFF = [["杨逍", "居民身份证", NUMBERS[4], PHONES[5], "sample", "审核员", ""]]


def test_numbers_and_phones_leave_no_plain_trace(
    app: Flask, client: FlaskClient, session: Session, addresses: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = wal_position()
    stand = make_stand()
    session.commit()
    walk_all_flows(app, client, session, stand)
    assert session.query(Person).filter_by(name="谢逊").one().document_mask
    assert session.query(RosterUpload).filter_by(state="parsed").one().sealed_rows
    kept = {
        "tables": everything_stored(session),
        "write-ahead log": everything_written_ahead(before),
        "redis": everything_cached(app),
        "files": everything_in(Path(app.config["FILES_DIR"])),
        "logs": caplog.text.encode(),
        "addresses": "\n".join(addresses).encode(),
        "messages": json.dumps([record.args for record in caplog.records], default=str).encode(),
    }
    hits = [
        (place, secret)
        for place, content in kept.items()
        for secret in MARKED
        for spelling in spellings(secret)
        if spelling in content
    ]
    assert hits == []
    for place in ("tables", "write-ahead log"):
        assert "韦一鸣".encode() in kept[place], f"the search of the {place} looks where people are"


def test_the_owner_still_opens_the_number(client: FlaskClient, session: Session) -> None:
    sign_up_as(client, name="韦一鸣", number=NUMBERS[0], phone=PHONES[0])
    assert document_number(session.query(Person).one()) == NUMBERS[0]


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_no_public_page_shows_a_whole_name_a_number_or_a_phone(
    app: Flask, client: FlaskClient, session: Session, headers: dict[str, str]
) -> None:
    cache.forget()
    world = make_world(session, app.test_client())
    names = ("欧阳䶮", "令狐冲虚", "阿卜杜拉·热合曼")
    board = make_board(names=names, changes={'public_from = "recheck"': 'public_from = "at_once"'})
    grade([(person, 90 - place) for place, person in enumerate(board.people)])
    combine(board)
    session.commit()
    people = [*session.query(Person)]
    secrets = {document_number(person) for person in people} | {person.document_mask for person in people}
    secrets |= {person.name for person in people} | {account.phone_mask for account in session.query(Account)}
    seen, shown = 0, []
    place = f"/boards/{board.address}"
    paths = [place, f"{place}/rows", f"{place}/find?number={board.people[0].number}"]
    for route in routes(app):
        if route.is_public and "GET" in route.methods and route.endpoint != "accounts.claim":
            paths.append(route.path(world.values(route.endpoint, route.names)))
    for path in paths:
        page = client.get(path, headers=headers).data.decode("utf-8", "replace")
        seen += "欧*" in page
        shown += [f"{path}: {secret}" for secret in secrets - {""} if secret in page]
    assert shown == []
    assert seen, "the board shows its people, masked"


def test_a_signed_in_stranger_reads_no_more_than_a_visitor(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    world = make_world(session, app.test_client())
    bob = make_account()
    session.commit()
    sign_in(client, bob)
    alice = session.get_one(Person, world.alice.person_id)
    secrets = (alice.name, alice.document_mask, document_number(alice))
    shown = []
    for route in routes(app):
        if "GET" in route.methods and not route.permissions:
            page = client.get(route.path(world.values(route.endpoint, route.names))).data.decode(
                "utf-8", "replace"
            )
            shown += [f"{route.rule.rule}: {secret}" for secret in secrets if secret in page]
    assert shown == []
