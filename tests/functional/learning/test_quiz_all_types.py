"""A quiz over every type that a program can mark: asked, marked, explained and repeated by the wrong-answer book."""

import html
import re
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.functional.learning.quiz_site import EVENT, QuizSite, make_site, words_of
from tests.integration.exam.all_types import QUESTIONS, make_bank_of
from tests.unit.banks.strategies import right_answer
from tests.unit.learning.test_quiz_answers import fields
from webapp.banks.models import Question
from webapp.banks.rules.schema import (
    Blank,
    FillRules,
    PublicQuestion,
    QuestionKey,
    QuestionType,
)
from webapp.learning.models import BookQuestion, QuizAnswer
from webapp.learning.rules.quizzes import option_order

ESSAY = (PublicQuestion(QuestionType.ESSAY, "谈谈您的体会。"), QuestionKey(reference="要点"))
PASSAGE_WITH_ESSAY = (
    PublicQuestion(
        QuestionType.PASSAGE, "某厂材料。", parts=(PublicQuestion(QuestionType.ESSAY, "为什么？"),)
    ),
    QuestionKey(parts=(QuestionKey(reference="因为"),), part_weights=(Decimal(1),)),
)
ANY_ORDER = (
    PublicQuestion(QuestionType.FILL, "“四不放过”之外还有____和____。", blanks=2),
    QuestionKey(
        blanks=(Blank(("预防", "防范")), Blank(("整改",))),
        fill=FillRules(any_order=True),
        explanation="两空不分先后。",
    ),
)
MULTIPLE = (
    PublicQuestion(QuestionType.MULTIPLE, "哪些是安全帽的要求？", ("系紧下颏带", "定期更换", "可以当凳子")),
    QuestionKey(letters="AB"),
)
SINGLE = (PublicQuestion(QuestionType.SINGLE, "先做什么？", ("断电", "跑开")), QuestionKey(letters="A"))
TRUE_FALSE = (PublicQuestion(QuestionType.TRUE_FALSE, "湿手可以合闸。"), QuestionKey(truth=False))
ASKED = (*QUESTIONS, ANY_ORDER, MULTIPLE, SINGLE, TRUE_FALSE)
WRONG = {
    "matching": "BBB", "ordering": "BACD", "numeric": "24", "passage": '["B","[\\"围挡\\"]"]',
    "single": "B", "multiple": "AC", "true_false": "T",
}  # fmt: skip
SAID = {
    "matching": ("红色", "警告", "正确： 禁止", "见 GB 2893。"),
    "ordering": ("判断意识", "正确： 切断电源"),
    "numeric": ("您的答案： 24", "参考答案： 36"),
    "passage": ("分包 您的选择", "总承包 正确答案", "您的答案： 围挡", "参考答案： 围挡"),
    "multiple": ("可以当凳子 您的选择", "定期更换 正确答案"),
    "single": ("跑开 您的选择", "断电 正确答案"),
    "true_false": ("正确 您的选择", "错误 正确答案"),
}
"""What the verdict on these wrong answers says, in words."""


class Learner:
    """Somebody at a round over ASKED."""

    def __init__(self, site: QuizSite) -> None:
        self.site = site
        rows = site.session.scalars(select(Question).where(Question.key.like("q-%")))
        self.by_id = {row.id: int(row.key[2:]) for row in rows}

    def present(self, address: str) -> tuple[PublicQuestion, QuestionKey]:
        held = self.site.round_of(address)
        return ASKED[self.by_id[held.question_ids[held.slot]]]

    def post(self, address: str, answer: str, **headers: str) -> TestResponse:
        held = self.site.round_of(address)
        public, _key = self.present(address)
        order = option_order(held.option_seed, held.slot, len(public.options))
        self.site.wait()
        form = fields(public, answer, f"a{held.slot}", order)
        return self.send(address, form, **headers)

    def send(self, address: str, form: dict[str, list[str]], **headers: str) -> TestResponse:
        slot = self.site.round_of(address).slot
        whole = not headers
        return self.site.client.post(
            f"{address}/answers/{slot}", data=form, headers=headers, follow_redirects=whole
        )

    def wrong(self, address: str) -> str:
        public, _key = self.present(address)
        if public.choices:
            return '["红色"]'
        return '["防范",""]' if public.type is QuestionType.FILL else WRONG[public.type.value]


@pytest.fixture
def learner(client: FlaskClient, session: Session) -> Learner:
    version = make_bank_of(session, (*ASKED, ESSAY, PASSAGE_WITH_ESSAY))
    return Learner(make_site(client, session, count=20, version=version))


def said(page: TestResponse) -> str:
    return html.unescape(words_of(page))


def test_right_answers_to_every_type_earn_their_points(learner: Learner) -> None:
    site, address = learner.site, learner.site.start()
    assert len(site.round_of(address).version_ids) == len(ASKED), "no written answer is asked"
    for _ in ASKED:
        public, key = learner.present(address)
        page = site.client.get(address).text
        assert public.stem.replace("____", "")[:4] in html.unescape(page)
        assert key.explanation not in page or not key.explanation
        answer = right_answer(public, key)
        if key.fill.any_order:
            answer = '["整改","防范"]'
        verdict = learner.post(address, answer)
        assert "答对了" in said(verdict), public.type
        assert 'data-mark="wrong"' not in verdict.text
        site.go_on(address)
    assert f"{len(ASKED)} / {len(ASKED)}" in said(site.client.get(address))


def test_wrong_answers_are_explained_in_words_and_repeated_by_the_book(learner: Learner) -> None:
    site, address = learner.site, learner.site.start()
    for _ in ASKED:
        public, key = learner.present(address)
        verdict = said(learner.post(address, learner.wrong(address)))
        assert "这次没答对" in verdict, public.type
        expected = SAID.get(public.type.value, ())
        if public.choices:
            expected = ("您的答案： 红色", "参考答案： 绿色")
        elif key.fill.any_order:
            expected = ("您的答案： 防范 / –", "参考答案（顺序不限）： 预防 / 防范; 整改", "两空不分先后。")
        for words in expected:
            assert words in verdict, (public.type, words, verdict)
        site.go_on(address)
    assert "0 / 9" in said(site.client.get(address))
    book = site.client.get("/learning/wrong-answers")
    assert book.text.count('<details class="panel"') == len(ASKED)
    for words in ("正确： 禁止", "参考答案： 36", "总承包 正确答案", "参考答案（顺序不限）："):
        assert words in said(book)
    for _ in range(2):
        address = site.client.post(f"{EVENT}/wrong-answers", data={"topic": ""}).location
        for _ in ASKED:
            learner.post(address, right_answer(*learner.present(address)))
            site.go_on(address)
    assert not site.session.scalars(select(BookQuestion).where(BookQuestion.is_in)).all()


def test_nothing_that_a_browser_never_sends_breaks_the_page(learner: Learner) -> None:
    site, address = learner.site, learner.site.start()
    for _ in ASKED:
        public, _key = learner.present(address)
        slot = site.round_of(address).slot
        for form in (
            {},
            {f"a{slot}": ["Z"] * 30},
            {f"a{slot}": ["\x00"]},
            {f"a{slot}.0": ["Z"], f"a{slot}.1": ["x"] * 9},
        ):
            page = learner.send(address, form)
            is_text = public.type is QuestionType.NUMERIC and form.get(f"a{slot}") == ["Z"] * 30
            assert page.status_code == (200 if is_text else 422), (public.type, form)
            if is_text:
                break
            assert "question__stem" in page.text
        if site.round_of(address).slot == slot and slot not in _answered(site, address):
            learner.post(address, learner.wrong(address))
        site.go_on(address)


def _answered(site: QuizSite, address: str) -> set[int]:
    round_id = site.round_of(address).id
    return set(site.session.scalars(select(QuizAnswer.slot).where(QuizAnswer.round_id == round_id)))


def test_one_step_at_two_places_is_said_and_what_was_chosen_stays(learner: Learner) -> None:
    site, address = learner.site, learner.site.start()
    while learner.present(address)[0].type is not QuestionType.ORDERING:
        learner.post(address, learner.wrong(address))
        site.go_on(address)
    slot = site.round_of(address).slot
    site.wait()
    page = learner.send(address, {f"a{slot}": ["B", "A", "B", "-"]})
    assert page.status_code == 422
    assert "同一个字母选了两处" in said(page)
    chosen = re.findall(r'<option value="(.)" selected>', page.text)
    assert chosen == ["B", "A", "-", "-"]
    assert slot not in _answered(site, address)


def test_a_passage_takes_no_more_statements_than_a_choice(learner: Learner, count_queries: list[str]) -> None:
    site, address = learner.site, learner.site.start()
    counts: dict[str, int] = {}
    for _ in ASKED:
        public, key = learner.present(address)
        held = site.round_of(address)
        order = option_order(held.option_seed, held.slot, len(public.options))
        form = fields(public, right_answer(public, key), f"a{held.slot}", order)
        site.wait()
        count_queries.clear()
        verdict = site.client.post(
            f"{address}/answers/{held.slot}", data=form, headers={"HX-Request": "true"}
        )
        assert verdict.status_code == 200
        counts[public.type.value] = len(count_queries)
        site.go_on(address)
    assert max(counts.values()) <= 26, counts
