"""A paper whose parts are entered by themselves, through the pages: with script (JSON) and without."""

import gzip
import random
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import make_account, sign_in
from tests.functional.exam.test_sitting import Sitting
from tests.integration.exam.exams import make_bank_version, make_exam, participant
from tests.integration.exam.test_sections import shaped
from tests.unit.exam.blueprints import blueprint, cell, section
from webapp.accounts.models import Person
from webapp.banks.models import QuestionVersion
from webapp.contests.rules.blueprint import Text
from webapp.core import clock
from webapp.exam.models import AnswerEvent, SectionVisit, Sheet
from webapp.exam.queries.messages import forget_announcements
from webapp.exam.routes.fragments import forget_fragments


@pytest.fixture(autouse=True)
def _fresh_caches() -> None:
    forget_fragments()
    forget_announcements()


@pytest.fixture
def alice(client: FlaskClient, session: Session) -> Sitting:
    return Sitting(client, session, make_exam(sections=shaped()))


def slots(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'data-slot="(\d+)"', html)]


def enter(alice: Sitting, number: int, **fields: Any) -> Any:
    return alice.client.post(f"{alice.url}/section", data={"to": number, **fields})


def answers(alice: Sitting) -> list[str]:
    alice.session.expire_all()
    return alice.session.get_one(Sheet, alice.attempt_id).answers


def test_only_the_part_that_is_written_is_on_the_page(alice: Sitting) -> None:
    html = alice.client.get(alice.url).text
    assert slots(html) == [0, 1, 2, 3, 4]
    assert "离开后不能返回" in html
    assert "本部分限时 10 分钟" in html
    assert alice.send({"slot": 0, "seq": 1, "answer": "A"}).get_json()["section"] == {
        "number": 0,
        "remaining_s": None,
    }


def test_a_part_without_a_way_back_is_left_after_a_question_only(alice: Sitting) -> None:
    asked = enter(alice, 1, lease=alice.lease, part="0", a0="B")
    assert asked.status_code == 200
    assert "不能再查看或修改" in asked.text
    assert "还有 4 道题没有作答" in asked.text
    assert answers(alice)[0] == "B", "what the form carried is saved first"
    assert slots(alice.client.get(alice.url).text) == [0, 1, 2, 3, 4]
    assert enter(alice, 1, sure="yes").status_code == 303
    html = alice.client.get(alice.url).text
    assert slots(html) == [5, 6, 7, 8, 9]
    assert 'data-stand="left"' in html
    assert "data-part-clock" in html
    back = enter(alice, 0, sure="yes")
    assert back.status_code == 409
    assert "不能进入" in back.text


def test_a_save_to_a_part_that_was_left_is_refused_in_words_and_kept(alice: Sitting) -> None:
    enter(alice, 1, sure="yes")
    reply = alice.send({"slot": 0, "seq": 3, "answer": "A"}, {"slot": 5, "seq": 1, "answer": "AB"}).get_json()
    by_slot = {item["slot"]: item for item in reply["items"]}
    assert by_slot[5]["state"] == "saved"
    assert (by_slot[0]["state"], by_slot[0]["code"]) == ("refused", "section-closed")
    assert "第 1 部分已关闭" in by_slot[0]["message"]
    assert 590 <= reply["section"]["remaining_s"] <= 600
    kept = alice.session.scalars(select(AnswerEvent.outcome).order_by(AnswerEvent.id)).all()
    assert sorted(kept) == ["refused-section", "saved"]


def test_the_page_without_script_goes_from_part_to_part(alice: Sitting) -> None:
    assert enter(alice, 1, lease=alice.lease, part="0", a1="C", sure="yes").status_code == 303
    alice.client.post(f"{alice.url}/answers", data={"lease": alice.lease, "part": "1", "a5": ["A", "C"]})
    stored = answers(alice)
    assert (stored[1], stored[5]) == ("C", "AC"), "what is not on the page is not taken for empty"
    assert enter(alice, 2, lease=alice.lease, part="1", a5=["A", "C"]).status_code == 303
    assert slots(alice.client.get(alice.url).text) == [10, 11, 12, 13, 14]
    assert enter(alice, 1).status_code == 303
    assert slots(alice.client.get(alice.url).text) == [5, 6, 7, 8, 9]


def test_a_part_whose_time_is_over_shows_the_way_on(alice: Sitting, session: Session) -> None:
    enter(alice, 1, sure="yes")
    early = clock.now() - timedelta(minutes=11)
    session.execute(
        update(SectionVisit).values(entered_at=early, left_at=None).where(SectionVisit.section == 1)
    )
    session.commit()
    html = alice.client.get(alice.url).text
    assert slots(html) == []
    assert "data-part-over" in html
    assert "继续作答第 3 部分" in html
    reply = alice.send({"slot": 5, "seq": 1, "answer": "A"}).get_json()
    assert reply["items"][0]["code"] == "section-closed"
    assert reply["section"] == {"number": None, "remaining_s": 0}
    assert enter(alice, 2).status_code == 303
    assert slots(alice.client.get(alice.url).text) == [10, 11, 12, 13, 14]


def test_a_stranger_and_a_second_device_cannot_change_the_part(
    alice: Sitting, client: FlaskClient, session: Session
) -> None:
    session.execute(update(Sheet).values(lease_device="another-device-name"))
    session.commit()
    assert enter(alice, 1, sure="yes").status_code == 409
    Sitting(client, session, make_exam())
    assert enter(alice, 1, sure="yes").status_code == 404


def test_a_paper_without_such_parts_has_no_parts_to_enter(client: FlaskClient, session: Session) -> None:
    bob = Sitting(client, session, make_exam())
    assert enter(bob, 1).status_code == 409
    assert "parts__part" not in client.get(bob.url).text


def test_the_tools_of_the_file_are_on_the_page(client: FlaskClient, session: Session) -> None:
    sheet = Text("欧姆定律：U = I × R\n功率：P = U × I", "Ohm")
    tools = ("calculator", "formula_sheet")
    bob = Sitting(client, session, make_exam(layout="single", tools=tools, formula_sheet=sheet))
    html = client.get(bob.url).text
    assert 'data-layout="single"' in html
    assert "<p>功率：P = U × I</p>" in html
    assert "data-calculator" in html
    plain = Sitting(client, session, make_exam())
    html = client.get(plain.url).text
    assert 'data-layout="whole"' in html
    assert "data-calculator" not in html


@pytest.mark.parametrize("layout", ["whole", "single"])
def test_a_page_of_a_hundred_long_questions_travels_in_60_kb(
    client: FlaskClient, session: Session, layout: str
) -> None:
    """An upper bound: stems and options of characters by chance, which no compression makes small."""
    chance = random.Random(5)

    def words(length: int) -> str:
        return "".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(length))

    bank = make_bank_version(400)
    for version in session.scalars(select(QuestionVersion)):
        version.stem = words(60)
        version.options = [words(12) for _ in version.options]
    session.commit()
    forget_fragments()
    parts = blueprint(
        section("single", cell(None, None, 40)),
        section("multiple", cell(None, None, 20)),
        section("true_false", cell(None, None, 30)),
        section("fill", cell(None, None, 10)),
    ).sections
    bob = Sitting(client, session, make_exam(bank_version=bank, sections=parts, layout=layout))
    html = client.get(bob.url).text
    assert len(slots(html)) == 100
    assert len(gzip.compress(html.encode(), 6)) <= 60 * 1024


def test_the_waiting_page_tells_the_shape_of_the_paper(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam(sections=shaped(), layout="single", tools=("calculator",))
    person = participant(exam_id)
    sign_in(client, make_account(session.get_one(Person, person.person_id)))
    html = client.get(f"/exams/{exam_id}/start").text
    for words in (
        "离开后不能再进入",
        "本部分单独限时 10 分钟",
        "每次显示一个部分",
        "每次显示一道题",
        "页面上提供：计算器",
    ):
        assert words in html
