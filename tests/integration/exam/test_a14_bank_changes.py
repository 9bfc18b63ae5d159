"""Row A14: whatever happens to the bank, a running paper, its page and its grade stay as they were."""

import re
import secrets

from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests.factories import make_account, sign_in
from tests.integration.exam.exams import add, make_bank_version, make_exam, participant
from webapp.accounts.models import Person
from webapp.banks.models import Bank, BankVersion, BankVersionQuestion, QuestionKeyRow, QuestionVersion
from webapp.core.db import db, keys_engine
from webapp.exam import jobs
from webapp.exam.models import Attempt, Grade, Sheet
from webapp.exam.queries.layouts import forget_layouts
from webapp.exam.queries.plans import forget_plans, plan
from webapp.exam.routes.fragments import forget_fragments
from webapp.exam.rules.draw import Slot, draw_paper, paper_digest, paper_seed

QUESTION = re.compile(r'<article class="question".*?</article>', re.S)


def edit_whole_bank(old: BankVersion) -> None:
    """A new approved version: every question reworded with another key, and the order reversed."""
    fresh = add(BankVersion(bank_id=old.bank_id, number=2, state="approved", digest=secrets.token_hex(32)))
    rows = db.session.execute(
        select(BankVersionQuestion.position, QuestionVersion)
        .join(QuestionVersion, QuestionVersion.id == BankVersionQuestion.question_version_id)
        .where(BankVersionQuestion.bank_version_id == old.id)
    ).all()
    keys = []
    for position, before in rows:
        made = add(
            QuestionVersion(
                question_id=before.question_id,
                number=2,
                type=before.type,
                stem=f"改过：{before.stem}",
                options=before.options[::-1],
                blanks=before.blanks,
                topic_id=before.topic_id,
                difficulty="hard",
                digest=secrets.token_hex(32),
            )
        )
        add(
            BankVersionQuestion(
                bank_version_id=fresh.id, question_version_id=made.id, position=len(rows) - position
            )
        )
        answer = {"single": "D", "multiple": "BD", "true_false": False, "fill": [["断电"]]}[before.type]
        keys.append({"question_version_id": made.id, "answer": answer, "rules": {}, "explanation": "改过"})
    db.session.get_one(Bank, old.bank_id).approved_version_id = fresh.id
    db.session.commit()
    with keys_engine().begin() as connection:
        connection.execute(insert(QuestionKeyRow), keys)


def forget_everything() -> None:
    """As after a restart of the process."""
    forget_layouts()
    forget_plans()
    forget_fragments()


def test_a14_paper_page_and_grade_do_not_follow_the_bank(client: FlaskClient, session: Session) -> None:
    forget_everything()
    bank = make_bank_version()
    exam_id = make_exam(bank_version=bank)
    person = participant(exam_id)
    sign_in(client, make_account(session.get_one(Person, person.person_id)))
    url = client.post(f"/exams/{exam_id}/start").location
    attempt_id = int(url.rsplit("/", 1)[1])
    before = QUESTION.findall(client.get(url).text)
    digest = session.get_one(Attempt, attempt_id).paper_digest
    lease = session.get_one(Sheet, attempt_id).lease
    judgements = re.findall(r'data-slot="(\d+)" data-seq="0" data-type="true_false"', "".join(before))
    items = [{"slot": int(slot), "seq": 1, "answer": "T"} for slot in judgements]
    edit_whole_bank(bank)
    forget_everything()
    after = QUESTION.findall(client.get(url).text)
    assert len(before) == 20
    assert after == before
    assert client.post(f"{url}/answers", json={"lease": lease, "items": items}).status_code == 200
    client.post(f"{url}/submit")
    jobs.grade_pending(exam_id)
    session.expire_all()
    assert session.scalars(select(Grade.mark)).one() == 5, "true is right under the key of the frozen version"
    attempt = session.get_one(Attempt, attempt_id)
    assert attempt.paper_digest == digest
    assert redrawn_digest(exam_id, attempt) == digest, "the paper can be drawn again from its seed"


def redrawn_digest(exam_id: int, attempt: Attempt) -> str:
    frozen = plan(exam_id)
    seed = paper_seed(frozen.secret, attempt.participation_id, attempt.number)
    slots: tuple[Slot, ...] = draw_paper(frozen.blueprint, frozen.pool, seed)
    return paper_digest(slots, seed)
