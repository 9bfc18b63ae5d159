"""The wrong-answer book as its owner sees it."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.functional.learning.quiz_site import EVENT, EXPLANATION, QuizSite, make_site, words_of
from webapp.banks.models import Bank


@pytest.fixture
def site(client: FlaskClient, session: Session) -> QuizSite:
    return make_site(client, session)


def test_an_empty_book_says_what_comes_here(site: QuizSite) -> None:
    page = words_of(site.client.get("/learning/wrong-answers"))
    assert "这里还没有题目" in page
    assert "连续答对 2 次后自动移出" in page


def test_wrong_questions_are_listed_with_the_right_answer_and_practised_away(site: QuizSite) -> None:
    site.play(right=False)
    page = site.client.get("/learning/wrong-answers")
    assert page.text.count('<details class="panel"') == 3
    assert EXPLANATION in page.text
    assert "再答对 2 次移出" in page.text
    for left in (1, 0):
        started = site.client.post(f"{EVENT}/wrong-answers", data={"topic": f"{site.bank}:electric"})
        assert started.status_code == 303
        address = started.location
        for _ in range(3):
            site.answer(address)
            site.go_on(address)
        page = site.client.get("/learning/wrong-answers")
        assert page.text.count('<details class="panel"') == (3 if left else 0)
    assert "这里还没有题目" in page.text
    assert site.client.post(f"{EVENT}/wrong-answers").status_code == 409


def test_a_sealed_bank_leaves_the_book(site: QuizSite) -> None:
    site.play(right=False)
    site.session.query(Bank).filter_by(code=site.bank).update({"is_sealed": True})
    site.session.commit()
    page = site.client.get("/learning/wrong-answers")
    assert EXPLANATION not in page.text
    assert site.client.post(f"{EVENT}/wrong-answers").status_code == 409


def test_the_book_takes_a_bounded_number_of_statements(site: QuizSite, count_queries: list[str]) -> None:
    site.play(right=False)
    count_queries.clear()
    site.client.get("/learning/wrong-answers")
    few = len(count_queries)
    site.play(right=False)
    count_queries.clear()
    site.client.get("/learning/wrong-answers")
    assert len(count_queries) == few
