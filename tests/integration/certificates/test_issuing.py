"""Certificates are issued once, when they are due, and stay as they are."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from tests.integration.certificates.stand import (
    ALONE,
    NAMES,
    another_paper,
    final_list,
    follow,
    issued,
    open_board,
    points,
)
from tests.integration.leaderboard.boards import OPEN_AFTER, Board, combine, grade, learn, make_board
from webapp.certificates import jobs
from webapp.certificates.models import Certificate, CertificateRun
from webapp.certificates.rules.facts import digest_of, facts_from
from webapp.certificates.rules.serial import normalised
from webapp.certificates.service import running, stepping
from webapp.contests.models import Stage
from webapp.core import clock, turns
from webapp.core.transaction import transaction
from webapp.leaderboard.jobs import rebuild_standings
from webapp.leaderboard.models import BoardSnapshot
from webapp.notifications.models import Notice
from webapp.registration.models import Participation
from webapp.stages.jobs import close_open_track


def ids(board: Board) -> str:
    return ",".join(str(one.participation_id) for one in board.people)


def close(session: Session, board: Board, minutes_ago: int = 1) -> None:
    session.get_one(Stage, board.stage_id).closes_at = clock.now() - timedelta(minutes=minutes_ago)
    session.commit()


def test_who_has_learned_and_sat_gets_a_certificate_at_once(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    board = open_board(4, finished=3, sat=3)
    run_jobs()
    made = issued(board)
    assert [one.award_code for one in made] == ["e-participation"] * 3
    said = facts_from(made[0].facts)
    assert (said.name, said.unit, said.rank, said.finished) == (
        NAMES[0],
        "第1机械厂",
        None,
        ("learning", "exam"),
    )
    assert said.event["zh"] == "安全生产知识"
    assert said.issued_on == clock.now().astimezone(clock.SHANGHAI).date()
    assert all(normalised(one.serial) == one.serial == one.facts["serial"] for one in made)
    assert all(one.digest == digest_of(one.facts) for one in made)
    told = session.scalars(select(Notice.person_id).where(Notice.link == "/my/certificates")).all()
    assert sorted(told) == sorted(one.person_id for one in made)


@pytest.mark.parametrize(("finished", "sat"), [(0, 1), (1, 0)])
def test_learning_alone_or_the_exam_alone_gives_none(
    session: Session, run_jobs: Callable[[], int], finished: int, sat: int
) -> None:
    board = open_board(1, finished, sat)
    run_jobs()
    jobs.drive()
    run_jobs()
    assert jobs.issue_due_certificates(board.stage_id, ids(board)) == 0
    assert issued(board) == []


def test_learning_that_is_finished_after_the_exam_gives_it_too(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    board = open_board(2, finished=0, sat=2)
    learn(board, [(board.people[0], 29)])
    combine(board)
    run_jobs()
    assert issued(board) == []
    learn(board, [(board.people[0], 1)])
    combine(board)
    run_jobs()
    assert [one.participation_id for one in issued(board)] == [board.people[0].participation_id]


def test_a_lost_wake_up_is_made_good(session: Session, app: Flask, run_jobs: Callable[[], int]) -> None:
    board = open_board(2)
    session.commit()
    app.extensions["jobs_inline"].clear()
    jobs.drive()
    run_jobs()
    assert len(issued(board)) == 2
    jobs.drive()
    assert run_jobs() == 0


def test_issuing_twice_gives_one(session: Session, run_jobs: Callable[[], int]) -> None:
    board = open_board(3)
    run_jobs()
    assert jobs.issue_due_certificates(board.stage_id, ids(board)) == 0
    rebuild_standings(board.stage_id)
    run_jobs()
    assert len(issued(board)) == 3
    assert session.scalar(select(func.count()).select_from(Notice)) == 3


def test_twenty_parallel_issues_give_one_each(app: Flask, session: Session) -> None:
    board = open_board(5, finished=5, sat=5)
    session.commit()

    def work(_: int) -> int:
        with app.app_context():
            return int(jobs.issue_due_certificates(board.stage_id, ids(board)))

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(work, range(20)))
    session.rollback()
    assert sum(made) == 5
    assert len({one.entry_id for one in issued(board)}) == len(issued(board)) == 5
    assert session.scalar(select(func.count()).select_from(Notice)) == 5


def test_who_no_longer_takes_part_gets_none(session: Session, run_jobs: Callable[[], int]) -> None:
    board = open_board(2)
    session.get_one(Participation, board.people[1].participation_id).state = "disqualified"
    session.commit()
    run_jobs()
    assert [one.participation_id for one in issued(board)] == [board.people[0].participation_id]


@pytest.mark.parametrize("table", ["certificates", "certificate_revocations"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_cannot_change_a_certificate(session: Session, table: str, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(statement.format(table)))


def test_a_final_list_gives_certificates_by_rank_to_those_who_go_on(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    board = make_board(
        4, names=NAMES, changes={"quota = 100": "quota = 2", "rank_to = 100": "rank_to = 2", **OPEN_AFTER}
    )
    snapshot_id = final_list(board, promoted=2)
    assert [follow(board.stage_id, snapshot_id).issued for _time in range(2)] == [2, 0]
    made = issued(board, "e-promotion")
    assert [(one.facts["name"], one.facts["rank"], one.facts["goes_on"]) for one in made] == [
        (NAMES[0], 1, True),
        (NAMES[1], 2, True),
    ]
    assert {one.snapshot_id for one in made} == {snapshot_id}


def test_a_substitute_who_goes_on_is_certified_whatever_the_rank(session: Session) -> None:
    board = make_board(3, changes={"quota = 100": "quota = 2", "rank_to = 100": "rank_to = 2", **OPEN_AFTER})
    snapshot_id = final_list(board, promoted=2, ranks=[1, 3, 4])
    follow(board.stage_id, snapshot_id)
    assert [one.facts["rank"] for one in issued(board, "e-promotion")] == [1, 3]


def test_a_newer_list_overtakes_an_issuing_that_is_under_way(session: Session) -> None:
    """Nobody gets one twice, and whoever stands on the newer list only is not forgotten."""
    board = make_board(3, changes={"quota = 100": "quota = 2", "rank_to = 100": "rank_to = 2", **OPEN_AFTER})
    first = final_list(board, promoted=1)
    with transaction():
        running.follow_list(board.stage_id, first, None, clock.now())
    run_id = session.scalars(select(CertificateRun.id)).one()
    with transaction():
        token = turns.claim(CertificateRun, run_id, clock.now())
        work = stepping.work_of(run_id)
        steps = [stepping.step(work, token, clock.now()) for _at in ("those who finished", "the list")]
    assert steps == [True, True]
    second = BoardSnapshot(
        stage_id=board.stage_id, number=10, kind="final", digest="",
        rows=[{"entry_id": one.entry_id, "rank": at + 1, "promoted": at < 2} for at, one in enumerate(board.people)],
    )  # fmt: skip
    session.add(second)
    session.commit()
    with transaction():
        running.follow_list(board.stage_id, second.id, None, clock.now())
    with transaction():
        assert not stepping.step(work, token, clock.now()), "it goes by the older list: another begins anew"
    jobs.run_certificates(run_id)
    made = issued(board, "e-promotion")
    assert [(one.facts["rank"], one.snapshot_id) for one in made] == [(1, first), (2, second.id)]
    assert session.get_one(CertificateRun, run_id).state == "done"


def test_a_list_of_another_stage_is_refused(session: Session) -> None:
    board = make_board(1)
    snapshot_id = final_list(board, promoted=1)
    with pytest.raises(ValueError, match="another stage"):
        follow(board.stage_id + 1, snapshot_id)


def test_an_open_track_without_a_notice_closes_by_itself_and_certifies_ranks(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    board = make_board(
        4, event="open-work-safety", stage="open", changes={**ALONE, "rank_to = 300": "rank_to = 2"}
    )
    points(board, 4)
    grade([(one, score) for one, score in zip(board.people, (90, 80, 75, 70), strict=True)])
    combine(board)
    close(session, board, minutes_ago=-1)
    close_open_track()
    run_jobs()
    assert issued(board, "e-rank") == []
    close(session, board)
    close_open_track()
    run_jobs()
    made = issued(board, "e-rank")
    assert [one.facts["rank"] for one in made] == [1, 2]
    assert not any(one.facts["goes_on"] for one in made)
    close_open_track()
    assert run_jobs() == 0
    assert session.scalar(select(func.count()).where(BoardSnapshot.kind == "final")) == 1


def test_shared_ranks_at_the_end_of_the_band_are_all_certified(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    board = make_board(
        3,
        event="open-work-safety",
        stage="open",
        changes={
            **ALONE,
            "rank_to = 300": "rank_to = 2",
            'breakers = ["theory", "time_used"]': "breakers = []",
        },
    )
    grade([(one, score) for one, score in zip(board.people, (90, 80, 80), strict=True)])
    combine(board)
    close(session, board)
    close_open_track()
    run_jobs()
    assert [one.facts["rank"] for one in issued(board, "e-rank")] == [1, 2, 2]


@pytest.mark.parametrize("state", ["open", "submitted", "graded"])
def test_nothing_is_final_while_a_paper_is_open_ungraded_or_not_combined(
    session: Session, run_jobs: Callable[[], int], state: str
) -> None:
    board = open_board(2, finished=2, sat=1, changes=ALONE)
    run_jobs()
    close(session, board)
    another_paper(board, 1, state)
    close_open_track()
    run_jobs()
    assert issued(board, "e-rank") == []
    assert session.scalar(select(func.count()).where(BoardSnapshot.kind == "final")) == 0


def test_a_condition_that_cannot_be_checked_issues_nothing(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    board = make_board(
        1,
        event="open-work-safety",
        stage="open",
        changes={
            'stage = "open"\nconditions = {learning = "finished", exam = "finished"}': 'stage = "open"\nconditions = {learning = "finished", exam = "finished", sex = "female"}'
        },
    )
    points(board, 1)
    grade([(board.people[0], 90)])
    combine(board)
    run_jobs()
    jobs.drive()
    run_jobs()
    assert issued(board) == []


def test_issuing_asks_the_database_a_fixed_number_of_questions(
    session: Session, count_queries: list[str]
) -> None:
    counts = []
    for people, event in ((2, "open-fire"), (12, "open-health")):
        board = open_board(people, finished=people, sat=people, event=event)
        jobs.issue_due_certificates(board.stage_id, "0")
        session.commit()
        count_queries.clear()
        jobs.issue_due_certificates(board.stage_id, ids(board))
        counts.append(len([one for one in count_queries if "INSERT INTO notices" not in one]))
        assert len(issued(board)) == people
    assert counts[0] == counts[1] <= 20


def test_certificates_table_is_read_back_as_written(session: Session, run_jobs: Callable[[], int]) -> None:
    board = open_board(1)
    run_jobs()
    row = session.get_one(Certificate, issued(board)[0].id)
    assert row.issue_number == 1
    assert row.issued_by_account_id is None
    assert row.template_version == "2-participation"
