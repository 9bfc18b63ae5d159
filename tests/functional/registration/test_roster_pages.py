"""A liaison puts workers forward; each confirms in person; strangers learn nothing."""

import io
import re

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import document_number, make_participation, make_staff, sign_in
from tests.functional.registration.test_journeys import browser, masked, register
from tests.integration.registration.stand import Stand, make_stand
from tests.unit.registration.test_roster import workbook
from webapp.access.permissions import Role
from webapp.accounts import service as accounts
from webapp.accounts.models import Account, Person
from webapp.accounts.rules.documents import DocumentKind, parse
from webapp.audit.models import AuditRow
from webapp.core import clock
from webapp.registration.models import Application, Participation, RosterUpload


@pytest.fixture
def stand(session: Session) -> Stand:
    return make_stand()


@pytest.fixture
def liaison(app: Flask, stand: Stand) -> FlaskClient:
    return browser(app, make_staff(Role.UNIT_LIAISON, stand.county_firm))


def upload(client: FlaskClient, stand: Stand, content: bytes, unit_id: int | None = None) -> str:
    answer = client.post(
        "/staff/roster/upload",
        data={
            "unit": str(unit_id or stand.county_firm.id),
            "contest": str(stand.contest.id),
            "workbook": (io.BytesIO(content), "名单.xlsx"),
        },
        content_type="multipart/form-data",
    )
    return str(answer.headers.get("Location", answer.status_code))


def test_three_mistakes_are_shown_marked_and_left_out(
    app: Flask, session: Session, stand: Stand, liaison: FlaskClient
) -> None:
    good, other = document_number(1), document_number(2)
    wrong = other[:-1] + ("0" if other[-1] != "0" else "1")
    content = workbook(
        ("王小明", "", good, "13800008000", "焊工"),
        ("王", "", document_number(3), "", "焊工"),
        ("李四", "", wrong, "", "焊工"),
        ("赵六", "", document_number(4), "", "钳工"),
    )
    place = upload(liaison, stand, content)
    page = liaison.get(place).text
    assert page.count('data-label="行"') == 3
    assert wrong not in page
    staged = session.scalars(select(RosterUpload)).one()
    assert good not in str(staged.problems)
    assert good.encode() not in (staged.sealed_rows or b"")
    marked = openpyxl.load_workbook(io.BytesIO(liaison.get(f"{place}/annotated").data)).active
    assert marked is not None
    assert [bool(row[-1].value) for row in list(marked.rows)[1:]] == [False, True, True, True]
    assert liaison.post(f"{place}/accept").status_code == 422
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Application)) == 0
    done = liaison.post(f"{place}/accept", data={"valid_only": "1"})
    assert re.search(r"\d{4} \d{4}", done.text)
    assert liaison.post(f"{place}/accept", data={"valid_only": "1"}).status_code == 409
    session.expire_all()
    made = session.scalars(select(Application)).one()
    assert (made.state, made.source) == ("invited", "liaison")
    assert staged.sealed_rows is None
    assert "王小明" in liaison.get("/staff/roster?shown=not-signed-in").text


def test_an_invited_person_takes_part_only_after_confirming(
    app: Flask, session: Session, stand: Stand, liaison: FlaskClient
) -> None:
    place = upload(liaison, stand, workbook(("王小明", "", document_number(5), "", "焊工")))
    liaison.post(f"{place}/accept")
    account = session.scalars(
        select(Account).join(Person, Person.id == Account.person_id).where(Person.name == "王小明")
    ).one()
    account.state, account.must_confirm = "active", False
    session.commit()
    worker = browser(app, account)
    assert f"/register/{stand.event.id}" in worker.get("/my").text
    assert register(worker, stand.event.id) == 303
    session.expire_all()
    made = session.scalars(select(Application)).one()
    assert (made.state, made.source, made.step) == ("in_review", "liaison", 0)


def test_a_number_that_exists_is_linked_only_by_its_owner_and_told_to_nobody(
    app: Flask, session: Session, stand: Stand, liaison: FlaskClient
) -> None:
    number = document_number(6)
    document = parse(DocumentKind.RESIDENT_ID, number, clock.now().date())
    new = accounts.NewPerson("周元", document, "13900001234", stand.other_firm.id)
    known = accounts.sign_up(new, "x", privacy=True, publication=False, now=clock.now())
    session.commit()
    answers = []
    for name in ("周元", "吴用"):
        place = upload(liaison, stand, workbook((name, "", number, "", "焊工")))
        answers.append(liaison.post(f"{place}/accept").text.replace(name, "…"))
    assert masked(answers[0]) == masked(answers[1])
    assert "邻市化工厂" not in answers[0]
    assert not re.search(r"\d{4} \d{4}", answers[0])
    made = session.scalars(select(Application)).one()
    assert (made.person_id, made.state) == (known.person_id, "invited")
    assert "周元" not in liaison.get("/staff/roster").text


def test_a_liaison_of_another_unit_gets_no_code_for_an_invited_person(
    app: Flask, session: Session, stand: Stand, liaison: FlaskClient
) -> None:
    content = workbook(("王小明", "", document_number(7), "", "焊工"))
    place = upload(liaison, stand, content)
    assert re.search(r"\d{4} \d{4}", liaison.post(f"{place}/accept").text)
    other = browser(app, make_staff(Role.UNIT_LIAISON, stand.other_firm))
    place = upload(other, stand, content, stand.other_firm.id)
    assert not re.search(r"\d{4} \d{4}", other.post(f"{place}/accept").text)
    person_id = session.scalars(select(Person.id).where(Person.name == "王小明")).one()
    answers = [other.post(f"/staff/roster/people/{one}/code") for one in (person_id, 10**9)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert re.search(r"\d{4} \d{4}", liaison.post(f"/staff/roster/people/{person_id}/code").text)


def test_foreign_uploads_and_units_look_like_nothing(app: Flask, stand: Stand, liaison: FlaskClient) -> None:
    place = upload(liaison, stand, workbook(("王小明", "", document_number(8), "", "焊工")))
    other = browser(app, make_staff(Role.UNIT_LIAISON, stand.other_firm))
    missing = place.rsplit("/", 1)[0] + "/999999999"
    for method, tail in (("get", ""), ("get", "/annotated"), ("post", "/accept"), ("post", "/discard")):
        answers = [getattr(other, method)(path + tail) for path in (place, missing)]
        assert [answer.status_code for answer in answers] == [404, 404], tail
        assert masked(answers[0].text) == masked(answers[1].text)
    assert upload(other, stand, workbook(("王小明", "", document_number(8), "", "焊工"))) == "422"


@pytest.mark.parametrize("content", [b"", b"\x00\x01", "不是表格".encode()], ids=["empty", "binary", "text"])
def test_a_file_that_is_no_workbook_is_refused_in_words(
    stand: Stand, liaison: FlaskClient, content: bytes
) -> None:
    assert upload(liaison, stand, content) == "422"


def test_the_list_of_contestants_is_for_its_organiser_and_noted_when_it_leaves(
    app: Flask, session: Session, stand: Stand
) -> None:
    make_participation(stand.event, unit_id=stand.county_firm.id, number="0010000017")
    organiser = browser(app, make_staff(Role.ORGANISER, stand.event))
    host = browser(app, make_staff(Role.HOST, stand.contest))
    path = f"/staff/participants/{stand.event.id}"
    assert "0010000017" in organiser.get(path).text
    assert "0010000017" in host.get(path).text
    assert "焊工" in host.get("/staff/participants").text
    foreign = f"/staff/participants/{stand.second_event.id}"
    for target in (foreign, "/staff/participants/999999999"):
        assert organiser.get(target).status_code == 404
        assert organiser.post(f"{target}/export").status_code == 404
    sheet = openpyxl.load_workbook(io.BytesIO(organiser.post(f"{path}/export").data)).active
    assert sheet is not None
    assert sheet["A2"].value == "0010000017"
    assert session.scalar(select(AuditRow.facts).where(AuditRow.action == "participants.export")) == {
        "rows": 1
    }


@pytest.mark.parametrize("path", ["/staff/roster", "/staff/participants/{event}"])
def test_lists_take_the_same_number_of_queries_for_one_and_for_many(
    app: Flask, session: Session, stand: Stand, count_queries: list[str], path: str
) -> None:
    staff = make_staff(Role.UNIT_LIAISON, stand.county_firm)
    client = app.test_client()
    if "participants" in path:
        staff = make_staff(Role.ORGANISER, stand.event)
    sign_in(client, staff)
    path = path.format(event=stand.event.id)

    def queries(more: int) -> int:
        for _ in range(more):
            worker = stand.worker()
            register(browser(app, worker), stand.event.id)
            held = session.scalars(
                select(Participation).where(Participation.person_id == worker.person_id)
            ).one()
            held.state = "active"
            session.commit()
        client.get(path)
        count_queries.clear()
        assert client.get(path).status_code == 200
        return len([one for one in count_queries if one.lstrip().startswith("SELECT")])

    few = queries(1)
    assert queries(5) == few
    assert few <= 14
