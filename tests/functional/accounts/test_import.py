"""Organisations, reviewers and roles from a workbook."""

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest
import xlsxwriter
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from tests.factories import make_organisation, make_staff, sign_in
from tests.functional.accounts.people import card, in_english
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.organisations.models import Organisation, RoleGrant

ORGANISATIONS = ["编码", "名称", "类型", "层级", "上级编码", "统一社会信用代码"]
PEOPLE = ["姓名", "证件类型", "证件号码", "手机号", "单位编码", "角色", "范围编码"]

GOOD_ORGANISATIONS = [
    ["FAW-F", "一汽铸造", "单位", "", "CC", "91350100M000100Y43"],
    ["CC", "长春市总工会", "工会", "市", "JL", ""],
]
GOOD_PEOPLE = [
    ["王审核", "居民身份证", card(11), "13900000011", "", "工会审核员", "CC"],
    ["李联络", "", card(12), "", "FAW-F", "单位联络员", ""],
]


def workbook(organisations: Sequence[Sequence[Any]], people: Sequence[Sequence[Any]]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    for title, headings, rows in (("组织", ORGANISATIONS, organisations), ("人员", PEOPLE, people)):
        sheet = book.add_worksheet(title)
        for number, row in enumerate([headings, *rows]):
            sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


def upload(client: FlaskClient, content: bytes) -> Any:
    return client.post("/staff/organisations/import", data={"file": (io.BytesIO(content), "staff.xlsx")})


def ticket(page: Any) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return found.group(1)


@pytest.fixture
def admin(client: FlaskClient, session: Session) -> FlaskClient:
    make_organisation("吉林省总工会", code="JL")
    sign_in(in_english(client), make_staff(Role.ADMINISTRATOR))
    return client


def test_template_holds_both_sheets_and_reads_as_empty(admin: FlaskClient) -> None:
    template = admin.get("/staff/organisations/import/template.xlsx")
    assert load_workbook(io.BytesIO(template.data)).sheetnames == ["组织", "人员"]
    page = upload(admin, template.data)
    assert page.status_code == 200
    assert 'name="ticket"' not in page.text


def test_good_workbook_is_previewed_then_brought_in(admin: FlaskClient, session: Session) -> None:
    page = upload(admin, workbook(GOOD_ORGANISATIONS, GOOD_PEOPLE))
    assert page.status_code == 200
    assert session.query(Organisation).count() == 1
    done = admin.post("/staff/organisations/import/accept", data={"ticket": ticket(page)})
    assert done.status_code == 200
    assert len(re.findall(r"\d{4} \d{4}<", done.text)) == 2
    assert card(11) not in done.text
    units = {row.code: row for row in session.query(Organisation)}
    assert units["FAW-F"].parent_id == units["CC"].id
    grants = session.query(RoleGrant).filter(RoleGrant.role != "administrator").order_by(RoleGrant.id)
    assert [(row.role, row.scope_id) for row in grants] == [
        ("union-reviewer", units["CC"].id),
        ("unit-liaison", units["FAW-F"].id),
    ]
    twice = admin.post("/staff/organisations/import/accept", data={"ticket": ticket(page)})
    assert twice.status_code == 409


def test_every_problem_has_its_place_and_nothing_is_stored_before_the_word(
    admin: FlaskClient, session: Session
) -> None:
    organisations = [
        *GOOD_ORGANISATIONS,
        ["X1", "没有上级", "单位", "", "NOWHERE", ""],
        ["X2", "", "星系", "宇宙", "", "91350100M000100Y44"],
        ["JL", "吉林省总工会", "工会", "省", "", ""],
    ]
    people: list[Sequence[Any]] = [
        *GOOD_PEOPLE,
        ["王3", "身份证", card(13)[:17] + "0", "123", "FAW-F", "皇帝", ""],
        ["张三丰", "", float(10**17), "", "", "", ""],
        ["赵敏儿", "", card(14), "", "NOWHERE", "工会审核员", ""],
    ]
    page = upload(admin, workbook(organisations, people))
    for words in (
        "No organisation has this code",
        "The name is missing",
        "Unknown kind",
        "Unknown level",
        "check character of the credit code",
        "stays as it is",
        "cannot stand in a name",
        "one character is probably mistyped",
        "Unknown role",
        "last digits are lost",
        "scope of the role is missing",
        "C 证件号码",
    ):
        assert words in page.text
    assert card(13)[:17] + "0" not in page.text
    refused = admin.post("/staff/organisations/import/accept", data={"ticket": ticket(page)})
    assert refused.status_code == 422
    assert session.query(Organisation).count() == 1
    part = admin.post("/staff/organisations/import/accept", data={"ticket": ticket(page), "part": "valid"})
    assert part.status_code == 200
    assert session.query(Organisation).count() == 3
    assert {row.name for row in session.query(Person)} >= {"王审核", "李联络"}
    assert "赵敏儿" not in {row.name for row in session.query(Person)}


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0" + b"x" * 100], ids=repr
)
def test_what_is_no_workbook_gets_a_clear_word(admin: FlaskClient, content: bytes) -> None:
    page = upload(admin, content)
    assert page.status_code == 422
    assert "made from the template" in page.text


def test_zip_bomb_is_refused_unopened(admin: FlaskClient) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 70_000_000)
    assert upload(admin, buffer.getvalue()).status_code == 422


def test_a_ticket_is_good_for_its_owner_only(admin: FlaskClient, session: Session) -> None:
    mine = ticket(upload(admin, workbook(GOOD_ORGANISATIONS, [])))
    other = admin.application.test_client()
    sign_in(other, make_staff(Role.ADMINISTRATOR))
    assert other.post("/staff/organisations/import/accept", data={"ticket": mine}).status_code == 409


def test_administrator_of_a_part_may_not_import(client: FlaskClient, session: Session) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR, make_organisation()))
    assert client.get("/staff/organisations/import").status_code == 403
    assert upload(client, workbook(GOOD_ORGANISATIONS, [])).status_code == 403


def test_tree_is_browsed_searched_and_extended(admin: FlaskClient, session: Session) -> None:
    top = session.query(Organisation).one()
    added = admin.post(
        "/staff/organisations",
        data={"parent": top.id, "name": "长春市总工会", "kind": "union", "level": "city", "code": "CC"},
    )
    assert added.status_code == 303
    assert "长春市总工会" in admin.get(f"/staff/organisations?parent={top.id}").text
    assert "长春市总工会" in admin.get("/staff/organisations?q=changchun").text
    again = admin.post(
        "/staff/organisations",
        data={"parent": top.id, "name": "另一个", "kind": "union", "level": "city", "code": "CC"},
    )
    assert again.status_code == 409
    assert 'value="另一个"' in again.text
    one = session.query(Organisation).filter_by(code="CC").one()
    assert (
        admin.post(f"/staff/organisations/{top.id}/move", data={"target": "CC", "why": "x"}).status_code
        == 422
    )
    assert (
        admin.post(f"/staff/organisations/{one.id}/merge", data={"target": "", "why": ""}).status_code == 422
    )
    assert admin.get("/staff/organisations?parent=99999").status_code == 404


def test_administrator_of_a_part_extends_that_part_only(client: FlaskClient, session: Session) -> None:
    top = make_organisation()
    mine, other = make_organisation(parent=top), make_organisation(parent=top)
    sign_in(client, make_staff(Role.ADMINISTRATOR, mine))
    data = {"name": "新工会", "kind": "union", "level": "county"}
    assert client.post("/staff/organisations", data={**data, "parent": mine.id}).status_code == 303
    assert client.post("/staff/organisations", data={**data, "parent": other.id}).status_code == 403
    assert client.post("/staff/organisations", data=data).status_code == 403
    assert client.post(f"/staff/organisations/{other.id}/close", data={"why": "x"}).status_code == 403


def test_an_organisation_without_a_code_gets_one_that_nobody_brought_along(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    newest = make_organisation().id
    for serial in (newest + 2, newest + 3):
        make_organisation(code=f"org-{serial + 1}")
    session.commit()
    data = {"name": "新工会", "kind": "union", "level": "province"}
    assert client.post("/staff/organisations", data=data).status_code == 303
    made = session.query(Organisation).filter_by(name="新工会").one()
    assert made.code == f"org-{made.id}-2"
