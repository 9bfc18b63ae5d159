"""The list of all questions: what a person sees of it, in few queries."""

from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.factories import make_organisation, make_staff, sign_in
from tests.integration.exam.exams import make_bank_version
from webapp.access.permissions import Role
from webapp.banks.models import Bank

URL = "/staff/banks/questions"


def test_setters_find_questions_by_words_over_all_their_banks(
    client: FlaskClient, session: Session, count_queries: list[str]
) -> None:
    setter = make_staff(Role.QUESTION_SETTER)
    first, second = (session.get_one(Bank, make_bank_version(40).bank_id) for _ in range(2))
    session.commit()
    sign_in(client, setter)
    count_queries.clear()
    page = client.get(URL)
    assert page.status_code == 200
    assert len(count_queries) < 12
    assert "before=" in page.text
    page = client.get(f"{URL}?words=第17题&bank={first.code}")
    assert f"/staff/banks/{first.code}/questions/q-17/life" in page.text
    assert second.code not in page.text.split('id="found"')[1]
    assert "没有符合" in client.get(f"{URL}?words=没有的字").text
    fragment = client.get(f"{URL}?type=fill", headers={"HX-Request": "true"})
    assert "<html" not in fragment.text


def test_sealed_banks_and_those_of_other_branches_stay_closed(client: FlaskClient, session: Session) -> None:
    sealed, foreign = (session.get_one(Bank, make_bank_version(4).bank_id) for _ in range(2))
    session.execute(update(Bank).where(Bank.id == sealed.id).values(is_sealed=True))
    session.execute(update(Bank).where(Bank.id == foreign.id).values(organisation_id=make_organisation().id))
    setter = make_staff(Role.QUESTION_SETTER, make_organisation())
    stranger = make_staff(Role.HOST)
    session.commit()
    sign_in(client, setter)
    page = client.get(URL).text
    assert f"/staff/banks/{sealed.code}/" not in page
    assert f"/staff/banks/{foreign.code}/" not in page
    sign_in(client, stranger)
    assert client.get(URL).status_code == 403
