"""Issue 5, point 7: what the bank satisfies and what the papers would be like, before anything is opened."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import make_account, make_organisation, make_staff, sign_in
from webapp.access.permissions import Role
from webapp.banks import service as banks
from webapp.contests import service as contests
from webapp.contests.models import Contest, Event
from webapp.core.db import keys_scope
from webapp.core.transaction import transaction
from webapp.exam import jobs

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def event(session: Session) -> Event:
    """An event whose contest file asks for an online exam from a shipped bank."""
    contests.load_contest((ROOT / "webapp/contests/definitions/jilin-5.toml").read_text(encoding="utf-8"))
    session.commit()
    contest = session.scalars(select(Contest).where(Contest.code == "jilin-5")).one()
    return session.scalars(select(Event).where(Event.contest_id == contest.id).order_by(Event.id)).first()  # type: ignore[return-value]  # the file has events


@pytest.fixture
def filled(session: Session) -> None:
    setter, reviewer = make_account().id, make_account().id
    with keys_scope(), transaction():
        for folder in sorted(path.parent for path in (ROOT / "question_banks").glob("*/bank.toml")):
            banks.import_shipped(folder, setter, reviewer)


def address(event: Event) -> str:
    return f"/staff/exams/blueprints/{event.id}"


def test_without_a_bank_the_page_says_so_and_offers_nothing(client: FlaskClient, event: Event) -> None:
    sign_in(client, make_staff(Role.HOST))
    page = client.get(address(event))
    assert page.status_code == 200
    assert "题库还没有审定的版本" in page.text
    assert "模拟 10,000 份试卷" not in page.text
    assert client.post(address(event)).status_code == 409


@pytest.mark.usefixtures("filled")
def test_a_host_simulates_and_reads_the_figures(
    client: FlaskClient,
    session: Session,
    event: Event,
    count_queries: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign_in(client, make_staff(Role.HOST))
    page = client.get(address(event)).text
    assert "题库能满足的情况" in page
    assert "还没有模拟过" in page
    assert client.post(address(event)).status_code == 303
    assert "<progress" in client.get(address(event)).text
    monkeypatch.setattr(jobs, "PAPERS", 400)
    assert jobs.simulate_papers(event.id) == 400
    count_queries.clear()
    page = client.get(address(event)).text
    assert len(count_queries) <= 16
    assert "依据 400 份" in page
    assert "<progress" not in page
    assert "aria-labelledby" in page
    assert "请重新模拟" not in page
    session.execute(text("UPDATE paper_simulations SET digest = 'other'"))
    session.commit()
    assert "请重新模拟" in client.get(address(event)).text
    client.set_cookie("language", "en")
    assert "From 400 papers" in client.get(address(event)).text


def test_the_page_keeps_to_its_scope(client: FlaskClient, session: Session, event: Event) -> None:
    contest = session.get_one(Contest, event.contest_id)
    for who, reading, asking in (
        (make_account(), 403, 403),
        (make_staff(Role.HOST, make_organisation()), 404, 404),
        (make_staff(Role.SUPERVISOR, contest), 200, 403),
        (make_staff(Role.HOST, contest), 200, 409),
    ):
        sign_in(client, who)
        assert client.get(address(event)).status_code == reading
        assert client.post(address(event)).status_code == asking
    assert client.get("/staff/exams/blueprints/999999").status_code == 404


@pytest.mark.usefixtures("filled")
def test_the_list_leads_to_each_blueprint(client: FlaskClient, event: Event) -> None:
    sign_in(client, make_staff(Role.HOST))
    assert f'href="{address(event)}"' in client.get("/staff/exams/blueprints").text
