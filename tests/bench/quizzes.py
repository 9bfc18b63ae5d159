"""Quiz answers as a browser with htmx sends them, each right, slow enough and worth a point."""

import itertools
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import select

from tests import factories
from tests.bench.load import request
from tests.bench.world import LEARNING_EVENT, Sitter, World
from webapp.accounts.models import Person
from webapp.banks.models import Bank
from webapp.banks.queries.banks import keys
from webapp.banks.queries.practice import AskedQuestion, asked, practice_pool
from webapp.banks.rules.answers import to_displayed
from webapp.banks.rules.schema import QuestionKey, QuestionType
from webapp.contests.models import Event
from webapp.core import clock
from webapp.core.db import db, keys_scope
from webapp.core.transaction import transaction
from webapp.learning.models import QuizRound
from webapp.learning.rules.quizzes import option_order

BANK = "work-safety"
SEED = "bench"


def quiz_posts(here: World, a_person: int) -> list[bytes]:
    """One request for each of `a_person` open rounds of everybody; person after person."""
    questions, key_of = _questions()
    with transaction():
        event = db.session.scalars(select(Event).where(Event.code == LEARNING_EVENT)).one()
        made = []
        for sitter in here.sitters:
            person = db.session.get_one(Person, sitter.person_id)
            participation = factories.make_participation(event, person)
            chosen = itertools.islice(itertools.cycle(questions), sitter.person_id % 7, None)
            for lesson in range(1, a_person + 1):
                question = next(chosen)
                begun = _begun(event.contest_id, participation.id, lesson, question)
                made.append((sitter, begun, question))
        db.session.flush()
        return [
            _post(sitter, begun.id, question, key_of[question.version_id]) for sitter, begun, question in made
        ]


def _questions() -> tuple[list[AskedQuestion], dict[int, QuestionKey]]:
    bank = db.session.scalars(select(Bank).where(Bank.code == BANK)).one()
    pool = practice_pool(bank.approved_version_id or 0)
    shown = asked([one.version_id for one in pool])
    with keys_scope():
        found = keys(list(shown))
    db.session.rollback()
    kinds = {QuestionType.SINGLE, QuestionType.MULTIPLE, QuestionType.TRUE_FALSE}
    return [one for one in shown.values() if one.kind in kinds], found


def _begun(contest_id: int, participation_id: int, lesson: int, question: AskedQuestion) -> QuizRound:
    long_ago = clock.now() - timedelta(minutes=1)
    begun = QuizRound(
        contest_id=contest_id,
        participation_id=participation_id,
        lesson_id=lesson,
        title={"zh": "小测"},
        question_ids=[question.question_id],
        version_ids=[question.version_id],
        option_seed=SEED,
        shown_at=long_ago,
        started_at=long_ago,
    )
    db.session.add(begun)
    return begun


def _post(sitter: Sitter, round_id: int, question: AskedQuestion, key: QuestionKey) -> bytes:
    if question.kind is QuestionType.TRUE_FALSE:
        letters = ["T" if key.truth else "F"]
    else:
        letters = list(to_displayed(key.letters, option_order(SEED, 0, len(question.public.options))))
    return request(
        "POST",
        f"/learning/rounds/{round_id}/answers/0",
        urlencode([("a0", letter) for letter in letters]).encode(),
        [
            ("Cookie", sitter.cookie),
            ("X-CSRFToken", sitter.csrf),
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("HX-Request", "true"),
            ("Accept", "text/html"),
        ],
    )
