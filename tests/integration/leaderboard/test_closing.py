"""P05: what was learned by the close is kept once and equals a recomputation."""

from datetime import timedelta

from sqlalchemy.orm import Session

from tests.factories import make_account
from tests.integration.learning.stand import DAY, make_learner
from webapp.contests.queries import stage_by_codes, stage_by_id
from webapp.contests.rules.schema import ActivityKind
from webapp.leaderboard.service.closing import close_learning, digest_of, due, learning_rows
from webapp.learning.queries.points import entries
from webapp.learning.service.ledger import ask_reversal, credit


def test_p05_the_closing_list_equals_a_recomputation(session: Session) -> None:
    learner = make_learner()
    window = learner.window
    assert window is not None
    stage = stage_by_codes("jilin-5", "welding", "preliminary")
    credit(learner, ActivityKind.VIDEO, "lesson", "1", now=DAY)
    credit(learner, ActivityKind.VIDEO, "lesson", "2", now=window.closes_at - timedelta(seconds=1))
    credit(learner, ActivityKind.VIDEO, "lesson", "3", now=window.closes_at)
    assert close_learning(stage.stage_id, window.closes_at - timedelta(seconds=1)) is None
    assert stage.stage_id in due(window.closes_at)
    kept = close_learning(stage.stage_id, window.closes_at)
    assert kept is not None
    assert [row[1:3] for row in kept.rows] == [["20.00", "6.6667"]]
    assert kept.digest == digest_of(learning_rows(stage_by_id(stage.stage_id), window.closes_at))


def test_p05_it_is_kept_once_and_later_corrections_leave_it(session: Session) -> None:
    learner = make_learner()
    window = learner.window
    assert window is not None
    stage_id = stage_by_codes("jilin-5", "welding", "preliminary").stage_id
    credit(learner, ActivityKind.VIDEO, "lesson", "1", now=DAY)
    kept = close_learning(stage_id, window.closes_at)
    assert kept is not None
    rows = list(kept.rows)
    entry = entries(learner.contest_id, learner.participation_id)[0]
    ask_reversal(learner.contest_id, entry.entry_id, "更正", make_account().id, False, window.closes_at)
    assert close_learning(stage_id, window.closes_at + timedelta(hours=1)) is None
    assert kept.rows == rows
    assert stage_id not in due(window.closes_at)
