"""Row G06: a key is corrected with its effect shown first, a second person, and in one step; and what else
may be ruled about a question after the close."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import make_account
from tests.integration.exam.exams import Sat, make_bank_version, make_exam, sit
from tests.integration.leaderboard.boards import DEFINITION, combine_for
from webapp.banks.rules.schema import QuestionKey
from webapp.contests import queries as contests
from webapp.contests import service as contests_service
from webapp.contests.models import Stage
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.exam import jobs
from webapp.exam.errors import ListFrozen, OwnRequest, RulingNotReady, StillOpen, StillWriting
from webapp.exam.models import Attempt, Exam, ExamAction, Grade, Ruling, Sheet
from webapp.exam.queries.keys import marked_questions
from webapp.exam.rules.rulings import RulingKind
from webapp.exam.rules.saving import Item
from webapp.exam.service import actions, doors, hot, ruling
from webapp.exam.service.actions import Asked
from webapp.exam.service.regrading import regrade_check
from webapp.exam.service.submitting import submit


class Closed:
    """An exam that is over: the first person answered the question A, the second B, the third nothing."""

    def __init__(self, session: Session) -> None:
        at = clock.now()
        self.session = session
        definition = DEFINITION.read_text(encoding="utf-8")
        contests_service.load_contest(
            definition.replace("quota = 100", "quota = 1").replace("quota = 30\n", 'quota = "undecided"\n')
        )
        stage = contests.stage_by_codes("jilin-5", "welding", "preliminary")
        self.exam_id = make_exam(
            session.get_one(Stage, stage.stage_id),
            make_bank_version(questions=24),  # five of six of each kind: any three papers share some
            opens_at=at - timedelta(hours=6),
            closes_at=at - timedelta(hours=1),
        )
        self.sat = [sit(self.exam_id, at=at - timedelta(hours=3)) for _ in range(4)]
        self.version_id, self.slots = self._shared()
        for sat, letter in zip(self.sat, "AB", strict=False):
            self._answer(sat, letter, at)
        for sat in self.sat:
            with transaction():
                submit(sat.attempt_id, sat.person_id, sat.lease, at - timedelta(hours=2, minutes=50))
        jobs.grade_pending(self.exam_id)
        self.stage_id: int = session.get_one(Exam, self.exam_id).stage_id
        self.combine()
        session.expire_all()

    def _shared(self) -> tuple[int, dict[int, int]]:
        """A single-choice question on the papers of the first three, and its slot on each."""
        papers = {
            sat.attempt_id: list(self.session.get_one(Attempt, sat.attempt_id).paper) for sat in self.sat
        }
        kinds = marked_questions({one for paper in papers.values() for one in paper})
        wanted = [self.sat[0].attempt_id, self.sat[1].attempt_id, self.sat[2].attempt_id]
        shared = set.intersection(*(set(papers[one]) for one in wanted))
        version_id = next(one for one in sorted(shared) if kinds[one].public.type == "single")
        return version_id, {
            one: paper.index(version_id) for one, paper in papers.items() if version_id in paper
        }

    def _answer(self, sat: Sat, letter: str, at: Any) -> None:
        from webapp.exam.queries.sheets import own_sheet

        slot = self.slots[sat.attempt_id]
        shown = own_sheet(sat.attempt_id, sat.person_id).order(slot, 4).index("ABCD".index(letter))
        self.session.rollback()
        hot.save(
            sat.attempt_id, sat.person_id, sat.lease, [Item(slot, 1, "ABCD"[shown], False)],
            at - timedelta(hours=2, minutes=55),
        )  # fmt: skip

    def combine(self) -> None:
        combine_for(self.stage_id, [sat.participation_id for sat in self.sat])

    def marks(self) -> list[Decimal]:
        """The paper marks of the four, by their current grades."""
        self.session.rollback()
        self.session.expire_all()
        found = []
        for sat in self.sat:
            sheet = self.session.get_one(Sheet, sat.attempt_id)
            assert sheet.current_grade_id is not None
            found.append(Decimal(self.session.get_one(Grade, sheet.current_grade_id).mark))
        return found

    def draft(self, kind: RulingKind, key: QuestionKey | None = None) -> int:
        order = ruling.RulingOrder(self.exam_id, self.version_id, kind, "答案有误", key)
        with transaction():
            ruling_id = ruling.draft_ruling(order, 1)
        jobs.weigh(ruling_id)
        self.session.expire_all()
        return ruling_id

    def snapshot(self) -> list[Any]:
        """Everything that must stay when a ruling is given up: digests, grades, scores, standings."""
        self.session.rollback()
        statements = (
            "SELECT attempt_id, state, receipt, current_grade_id FROM sheets ORDER BY 1",
            "SELECT id, attempt_id, version, input_digest, mark, score FROM grades ORDER BY 1",
            "SELECT participation_id, component, version, score FROM component_scores ORDER BY 1, 2, 3",
            "SELECT entry_id, combined, sort_key, revision FROM standings ORDER BY 1",
        )
        return [[tuple(row) for row in self.session.execute(text(one))] for one in statements]


KEY_B = QuestionKey(letters="B")


def test_g06_the_effect_is_complete_before_anything_changes(app: Flask, committed_db: Session) -> None:
    closed = Closed(committed_db)
    before = closed.snapshot()
    row = committed_db.get_one(Ruling, closed.draft(RulingKind.KEY, KEY_B))
    assert row.state == "ready"
    assert row.effect["papers"] == len(closed.slots)
    assert (row.effect["higher"], row.effect["lower"]) == (1, 1)
    people = {one["participation_id"]: one for one in row.effect["people"]}
    up, down = people[closed.sat[1].participation_id], people[closed.sat[0].participation_id]
    assert Decimal(up["score_after"]) - Decimal(up["score_before"]) == 5
    assert Decimal(down["score_after"]) - Decimal(down["score_before"]) == -5
    assert (up["rank_before"], up["rank_after"], up["in_before"], up["in_after"]) == (2, 1, False, True)
    assert (down["in_before"], down["in_after"]) == (True, False)
    assert (row.effect["enters"], row.effect["leaves"]) == (1, 1)
    assert closed.snapshot() == before


def test_g06_giving_it_up_leaves_every_digest_and_standing(app: Flask, committed_db: Session) -> None:
    closed = Closed(committed_db)
    before = closed.snapshot()
    first = closed.draft(RulingKind.KEY, KEY_B)
    with transaction():
        ruling.cancel_ruling(first, closed.exam_id)
    asker, second_person = make_account().id, make_account().id
    committed_db.commit()
    second = closed.draft(RulingKind.KEY, KEY_B)
    with transaction():
        action = ruling.ask_ruling(second, closed.exam_id, Asked(asker, "答案有误", two_person=True)).id
    with transaction():
        actions.decide(action, second_person, agree=False, at=clock.now())
    assert jobs.apply_ruling(first) == jobs.apply_ruling(second) == 0
    assert closed.snapshot() == before
    with pytest.raises(RulingNotReady), transaction():
        ruling.ask_ruling(first, closed.exam_id, Asked(asker, "答案有误", two_person=False))


def test_g06_a_second_person_agrees_and_all_papers_change_in_one_step(
    app: Flask, committed_db: Session, run_jobs: Callable[[], Any]
) -> None:
    closed = Closed(committed_db)
    before = closed.marks()
    old = {row.attempt_id: (row.id, row.input_digest) for row in committed_db.scalars(select(Grade))}
    asker, second_person = make_account().id, make_account().id
    committed_db.commit()
    ruling_id = closed.draft(RulingKind.KEY, KEY_B)
    with transaction():
        action = ruling.ask_ruling(ruling_id, closed.exam_id, Asked(asker, "答案有误", two_person=True)).id
    with pytest.raises(OwnRequest), transaction():
        actions.decide(action, asker, agree=True, at=clock.now())
    with transaction():
        actions.decide(action, second_person, agree=True, at=clock.now())
    committed_db.expire_all()
    assert committed_db.get_one(ExamAction, action).state == "running"
    with transaction():
        assert ruling.prepare_grades(ruling_id) == len(closed.slots)
    assert closed.marks() == before, "prepared grades are not seen before the step"
    assert jobs.apply_ruling(ruling_id) == len(closed.slots)
    assert jobs.apply_ruling(ruling_id) == 0
    after = closed.marks()
    assert [new - was for new, was in zip(after, before, strict=True)] == [-1, 1, 0, 0]
    assert committed_db.get_one(ExamAction, action).state == "done"
    kept = {row.id: row.input_digest for row in committed_db.scalars(select(Grade))}
    assert all(kept[grade_id] == digest for grade_id, digest in old.values()), "old grades stay"
    assert regrade_check(closed.stage_id).agrees
    closed.combine()
    scores = committed_db.scalars(
        text(
            "SELECT score FROM component_scores WHERE participation_id = :id AND component = 'theory'"
            " ORDER BY version"
        ),
        {"id": closed.sat[1].participation_id},
    ).all()
    assert [int(score) for score in scores] == [0, 5]


@pytest.mark.parametrize(
    ("kind", "moved"),
    [(RulingKind.EVERYBODY, [0, 1, 1]), (RulingKind.ANSWERED, [0, 1, 0]), (RulingKind.DROP, [-1, 0, 0])],
)
def test_g06_the_other_rulings_do_what_they_say_and_the_second_grader_agrees(
    app: Flask, committed_db: Session, kind: RulingKind, moved: list[int]
) -> None:
    closed = Closed(committed_db)
    before = closed.marks()
    ruling_id = closed.draft(kind)
    with transaction():
        ruling.ask_ruling(ruling_id, closed.exam_id, Asked(1, "题目有误", two_person=False))
    jobs.apply_ruling(ruling_id)
    assert [new - was for new, was in zip(closed.marks(), before, strict=True)][:3] == moved
    sheet = committed_db.get_one(Sheet, closed.sat[0].attempt_id)
    grade = committed_db.get_one(Grade, sheet.current_grade_id)
    assert grade.full_mark == (19 if kind is RulingKind.DROP else 20)
    assert regrade_check(closed.stage_id).agrees


def test_g06_nobody_rules_while_the_exam_is_open_or_the_list_is_frozen(
    app: Flask, committed_db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = Closed(committed_db)
    late = sit(closed.exam_id, at=clock.now() - timedelta(hours=1, minutes=1))
    with pytest.raises(StillWriting):
        closed.draft(RulingKind.DROP)
    with transaction():
        committed_db.execute(
            text("UPDATE sheets SET state = 'void' WHERE attempt_id = :id"), {"id": late.attempt_id}
        )
    monkeypatch.setattr(doors, "_is_frozen", [lambda _stage: True])
    with pytest.raises(ListFrozen):
        closed.draft(RulingKind.DROP)
    open_exam = make_exam()
    version_id = committed_db.scalars(select(Attempt.paper)).first()
    assert version_id is not None
    sat = sit(open_exam)
    paper = committed_db.get_one(Attempt, sat.attempt_id).paper
    with pytest.raises(StillOpen):
        ruling.draft_ruling(ruling.RulingOrder(open_exam, paper[0], RulingKind.DROP, "题目有误"), 1)
