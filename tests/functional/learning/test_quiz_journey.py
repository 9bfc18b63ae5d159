"""A quiz from its page to the summary, with and without script; the key never comes before the answer."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import make_account, make_participation, make_person, sign_in
from tests.functional.learning.quiz_site import EVENT, EXPLANATION, QuizSite, make_site, words_of
from webapp.banks.models import Bank
from webapp.contests.models import Event
from webapp.learning.models import PointEntry, QuizAnswer


@pytest.fixture
def site(client: FlaskClient, session: Session) -> QuizSite:
    return make_site(client, session)


def test_a_round_without_script_from_start_to_summary(site: QuizSite) -> None:
    intro = words_of(site.client.get(site.address))
    assert "每轮 3 题" in intro
    assert "得 1 分" in intro
    address = site.start()
    verdicts = [(site.answer(address, right), site.go_on(address))[0] for right in (True, False, True)]
    assert "答对了" in words_of(verdicts[0])
    assert "您得到 1 分" in words_of(verdicts[0])
    assert "这次没答对" in words_of(verdicts[1])
    assert all(EXPLANATION in words_of(page) for page in verdicts)
    summary = words_of(site.client.get(address))
    assert "本轮小结" in summary
    assert "2 / 3" in summary
    assert "第 2 题" in summary
    assert "再练一轮" in summary
    assert "最近几轮" in words_of(site.client.get(site.address))


def test_with_script_only_the_step_is_swapped(site: QuizSite) -> None:
    address = site.start()
    verdict = site.answer(address, htmx=True)
    assert verdict.status_code == 200
    assert "<html" not in verdict.text
    assert 'id="quiz-step"' in verdict.text
    assert verdict.headers["HX-Trigger"] == "points-changed"
    wrong = (site.go_on(address), site.answer(address, right=False, htmx=True))[1]
    assert "HX-Trigger" not in wrong.headers


def test_the_key_never_leaves_before_the_answer(site: QuizSite) -> None:
    """Every page of a round before an answer, whole and as a fragment, with the key nowhere in it."""
    address = site.start()
    for number in range(3):
        for headers in ({}, {"HX-Request": "true"}):
            for path in (address, f"{address}?slot={number}", f"{address}?slot=2", site.address):
                body = site.client.get(path, headers=headers).text
                assert EXPLANATION not in body
                assert "data-mark" not in body
                assert "option__verdict" not in body
        assert EXPLANATION in site.answer(address).text
        site.go_on(address)


def test_an_empty_answer_is_asked_for_again_and_stores_nothing(site: QuizSite) -> None:
    address = site.start()
    for form in ({}, {"a0": ""}, {"a0": "\u200b"}, {"a1": "A"}):
        page = site.client.post(f"{address}/answers/0", data=form)
        assert page.status_code == 422
        assert "请先选择或填写答案" in page.text
        assert EXPLANATION not in page.text
    assert site.session.scalar(select(func.count()).select_from(QuizAnswer)) == 0


def test_the_second_answer_to_a_question_changes_nothing(site: QuizSite) -> None:
    address = site.start()
    right = site.given(address)
    assert "这次没答对" in words_of(site.answer(address, right=False))
    again = site.client.post(f"{address}/answers/0", data=right, follow_redirects=True)
    assert "这次没答对" in words_of(again)
    assert site.session.scalar(select(func.sum(PointEntry.points))) is None


def test_p03_forged_fields_earn_nothing_more(site: QuizSite) -> None:
    address = site.start()
    forged = {"points": "100", "is_right": "true", "took_s": "60", "credited": "100", "source_id": "9"}
    page = site.answer(address, extra=forged)
    assert "您得到 1 分" in words_of(page)
    site.go_on(address)
    wrong = site.answer(address, right=False, extra=forged)
    assert "这次没答对" in words_of(wrong)
    fast = (site.go_on(address), site.answer(address, fast=True, extra=forged))[1]
    assert "答得太快" in words_of(fast)
    assert [entry.points for entry in site.session.scalars(select(PointEntry))] == [1]


def test_three_hasty_answers_lead_to_a_pause(client: FlaskClient, session: Session) -> None:
    site = make_site(client, session, count=5)
    address = site.start()
    for _ in range(3):
        site.answer(address, fast=True)
        paused = site.go_on(address)
    assert paused.request.path == f"{address}/wait"
    assert "请慢慢来" in paused.text
    assert f'hx-get="{address}/wait"' in paused.text
    assert site.round_of(address).slot == 2
    assert site.start() == address, "the round stays"


def test_a_question_ahead_is_refused(site: QuizSite) -> None:
    address = site.start()
    assert site.client.post(f"{address}/answers/2", data={"a2": "A"}).status_code == 409
    assert site.client.post(f"{address}/answers/0/next").status_code == 409


def test_a_round_of_somebody_else_answers_like_a_missing_one(site: QuizSite) -> None:
    address = site.start()
    event = site.session.get_one(Event, site.event_id)
    other = make_person()
    make_participation(event, other)
    sign_in(site.client, make_account(other))
    assert site.client.get(address).status_code == 404
    assert site.client.get(f"{address}/wait").status_code == 404
    assert site.client.post(f"{address}/answers/0", data={"a0": "A"}).status_code == 404
    assert site.client.post(f"{address}/answers/0/next").status_code == 404
    sign_in(site.client, make_account())
    assert site.client.get(site.address).status_code == 404, "who does not take part sees no quiz"


def test_a_sealed_bank_says_so_and_shows_no_question(site: QuizSite) -> None:
    address = site.start()
    site.answer(address)
    seen = f"{address}?slot=0"
    assert EXPLANATION in site.client.get(seen).text
    site.go_on(address)
    site.session.query(Bank).filter_by(code=site.bank).update({"is_sealed": True})
    site.session.commit()
    intro = site.client.get(site.address)
    assert "用于考试" in intro.text
    for path in (address, seen):
        page = site.client.get(path)
        assert page.status_code == 409
        assert EXPLANATION not in page.text
        assert "question__stem" not in page.text


def test_the_course_list_shows_how_far_the_quiz_is(site: QuizSite) -> None:
    site.play()
    page = site.client.get(EVENT)
    assert 'data-state="done"' in page.text
    assert "+3" in page.text


def test_an_answer_takes_a_bounded_number_of_statements(site: QuizSite, count_queries: list[str]) -> None:
    """An answer is one transaction: whose round, the question, its key, the caps, the entry, the book."""
    address = site.start()
    site.answer(address)
    site.go_on(address)
    site.wait()
    form = site.given(address)
    count_queries.clear()
    site.client.post(f"{address}/answers/1", data=form, headers={"HX-Request": "true"})
    assert len(count_queries) <= 26, "\n".join(count_queries)
