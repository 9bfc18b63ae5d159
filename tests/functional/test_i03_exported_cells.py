"""I03: what begins like a formula is a text in every file that leaves the site."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import database
from tests.factories import make_staff, sign_in
from tests.functional.routes import routes
from tests.functional.world import FORM, World, make_world
from tests.integration.banks.files import GOOD, table
from tests.integration.registration.stand import make_stand
from tests.unit.registration.test_roster import workbook as roster_workbook
from webapp.access.permissions import Role
from webapp.core.spreadsheets import harmless
from webapp.leaderboard.rules.masking import neutral

PREFIXES = ("=", "+", "-", "@", "\t", "\r")
PAYLOAD = "1+cmd|' /C calc'!A0"
PLANTED = (
    "UPDATE persons SET name = %s",
    "UPDATE organisations SET name = %s",
    "UPDATE question_versions SET stem = %s, source = %s",
    "UPDATE topics SET title = jsonb_build_object('zh', %s::text, 'en', %s::text)",
    "UPDATE events SET title = jsonb_build_object('zh', %s::text, 'en', %s::text)",
    "UPDATE contests SET title = jsonb_build_object('zh', %s::text, 'en', %s::text)",
    "UPDATE participations SET number = %s || id",
)
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?%?$")


def plant(session: Session, words: str) -> None:
    """Let everything that people name begin like a formula, as the owner of the database."""
    session.commit()
    name = session.connection().engine.url.database
    session.rollback()
    assert name is not None
    with database.start_cluster().connect(name) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in PLANTED:
            connection.execute(statement.encode(), [words] * statement.count("%s"))


def cells(content: bytes, what: str) -> Iterator[str]:
    """The texts of all cells of a file; a formula fails at once."""
    if content.startswith(b"PK") and "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(content)).namelist():
        for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f", f"{what} {sheet.title}!{cell.coordinate}: {cell.value}"
                    assert cell.hyperlink is None, what
                    # Excel keeps a text with the quote prefix a text, also when a person edits it.
                    if isinstance(cell.value, str) and not cell.quotePrefix:
                        yield cell.value
    elif not content.startswith(b"PK"):
        for line in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            yield from line


def is_table(answer: TestResponse) -> bool:
    return answer.status_code == 200 and answer.mimetype in {
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }


def evaluated(content: bytes, what: str) -> list[str]:
    return [
        f"{what}: {text!r}"
        for text in cells(content, what)
        if text.startswith(PREFIXES) and not NUMBER.fullmatch(text)
    ]


def files_of(app: Flask, client: FlaskClient, world: World) -> Iterator[tuple[str, bytes]]:
    """Every table that the live map hands out to somebody with every role, with ids that exist."""
    sign_in(client, world.everywhere)
    for route in routes(app):
        wanted = re.search(r"export|annotated|csv|xlsx|template|participants|halls", route.rule.rule)
        if not wanted or not route.rule.rule.startswith("/staff"):
            continue
        path = route.path(world.values(route.endpoint, route.names))
        for method in route.methods:
            for form in ("csv", "xlsx") if "export" in path else ("",):
                data = {**FORM, "format": form} if method == "POST" else None
                query = {"format": form} if method == "GET" and form else None
                answer = client.open(path, method=method, data=data, query_string=query, buffered=True)
                if is_table(answer):
                    yield f"{method} {path} {form}", answer.data
                answer.close()


def test_i03_no_cell_of_any_export_is_evaluated(app: Flask, client: FlaskClient, session: Session) -> None:
    """All tables of the live map, with every prefix in every name."""
    world = make_world(session, client)
    for prefix in PREFIXES:
        plant(session, prefix + PAYLOAD)
        found, tables, marked = [], set(), set()
        for what, content in files_of(app, client, world):
            tables.add(what)
            found += evaluated(content, what)
            texts = b"".join(
                zipfile.ZipFile(io.BytesIO(content)).read(name)
                for name in (zipfile.ZipFile(io.BytesIO(content)).namelist() if content[:2] == b"PK" else ())
            )
            if b"cmd|" in (texts or content):
                marked.add(what)
        assert found == []
        assert len(tables) >= 6, tables
        assert marked, "none of the files holds what was planted: this test would prove nothing"


@pytest.mark.parametrize("prefix", PREFIXES)
def test_i03_what_came_in_as_a_formula_goes_out_as_a_text(
    client: FlaskClient, session: Session, prefix: str
) -> None:
    """The workbook with remarks hands back what a stranger wrote: banks and rosters."""
    words = prefix + PAYLOAD
    sign_in(client, make_staff(Role.QUESTION_SETTER))
    client.post("/staff/banks/new", data={"title": "安全生产", "code": "safety"})
    rows = [{**GOOD[0], "题干": words, "选项A": words, "外部编号": words, "正确答案": "F"}]
    sent = client.post(
        "/staff/banks/safety/upload",
        data={"file": (io.BytesIO(table(*rows)), "bank.csv")},
        content_type="multipart/form-data",
    )
    back = client.get(f"{sent.headers['Location']}/annotated.xlsx")
    assert back.status_code == 200
    assert evaluated(back.data, "bank") == []
    stand = make_stand()
    sign_in(client, make_staff(Role.UNIT_LIAISON, stand.county_firm))
    data = {
        "unit": str(stand.county_firm.id),
        "contest": str(stand.contest.id),
        "workbook": (io.BytesIO(roster_workbook((words, words, words, words, words))), "名单.xlsx"),
    }
    sent = client.post("/staff/roster/upload", data=data, content_type="multipart/form-data")
    back = client.get(f"{sent.headers['Location']}/annotated")
    assert back.status_code == 200
    assert evaluated(back.data, "roster") == []


@pytest.mark.parametrize("prefix", [*PREFIXES, "\n=", "＝", "＋", "－", "＠"])
def test_i03_both_ways_of_neutralising_know_every_prefix(prefix: str) -> None:
    """Full-width signs are formulas to a spreadsheet with a Chinese input method."""
    for way in (neutral, harmless):
        assert way(prefix + PAYLOAD) == f"'{prefix}{PAYLOAD}"
        assert way("王芳") == "王芳"
