"""Lists of a contest with 175 events: a page holds fifty, words find an event, and nothing else is asked more."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from webapp.access.permissions import Role
from webapp.config import ROOT
from webapp.contests import service
from webapp.core.db import db

LISTS = (
    "/staff/judging",
    "/staff/stages",
    "/staff/awards",
    "/staff/certificates",
    "/staff/certificates/contests/{contest_id}",
    "/staff/exams/blueprints",
)


@pytest.fixture
def address(session: Session, request: pytest.FixtureRequest) -> str:
    """Of one of these lists, with the contest there."""
    file = ROOT / "webapp/contests/definitions/jilin-5.toml"
    loaded = service.load_contest(file.read_text(encoding="utf-8"), "jilin-5.toml")
    db.session.commit()
    return str(request.param).format(contest_id=loaded.contest_id)


def rows(page: str) -> list[str]:
    return re.findall(r"<tr>\s*<td.*?</tr>", page, re.DOTALL)


@pytest.mark.parametrize("address", LISTS, indirect=True)
def test_a_long_list_comes_in_pages_and_is_searched(client: FlaskClient, address: str) -> None:
    sign_in(client, make_staff(Role.HOST))
    first = client.get(address).text
    assert len(rows(first)) == 50
    last = client.get(f"{address}?page=9999")
    assert last.status_code == 200
    assert 0 < len(rows(last.text)) <= 50
    assert not set(rows(last.text)) & set(rows(first))
    found = rows(client.get(f"{address}?q=焊工").text)
    assert found
    assert all("焊工" in row for row in found)
    nothing = client.get(f"{address}?q=没有这个").text
    assert rows(nothing) == []
    assert 'value="没有这个"' in nothing
    assert "没有包含这些字词的赛项" in nothing


@pytest.mark.parametrize("address", LISTS, indirect=True)
def test_the_last_page_asks_no_more_than_the_first(
    client: FlaskClient, count_queries: list[str], address: str
) -> None:
    sign_in(client, make_staff(Role.HOST))
    client.get(address)
    count_queries.clear()
    client.get(address)
    asked = len(count_queries)
    count_queries.clear()
    client.get(f"{address}?page=99")
    assert len(count_queries) <= asked
    assert asked < 20
