"""People who are due for certificates, on the shipped contest."""

from collections.abc import Callable, Mapping

from sqlalchemy import select, text

from tests.integration.leaderboard.boards import Board, combine, grade, learn, make_board
from webapp.certificates import jobs
from webapp.certificates.models import Certificate, CertificateRun
from webapp.certificates.service import running
from webapp.core import clock
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.leaderboard.models import BoardSnapshot
from webapp.leaderboard.service.closing import digest_of

NAMES = ("欧阳䶮", "阿卜杜热合曼·艾力", "扎西·次仁", "王芳", "Maria Johansson")


ALONE = {"quota = 300\nnotice_working_days = 5": "quota = 300\nnotice_working_days = 0"}
"""The open track without a public notice."""


def open_board(
    people: int = 3,
    finished: int = 3,
    sat: int = 3,
    event: str = "open-work-safety",
    changes: Mapping[str, str] = {},
) -> Board:
    """The open track: the first `finished` people have their points, the first `sat` a graded paper.

    Scores fall by one point from the first to the last. Jobs that this queues have not run yet."""
    board = make_board(people, event=event, stage="open", names=NAMES, changes=changes)
    points(board, finished)
    papers(board, sat)
    return board


def papers(board: Board, sat: int) -> None:
    """Grade the first papers and combine everybody; the others count as not sat."""
    without = [one.attempt_id for one in board.people[sat:]]
    _forget(without)
    grade([(one, 90 - at) for at, one in enumerate(board.people[:sat])])
    combine(board)


def points(board: Board, finished: int, amount: int = 30) -> None:
    """Points that finish learning, for the first people."""
    learn(board, [(one, amount) for one in board.people[:finished]])


def final_list(board: Board, promoted: int, ranks: list[int] | None = None) -> int:
    """A final list as the review leaves it: rank by rank, the first `promoted` go on; its id."""
    shown = ranks or list(range(1, len(board.people) + 1))
    rows = [
        {"entry_id": one.entry_id, "rank": rank, "promoted": at < promoted}
        for at, (one, rank) in enumerate(zip(board.people, shown, strict=True))
    ]
    made = BoardSnapshot(stage_id=board.stage_id, number=9, kind="final", rows=rows, digest=digest_of(rows))
    db.session.add(made)
    db.session.commit()
    return made.id


def follow(stage_id: int, snapshot_id: int) -> CertificateRun:
    """The list is final and its certificates are issued, as when a host makes it final; the run that did it."""
    with transaction():
        running.follow_list(stage_id, snapshot_id, None, clock.now())
    run = db.session.scalars(select(CertificateRun).order_by(CertificateRun.id.desc()).limit(1)).one()
    jobs.run_certificates(run.id)
    db.session.refresh(run)
    return run


def issued(board: Board, award_code: str = "") -> list[Certificate]:
    """The certificates of a board's stage in the order of issue."""
    query = select(Certificate).where(Certificate.stage_id == board.stage_id).order_by(Certificate.id)
    if award_code:
        query = query.where(Certificate.award_code == award_code)
    return list(db.session.scalars(query))


def one_certificate(run_jobs: Callable[[], int]) -> tuple[Board, Certificate]:
    """The certificate of one person who has finished, issued by the jobs."""
    board = open_board(1, 1, 1)
    run_jobs()
    return board, issued(board)[0]


def another_paper(board: Board, at: int, state: str) -> None:
    """A second attempt of one of the people, in this state, in place of the first."""
    one = board.people[at]
    values = {
        "exam": board.exam_id,
        "participation": one.participation_id,
        "person": one.person_id,
        "state": state,
    }
    attempt_id = db.session.execute(
        text(
            "INSERT INTO attempts (exam_id, participation_id, number, supersedes_id, paper, sections, option_seed,"
            " draw_version, paper_digest) VALUES (:exam, :participation, 2, :old, '{}', '{}', '', 1, '')"
            " RETURNING id"
        ),
        {**values, "old": one.attempt_id},
    ).scalar_one()
    db.session.execute(
        text(
            "INSERT INTO sheets (attempt_id, exam_id, participation_id, person_id, state, answers, seqs, flags,"
            " grace_s) VALUES (:attempt, :exam, :participation, :person, :state, '{}', '{}', '{}', 10)"
        ),
        {**values, "attempt": attempt_id},
    )
    db.session.commit()


def _forget(attempt_ids: list[int]) -> None:
    db.session.execute(
        text("UPDATE sheets SET state = 'void' WHERE attempt_id = ANY(:ids)"), {"ids": attempt_ids}
    )
    db.session.commit()
