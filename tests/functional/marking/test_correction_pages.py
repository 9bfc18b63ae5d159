"""A host finds a settled answer by the contestant number, asks for another mark; a second host agrees."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, sign_in
from tests.functional.marking.test_marking_pages import page_of
from tests.integration.marking.test_corrections import Settled
from tests.integration.marking.written import answers_of, marker
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.core import clock
from webapp.exam.models import ExamAction
from webapp.integrity.models import Interest
from webapp.registration.models import Participation


@pytest.fixture
def settled(session: Session) -> Settled:
    return Settled(session)


def number_of(session: Session, settled: Settled) -> str:
    return str(session.get_one(Participation, settled.sat.participation_id).number)


def test_from_the_number_over_two_hosts_to_the_new_mark(
    client: FlaskClient, session: Session, settled: Settled
) -> None:
    base = f"/staff/marking/{settled.exam_id}/corrections"
    sign_in(client, settled.host)
    assert "更正已定的得分" in page_of(client, f"/staff/marking/{settled.exam_id}")
    assert "还没有更正" in page_of(client, base)
    assert "没有这个编号的选手" in page_of(client, f"{base}?number=000")
    page = page_of(client, f"{base}?number={number_of(session, settled)}")
    assert "7 / 10" in page
    found = re.search(r'href="(/staff/marking/answers/\d+/correct)"', page)
    assert found is not None
    page = page_of(client, found[1])
    author = session.get_one(Person, settled.sat.person_id).name
    assert author not in page, "blind"
    assert "要点齐" in page
    assert "先断电，再报告" in page, "the reference answer"
    for form, words in (
        ({"mark": "11", "reason": "漏看了"}, "请填写 0 至 10 之间的分数"),
        ({"mark": "9", "reason": ""}, 'aria-invalid="true"'),
        ({"mark": "7", "reason": "漏看了"}, "现在就是这个得分"),
    ):
        refused = client.post(found[1], data=form)
        assert refused.status_code == 422, form
        assert words in refused.text, form
        assert f'value="{form["mark"]}"' in refused.text, "what was typed stays"
        assert form["reason"] in refused.text
    asked = client.post(found[1], data={"mark": "9", "reason": "漏看了一个要点"})
    assert (asked.status_code, asked.location) == (303, base)
    page = page_of(client, base)
    assert "由 7 更正为 9" in page
    assert "漏看了一个要点" in page
    assert 'name="agree"' not in page, "not one's own"
    assert settled.mark() == 7

    sign_in(client, settled.second)
    waiting = page_of(client, base)
    assert 'name="agree" value="yes"' in waiting
    assert f'href="{found[1]}"' in waiting, "the second person looks at the answer first"
    action_id = session.scalars(select(ExamAction.id)).one()
    agreed = client.post(
        f"/staff/exams/{settled.exam_id}/actions/{action_id}",
        data={"agree": "yes", "back": "marking.corrections"},
    )
    assert (agreed.status_code, agreed.location) == (303, base)
    assert settled.mark() == 9
    assert "7 → 9" in page_of(client, found[1])

    contestant = make_account(session.get_one(Person, settled.sat.person_id))
    session.commit()
    sign_in(client, contestant)
    assert "由 7 分更正为 9 分：漏看了一个要点" in page_of(client, "/my/notices")


def test_judges_and_strangers_correct_nothing(
    client: FlaskClient, session: Session, settled: Settled
) -> None:
    address = f"/staff/marking/answers/{settled.answer_id}/correct"
    sign_in(client, marker(session, settled.exam_id))
    assert client.get(address).status_code == 403
    assert client.post(address, data={"mark": "9", "reason": "x"}).status_code == 403
    assert client.get(f"/staff/marking/{settled.exam_id}/corrections").status_code == 403
    sign_in(client, marker(session, settled.exam_id, Role.CHIEF_JUDGE))
    assert client.get(address).status_code == 200
    client.post(address, data={"mark": "9.5", "reason": "漏看"})
    assert settled.mark() == 7, "a second person first"


def test_supervisors_read_requests_and_find_nothing_to_press(
    client: FlaskClient, session: Session, settled: Settled
) -> None:
    settled.ask()
    sign_in(client, marker(session, settled.exam_id, Role.SUPERVISOR))
    number = number_of(session, settled)
    page = page_of(client, f"/staff/marking/{settled.exam_id}/corrections?number={number}")
    assert "由 7 更正为 9" in page
    assert "查看并更正" not in page
    assert 'name="agree"' not in page
    assert client.get(f"/staff/marking/answers/{settled.answer_id}/correct").status_code == 403


def test_a_relative_does_not_reach_the_answer(
    client: FlaskClient, session: Session, settled: Settled
) -> None:
    session.add(
        Interest(
            person_id=settled.host.person_id, relation="relative", about_person_id=settled.sat.person_id,
            declared_at=clock.now(),
        )
    )  # fmt: skip
    session.commit()
    sign_in(client, settled.host)
    assert client.get(f"/staff/marking/answers/{settled.answer_id}/correct").status_code == 403


def test_the_page_of_corrections_takes_a_bounded_number_of_statements(
    client: FlaskClient, session: Session, settled: Settled, count_queries: list[str]
) -> None:
    base = f"/staff/marking/{settled.exam_id}/corrections?number={number_of(session, settled)}"
    sign_in(client, settled.host)
    page_of(client, base)
    settled.agree(settled.ask("9"))
    counts = []
    for before, after in (("9", "8"), ("8", "6")):
        count_queries.clear()
        page_of(client, base)
        counts.append(len(count_queries))
        settled.agree(settled.ask(after, before))
    assert counts[0] == counts[1]
    assert answers_of(session, settled.sat)[0].mark == 6
