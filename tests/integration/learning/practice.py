"""A learner with a quiz, and answers as a page would send them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.integration.exam.exams import make_bank_version
from tests.integration.learning.stand import DAY, make_learner
from webapp.banks.models import Bank
from webapp.banks.queries.practice import asked
from webapp.banks.rules.answers import to_displayed
from webapp.banks.rules.schema import QuestionType
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.learning.queries.quizzes import AnswerView, RoundView, own_round
from webapp.learning.rules.quizzes import option_order
from webapp.learning.service import quizzes
from webapp.learning.service.learners import Learner

RIGHT = {"single": "A", "multiple": "AC", "true_false": "T", "fill": "触电"}
"""The keys of `make_bank_version`."""
WRONG = {"single": "B", "multiple": "AB", "true_false": "F", "fill": "别的"}


@dataclass
class Practice:
    """A person at one quiz. Slow by default: every question is answered ten seconds after it was shown."""

    learner: Learner
    quiz: quizzes.Quiz
    now: datetime = DAY

    @property
    def person_id(self) -> int:
        return self.learner.person_id

    def start(self) -> int:
        with transaction():
            return quizzes.start(self.learner, self.quiz, self.now)

    def view(self, round_id: int) -> RoundView:
        found = own_round(round_id, self.person_id)
        db.session.rollback()
        return found

    def given(self, round_id: int, slot: int, right: bool = True) -> dict[str, list[str]]:
        """What the page sends for a right or wrong answer: letters as they were shown."""
        found = own_round(round_id, self.person_id)
        question = asked([found.version_ids[slot]])[found.version_ids[slot]]
        db.session.rollback()
        text = (RIGHT if right else WRONG)[question.kind.value]
        if question.kind in {QuestionType.TRUE_FALSE, QuestionType.FILL}:
            return {f"a{slot}": [text]}
        order = option_order(found.option_seed, slot, len(question.public.options))
        return {f"a{slot}": list(to_displayed(text, order))}

    def answer(self, round_id: int, slot: int, right: bool = True, after_s: float = 10) -> AnswerView:
        """Answer `after_s` seconds later."""
        given = self.given(round_id, slot, right)
        self.now += timedelta(seconds=after_s)
        with transaction():
            return quizzes.answer(round_id, self.person_id, slot, given, self.now)

    def go_on(self, round_id: int, slot: int) -> None:
        with transaction():
            quizzes.go_on(round_id, self.person_id, slot, self.now)

    def whole_round(self, right: bool = True, after_s: float = 10) -> list[AnswerView]:
        """Start a round, or go on with it, and answer everything in it."""
        round_id = self.start()
        return self.finish(round_id, right, after_s)

    def finish(self, round_id: int, right: bool = True, after_s: float = 10) -> list[AnswerView]:
        found = self.view(round_id)
        for slot in range(found.slot, found.count):
            self.answer(round_id, slot, right, after_s)
            self.go_on(round_id, slot)
        return list(self.view(round_id).answers.values())


def make_practice(count: int = 4, questions: int = 12, event_code: str = "welding") -> Practice:
    """Somebody with a quiz of `count` questions a round from a bank of `questions`."""
    version = make_bank_version(questions)
    bank = db.session.get_one(Bank, version.bank_id)
    bank.approved_version_id = version.id
    learner = make_learner(event_code)
    title = {"zh": "用电安全小测", "en": "Electricity quiz"}
    made = Practice(learner, quizzes.Quiz(7001, title, bank.code, (), count))
    db.session.commit()
    return made
