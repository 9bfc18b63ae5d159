"""Matching, ordering, numbers, passages and blanks with lists: asked, saved, marked and shown like the others."""

import html
import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.functional.exam.test_sitting import Sitting, body
from tests.integration.exam.all_types import KINDS, make_exam_of_all_types
from webapp.exam import jobs
from webapp.exam.models import Sheet
from webapp.exam.routes.fragments import forget_fragments


@pytest.fixture
def sitting(client: FlaskClient, session: Session) -> Sitting:
    """A contestant who writes a paper with one question of each of these types, 4 marks each."""
    forget_fragments()
    return Sitting(client, session, make_exam_of_all_types(session))


def slots_of(page: str) -> dict[str, int]:
    return {
        kind: int(slot)
        for slot, kind in re.findall(r'data-slot="(\d+)" data-seq="\d+" data-type="(\w+)"', page)
    }


def letter_of(page: str, words: str) -> str:
    """The letter under which this person sees a thing to match or to put in order."""
    found = re.search(rf'option__letter">([A-Z])</span><span class="option__text">{words}<', page)
    assert found is not None, words
    return found[1]


def right_answers(page: str) -> dict[str, str]:
    return {
        "matching": "".join(letter_of(page, words) for words in ("禁止", "警告", "指令")),
        "ordering": "".join(letter_of(page, words) for words in ("切断电源", "判断意识", "呼救", "心肺复苏")),
        "numeric": "36.0",
        "passage": json.dumps(["A", '["围挡"]'], ensure_ascii=False),
        "fill": '["绿色"]',
    }


def test_all_types_are_saved_marked_and_shown_with_the_key(sitting: Sitting, session: Session) -> None:
    page = sitting.client.get(sitting.url).text
    slots, right = slots_of(page), right_answers(page)
    assert set(slots) == set(KINDS)
    items = [{"slot": slots[kind], "seq": 1, "answer": right[kind], "flag": False} for kind in KINDS]
    items[1]["answer"] = right["ordering"][:2] + "--"  # half of the order only
    reply = sitting.send(*items)
    assert [item["state"] for item in body(reply)["items"]] == ["saved"] * 5, reply.text
    again = html.unescape(sitting.client.get(sitting.url).text)
    assert f'<option value="{right["matching"][0]}" selected>' in again
    assert 'value="36.0"' in again
    assert 'value="围挡"' in again
    assert '<option value="绿色" selected>绿色</option>' in again
    assert f'name="a{slots["passage"]}.0" value="A" checked' in again
    sitting.client.post(f"{sitting.url}/submit")
    session.commit()
    jobs.grade_pending(sitting.exam_id)
    session.execute(text("UPDATE exams SET closes_at = clock_timestamp() - interval '1 hour'"))
    session.execute(text("UPDATE sheets SET deadline_at = clock_timestamp() - interval '1 hour'"))
    session.commit()
    result = html.unescape(sitting.client.get(f"{sitting.url}/result").text)
    assert "90.0000" in result, "18 of 20 marks: two of four places in order"
    assert "见 GB 2893。" in result
    assert "正确： 呼救" in result
    assert "围挡" in result
    assert 'data-mark="wrong"' in result


def test_what_cannot_be_an_answer_is_refused_and_the_rest_is_kept(sitting: Sitting, session: Session) -> None:
    slots = slots_of(sitting.client.get(sitting.url).text)
    wrong = {
        "matching": "AAAA",
        "ordering": "AABC",
        "numeric": "x" * 300,
        "passage": '["Z",""]',
        "fill": "绿色",
    }
    items = [{"slot": slots[kind], "seq": 1, "answer": wrong[kind], "flag": False} for kind in KINDS]
    reply = sitting.send(*items)
    assert reply.status_code in {200, 422}, reply.text
    if reply.status_code == 200:
        assert {item["state"] for item in body(reply)["items"]} == {"refused"}
    assert set(session.get_one(Sheet, sitting.attempt_id).answers) == {""}


def test_all_types_are_answered_without_script(sitting: Sitting, session: Session) -> None:
    page = sitting.client.get(sitting.url).text
    slots, right = slots_of(page), right_answers(page)
    form = {
        "lease": sitting.lease,
        f"a{slots['matching']}": list(right["matching"]),
        f"a{slots['ordering']}": [right["ordering"][0], right["ordering"][0], *right["ordering"][2:]],
        f"a{slots['numeric']}": "36",
        f"a{slots['passage']}.0": "A",
        f"a{slots['passage']}.1": "围挡",
        f"a{slots['fill']}": "红色",
    }
    assert sitting.client.post(f"{sitting.url}/answers", data=form).status_code == 303
    session.expire_all()
    stored = session.get_one(Sheet, sitting.attempt_id).answers
    assert stored[slots["matching"]] == right["matching"]
    assert stored[slots["ordering"]] == right["ordering"][0] + "-" + right["ordering"][2:]
    assert stored[slots["numeric"]] == "36"
    assert json.loads(stored[slots["passage"]]) == ["A", '["围挡"]']
    assert stored[slots["fill"]] == '["红色"]'
