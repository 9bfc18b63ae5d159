"""The host sees whether every paper can be drawn, before anything is opened."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, make_organisation, make_staff, sign_in
from webapp.access.permissions import Role
from webapp.banks import service as banks
from webapp.contests import service as contests
from webapp.contests.models import Contest
from webapp.core.db import keys_scope
from webapp.core.transaction import transaction

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def jilin(session: Session) -> None:
    contests.load_contest((ROOT / "webapp/contests/definitions/jilin-5.toml").read_text(encoding="utf-8"))
    session.commit()


@pytest.mark.usefixtures("jilin")
def test_a_missing_bank_is_named_before_the_exam_opens(client: FlaskClient) -> None:
    sign_in(client, make_staff(Role.HOST))
    page = client.get("/staff/exams/blueprints")
    assert page.status_code == 200
    assert "题库还没有审定的版本" in page.text
    assert "还有 175 场考试无法组卷" in page.text


@pytest.mark.usefixtures("jilin")
def test_with_the_shipped_banks_every_paper_can_be_drawn(
    client: FlaskClient, count_queries: list[str]
) -> None:
    setter, reviewer = make_account().id, make_account().id
    with keys_scope(), transaction():
        for folder in sorted(path.parent for path in (ROOT / "question_banks").glob("*/bank.toml")):
            banks.import_shipped(folder, setter, reviewer)
    sign_in(client, make_staff(Role.HOST))
    count_queries.clear()
    page = client.get("/staff/exams/blueprints")
    assert "所有试卷都可以组卷" in page.text
    assert len(count_queries) <= 40


def test_contestants_do_not_see_blueprint_checks(client: FlaskClient) -> None:
    sign_in(client, make_account())
    assert client.get("/staff/exams/blueprints").status_code == 403


@pytest.mark.usefixtures("jilin")
def test_a_supervisor_sees_the_blueprints_of_the_own_contest_only(
    client: FlaskClient, session: Session
) -> None:
    contest = session.scalars(select(Contest).where(Contest.code == "jilin-5")).one()
    sign_in(client, make_staff(Role.SUPERVISOR, contest))
    assert "还有 175 场考试无法组卷" in client.get("/staff/exams/blueprints").text
    sign_in(client, make_staff(Role.SUPERVISOR, make_organisation()))
    page = client.get("/staff/exams/blueprints")
    assert page.status_code == 200
    assert contest.title["zh"] not in page.text
