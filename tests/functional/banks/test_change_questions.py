"""Topic, difficulty and tags of many questions at once."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.functional.banks.test_edit_questions import held, newest
from tests.integration.exam.exams import make_bank_version
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.banks.models import Bank, Topic


def test_the_effect_is_said_first_then_all_change_in_one_draft(client: FlaskClient, session: Session) -> None:
    setter, reviewer = make_staff(Role.QUESTION_SETTER), make_staff(Role.QUESTION_REVIEWER)
    bank = session.get_one(Bank, make_bank_version(8).bank_id)
    session.commit()
    sign_in(client, setter)
    where = f"/staff/banks/{bank.code}/change-questions"
    assert client.get(where).status_code == 200
    chosen = {
        "key": ["q-1", "q-2"],
        "to_difficulty": "hard",
        "add_tags": "重点，必考",
        "new_topic": "用电/急救",
    }
    before = held(bank)
    assert client.post(where, data={"key": ["q-1"]}).status_code == 422
    assert client.post(where, data={"add_tags": "x"}).status_code == 422
    asked = client.post(where, data=chosen)
    assert "q-1, q-2" in asked.text
    assert newest(bank).number == 1, "nothing is stored before it is confirmed"
    assert client.post(where, data=chosen | {"confirmed": "1"}).status_code == 303
    now = held(bank)
    assert newest(bank).number == 2
    assert {key for key in now if now[key].id != before[key].id} == {"q-1", "q-2"}
    assert (now["q-1"].difficulty, now["q-1"].tags) == ("hard", ["重点", "必考"])
    assert session.get_one(Topic, now["q-1"].topic_id).key == "用电/急救"
    client.post(where, data=chosen | {"confirmed": "1"})
    assert held(bank)["q-1"].number == 2, "done again it changes nothing"
    taken = {"key": ["q-1"], "remove_tags": "必考", "confirmed": "1"}
    client.post(where, data=taken)
    assert held(bank)["q-1"].tags == ["重点"]
    assert len(session.scalars(select(AuditRow).where(AuditRow.action == "bank.questions.change")).all()) == 2
    sign_in(client, reviewer)
    assert client.post(where, data=chosen).status_code == 403
