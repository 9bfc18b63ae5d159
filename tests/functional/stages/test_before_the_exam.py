"""What the host reads on the page of a stage while its exam is still to come."""

from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_participation, make_staff, sign_in
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.contests import queries as contests
from webapp.contests import service as contest_service
from webapp.contests.models import Event
from webapp.core import clock
from webapp.core.db import db
from webapp.registration.models import Participation

DEFINITION = Path(__file__).resolve().parents[3] / "webapp/contests/definitions/jilin-5.toml"


def test_ties_are_forecast_and_too_few_contestants_are_named(client: FlaskClient, session: Session) -> None:
    today = clock.now().astimezone(clock.SHANGHAI).date()
    days = [f"{today + timedelta(days=ahead)}" for ahead in (-40, -20, -19, -2, 5, 9, 90, 99, 150)]
    spans = ("registration", "learning", "preliminary", "semi_final")
    own = ", ".join(f'{name} = ["{days[2 * at]}", "{days[2 * at + 1]}"]' for at, name in enumerate(spans))
    text = DEFINITION.read_text(encoding="utf-8")
    text = text.replace(
        'code = "welding"\n', f'code = "welding"\nwindows = {{{own}, final = "undecided"}}\n', 1
    )
    for old, new in {
        "quota = 100\n": "quota = 3\n",
        "quota = 30\n": "quota = 2\n",
        "rank_from = 4\n": "rank_from = 1\n",
    }.items():
        text = text.replace(old, new)
    text = text.replace(
        "[[limits]]\n", '[[limits]]\nrule = "min-contestants"\nforce = "normal"\nvalue = 6\n\n[[limits]]\n', 1
    )
    contest_service.load_contest(text)
    event = session.scalars(select(Event).where(Event.code == "welding")).one()
    for _ in range(5):
        make_participation(event=event)
    session.commit()
    sign_in(client, make_staff(Role.HOST))
    address = f"/staff/stages/{contests.stage_by_codes('jilin-5', 'welding', 'preliminary').stage_id}"
    page = client.get(address).text
    assert "晋级线同分预估" in page
    assert "按 5 名选手、3 个名额估算" in page
    assert "至少 6 人" in page
    later = contests.stage_by_codes("jilin-5", "welding", "semi-final").stage_id
    assert "至少 6 人" not in client.get(f"/staff/stages/{later}").text, "told before the first stage"
    make_participation(event=event)
    session.commit()
    assert "至少 6 人" not in client.get(address).text


def test_a_named_person_signs_that_an_event_is_held_with_fewer(client: FlaskClient, session: Session) -> None:
    """Kept with name, date and reason; for fewer people it is asked anew; a hard minimum is not excepted."""
    host, reader = make_staff(Role.HOST, name="韩亦舟"), make_staff(Role.SUPERVISOR)
    address, people = held_with_few("normal")
    signed = {"except-reason": "行业从业人员总数不足二百人"}
    sign_in(client, reader)
    assert "except-reason" not in client.get(address).text
    assert client.post(f"{address}/except", data=signed).status_code in {403, 404}
    sign_in(client, host)
    assert client.post(f"{address}/except", data={"except-reason": " "}).status_code == 422
    assert client.post(f"{address}/except", data=signed).status_code == 303
    page = client.get(address).text
    assert "韩亦舟" in page
    assert "行业从业人员总数不足二百人" in page
    assert "要求至少 6 人" not in page, "what was signed for does not warn any more"
    assert client.post(f"{address}/except", data=signed).status_code == 409, "it is signed already"
    row = session.scalars(select(AuditRow).where(AuditRow.action == "stage.except")).one()
    assert (row.why, row.facts["people"], row.facts["needed"]) == ("行业从业人员总数不足二百人", 5, 6)
    people[0].state = "withdrawn"
    session.commit()
    assert "现有 4 名选手" in client.get(address).text, "fewer than was signed for"


def test_nobody_signs_for_a_hard_minimum(client: FlaskClient, session: Session) -> None:
    address, _people = held_with_few("hard")
    sign_in(client, make_staff(Role.HOST))
    page = client.get(address).text
    assert "硬性规定" in page
    assert "合并" in page
    assert "except-reason" not in page
    refused = client.post(f"{address}/except", data={"except-reason": "人数不足"})
    assert (refused.status_code, "任何人不能例外" in refused.text) == (409, True)
    assert not session.scalars(select(AuditRow).where(AuditRow.action == "stage.except")).all()


def held_with_few(force: str) -> tuple[str, list[Participation]]:
    """The address of the first stage of an event with five people of six, and the five."""
    text = DEFINITION.read_text(encoding="utf-8").replace(
        "[[limits]]\n",
        f'[[limits]]\nrule = "min-contestants"\nforce = "{force}"\nvalue = 6\n\n[[limits]]\n',
        1,
    )
    contest_service.load_contest(text)
    event = db.session.scalars(select(Event).where(Event.code == "welding")).one()
    people = [make_participation(event=event) for _ in range(5)]
    db.session.commit()
    stage = contests.stage_by_codes("jilin-5", "welding", "preliminary")
    return f"/staff/stages/{stage.stage_id}", people
