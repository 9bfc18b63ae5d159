"""Topics as a tree: added, renamed, moved, never in a circle; paths of imports make it."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.functional.banks.test_edit_questions import NEW
from tests.integration.exam.exams import make_bank_version
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.banks.models import Bank, Topic


def test_topics_are_added_renamed_and_moved_but_never_in_a_circle(
    client: FlaskClient, session: Session
) -> None:
    setter, reviewer = make_staff(Role.QUESTION_SETTER), make_staff(Role.QUESTION_REVIEWER)
    bank = session.get_one(Bank, make_bank_version(4).bank_id)
    session.commit()
    sign_in(client, setter)
    where = f"/staff/banks/{bank.code}/topics"
    assert client.post(where, data={"title": "急救", "parent": "electric"}).status_code == 303
    assert "用电 / 急救" in client.get(where).text
    circle = client.post(where, data={"key": "electric", "title": "用电", "parent": "electric/急救"})
    assert circle.status_code == 422
    assert "不能" in circle.text
    assert client.post(where, data={"key": "electric", "title": " "}).status_code == 422
    assert client.post(where, data={"key": "nowhere", "title": "x"}).status_code == 404
    client.post(where, data={"key": "electric/急救", "title": "心肺复苏", "parent": ""})
    row = session.scalars(select(Topic).where(Topic.key == "electric/急救")).one()
    assert (row.title["zh"], row.parent_id) == ("心肺复苏", None)
    assert len(session.scalars(select(AuditRow).where(AuditRow.action == "bank.topic")).all()) == 2
    sign_in(client, reviewer)
    assert client.get(where).status_code == 403


def test_a_path_makes_the_topics_above_it(client: FlaskClient, session: Session) -> None:
    setter = make_staff(Role.QUESTION_SETTER)
    bank = session.get_one(Bank, make_bank_version(4).bank_id)
    session.commit()
    sign_in(client, setter)
    sent = NEW["true_false"] | {"type": "true_false", "new_topic": "安全/用电/触电"}
    assert client.post(f"/staff/banks/{bank.code}/new-question", data=sent).status_code == 303
    rows = {row.key: row for row in session.scalars(select(Topic).where(Topic.bank_id == bank.id))}
    assert rows["安全/用电/触电"].parent_id == rows["安全/用电"].id
    assert rows["安全/用电"].parent_id == rows["安全"].id
    assert "安全 / 用电 / 触电" in client.get(f"/staff/banks/{bank.code}/topics").text
    found = client.get("/staff/banks/questions?topic=安全").text
    assert NEW["true_false"]["stem"] in found
