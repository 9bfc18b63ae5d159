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


def test_a_version_is_filtered_by_a_topic_with_all_below_it_and_paths_are_told_whole(
    client: FlaskClient, session: Session
) -> None:
    setter = make_staff(Role.QUESTION_SETTER)
    bank = session.get_one(Bank, make_bank_version(4).bank_id)
    session.commit()
    sign_in(client, setter)
    where = f"/staff/banks/{bank.code}"
    sent = NEW["true_false"] | {"type": "true_false", "key": "neu", "new_topic": "安全/用电/触电"}
    assert client.post(f"{where}/new-question", data=sent).status_code == 303
    stem = NEW["true_false"]["stem"]
    for topic, is_there in (("安全", True), ("安全/用电", True), ("electric", False)):
        page = client.get(f"{where}/versions/2?topic={topic}", headers={"HX-Request": "true"}).text
        assert (stem in page) == is_there, topic
        assert ("第0题" in page) == (not is_there), topic
    path = "安全 / 用电 / 触电"
    assert path in client.get("/staff/banks/questions?words=带电").text
    assert path in client.get(f"{where}/questions/neu/life").text
    assert path in client.get(f"{where}/questions/neu/edit").text
    assert path in client.get(f"{where}/change-questions").text
    assert path in client.get(where).text
    assert client.get(f"{where}/versions/2/sheet?kind=docx&topic=安全").status_code == 200


def test_an_unused_topic_is_deleted_and_one_in_use_is_not(client: FlaskClient, session: Session) -> None:
    setter = make_staff(Role.QUESTION_SETTER)
    bank = session.get_one(Bank, make_bank_version(4).bank_id)
    session.commit()
    sign_in(client, setter)
    where = f"/staff/banks/{bank.code}/topics"
    client.post(where, data={"title": "空的"})
    client.post(where, data={"title": "更空", "parent": "空的"})
    used = client.post(f"{where}/delete", data={"key": "electric"})
    assert used.status_code == 409
    assert "4 道题" in used.text
    above = client.post(f"{where}/delete", data={"key": "空的"})
    assert above.status_code == 409
    assert "1 个知识点" in above.text
    assert client.post(f"{where}/delete", data={"key": "nowhere"}).status_code == 404
    for key in ("空的/更空", "空的"):
        assert client.post(f"{where}/delete", data={"key": key}).status_code == 303
    assert session.scalars(select(Topic.key).where(Topic.bank_id == bank.id)).all() == ["electric"]
    noted = select(AuditRow).where(AuditRow.action == "bank.topic.delete").order_by(AuditRow.id)
    deleted = session.scalars(noted).all()
    assert [row.facts["key"] for row in deleted] == ["空的/更空", "空的"]
