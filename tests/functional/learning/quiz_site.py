"""A learner at a quiz in the browser, in a contest whose learning is open today."""

import re
from dataclasses import dataclass
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import make_account, make_participation, make_person, sign_in
from tests.integration.exam.exams import make_bank_version
from tests.integration.learning.practice import RIGHT, WRONG
from tests.integration.learning.stand import DEFINITION
from webapp.accounts.models import Account
from webapp.banks.models import Bank, BankVersion, QuestionVersion
from webapp.banks.rules.answers import to_displayed
from webapp.banks.rules.schema import QuestionType
from webapp.contests import service as contests
from webapp.contests.models import Event
from webapp.contests.rules.reanchor import Anchor, reanchor
from webapp.core import clock
from webapp.courses.models import Course, CourseEvent, Lesson
from webapp.learning.models import QuizRound
from webapp.learning.rules.quizzes import option_order

EVENT = "/learning/jilin-5/welding"
EXPLANATION = "因为"
"""What `make_bank_version` writes as the explanation of every question."""


@dataclass
class QuizSite:
    """alice, signed in, with a quiz of `count` questions a round."""

    client: FlaskClient
    session: Session
    alice: Account
    participation_id: int
    event_id: int
    contest_id: int
    bank: str
    lesson_id: int

    @property
    def address(self) -> str:
        return f"{EVENT}/quiz/{self.lesson_id}"

    def start(self) -> str:
        """The address of the open round, or of a new one."""
        started = self.client.post(self.address)
        assert started.status_code == 303, started.text
        return str(started.location)

    def round_of(self, address: str) -> QuizRound:
        self.session.expire_all()
        return self.session.get_one(QuizRound, int(address.split("?", maxsplit=1)[0].rsplit("/", 1)[1]))

    def wait(self, seconds: float = 10) -> None:
        """Let time pass since the present question was shown, and since the answers before it."""
        self.session.execute(
            text("UPDATE quiz_rounds SET shown_at = shown_at - :gone * interval '1 second'"),
            {"gone": seconds},
        )
        self.session.commit()

    def given(self, address: str, right: bool = True) -> dict[str, list[str]]:
        """The form that the present question takes."""
        held = self.round_of(address)
        question = self.session.get_one(QuestionVersion, held.version_ids[held.slot])
        answer = (RIGHT if right else WRONG)[question.type]
        if question.type in {QuestionType.TRUE_FALSE, QuestionType.FILL}:
            return {f"a{held.slot}": [answer]}
        order = option_order(held.option_seed, held.slot, len(question.options))
        return {f"a{held.slot}": list(to_displayed(answer, order))}

    def answer(
        self,
        address: str,
        right: bool = True,
        fast: bool = False,
        htmx: bool = False,
        extra: dict[str, str] | None = None,
    ) -> TestResponse:
        """Answer the present question; without script the verdict's page is fetched as a browser does."""
        form: dict[str, list[str] | str] = {**self.given(address, right), **(extra or {})}
        if not fast:
            self.wait()
        headers = {"HX-Request": "true"} if htmx else {}
        slot = self.round_of(address).slot
        return self.client.post(
            f"{address}/answers/{slot}", data=form, headers=headers, follow_redirects=not htmx
        )

    def go_on(self, address: str) -> TestResponse:
        slot = self.round_of(address).slot
        return self.client.post(f"{address}/answers/{slot}/next", follow_redirects=True)

    def play(self, right: bool = True) -> str:
        """A whole round; its address."""
        address = self.start()
        for _ in range(len(self.round_of(address).version_ids)):
            assert self.answer(address, right).status_code == 200
            self.go_on(address)
        return address


def make_site(
    client: FlaskClient,
    session: Session,
    count: int = 3,
    questions: int = 12,
    version: BankVersion | None = None,
) -> QuizSite:
    """The contest as shipped, moved so that learning is open; alice takes part in welding. version: of the bank,
    else one with `questions` in it."""
    today = clock.now().astimezone(clock.SHANGHAI).date()
    contests.load_contest(
        reanchor(DEFINITION.read_text(encoding="utf-8"), {"welding": Anchor.LEARNING}, today),
        now=clock.now() - timedelta(days=365),
    )
    event = session.scalars(select(Event).where(Event.code == "welding")).one()
    version = version or make_bank_version(questions)
    bank = session.get_one(Bank, version.bank_id)
    bank.approved_version_id = version.id
    course = Course(code="power", title={"zh": "用电", "en": "Power"}, current_version_id=1)
    session.add(course)
    session.flush()
    lesson = Lesson(
        course_id=course.id,
        key="check",
        kind="quiz",
        position=1,
        title={"zh": "用电小测", "en": "Power quiz"},
        content={"bank": bank.code, "topics": [], "count": count},
    )
    session.add_all([lesson, CourseEvent(course_id=course.id, event_id=event.id)])
    person = make_person("陆晓晴")
    participation = make_participation(event, person)
    alice = make_account(person)
    made = QuizSite(
        client, session, alice, participation.id, event.id, event.contest_id, bank.code, lesson.id
    )
    session.commit()
    sign_in(client, alice)
    return made


def words_of(page: TestResponse) -> str:
    """The main text of a page without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))
