"""Why somebody is stuck: one case for each cause, and which cause comes first."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from webapp.helpdesk.rules.stuck import (
    SILENT_AFTER,
    AccountFacts,
    ApplicationFacts,
    ExamFacts,
    Remedy,
    find_cause,
)

NOW = datetime(2026, 5, 23, 6, 0, tzinfo=UTC)
EVENT = {"zh": "焊工", "en": "Welding"}
FINE = AccountFacts("active")


def exam(state: str = "", **changes: Any) -> ExamFacts:
    """An exam that opened an hour ago and closes in two."""
    facts: dict[str, Any] = {
        "event": EVENT,
        "state": state,
        "is_stopped": False,
        "opens_at": NOW - timedelta(hours=1),
        "closes_at": NOW + timedelta(hours=2),
    }
    if state == "open":
        facts |= {"deadline_at": NOW + timedelta(minutes=30), "seen_at": NOW, "has_device": True}
    return ExamFacts(**{**facts, **changes})


ACCOUNTS = [
    (AccountFacts("", has_signed_in=False), "no account", Remedy.PERSON_ACTS),
    (AccountFacts("disabled"), "closed", Remedy.OTHERS_ACT),
    (AccountFacts("invited", has_signed_in=False), "never signed in", Remedy.ISSUE_CODE),
    (AccountFacts("active", locked_min=12), "locked", Remedy.UNLOCK),
    (AccountFacts("active", must_confirm=True), "not yet confirmed", Remedy.PERSON_ACTS),
]
EXAMS = [
    (exam(is_stopped=True), "stopped", Remedy.OTHERS_ACT),
    (exam(), "has not started", Remedy.PERSON_ACTS),
    (exam("created"), "has not started", Remedy.PERSON_ACTS),
    (exam("open"), "is writing", Remedy.FREE_LEASE),
    (exam("open", seen_at=NOW - SILENT_AFTER), "silent for a while", Remedy.FREE_LEASE),
    (exam("open", seen_at=NOW - SILENT_AFTER, has_device=False), "no device holds it", Remedy.PERSON_ACTS),
    (exam("open", deadline_at=NOW), "is over", Remedy.OTHERS_ACT),
    (exam("submitted"), "being marked", Remedy.OTHERS_ACT),
    (exam("void"), "declared void", Remedy.OTHERS_ACT),
    (exam(opens_at=NOW + timedelta(seconds=1)), "opens at", Remedy.PERSON_ACTS),
    (exam(closes_at=NOW), "ended before", Remedy.OTHERS_ACT),
    (exam("graded"), "Nothing is in", Remedy.NOTHING),
]
APPLICATIONS = [
    (ApplicationFacts(EVENT, "returned", reason="单位有误"), "came back for correction", Remedy.PERSON_ACTS),
    (ApplicationFacts(EVENT, "invited"), "own confirmation", Remedy.PERSON_ACTS),
    (
        ApplicationFacts(EVENT, "in_review", "示例县总工会", NOW - timedelta(days=2)),
        "has waited",
        Remedy.OTHERS_ACT,
    ),
    (ApplicationFacts(EVENT, "refused", reason="非在职职工"), "was refused", Remedy.PERSON_ACTS),
    (ApplicationFacts(EVENT, "confirmed"), "Nothing is in", Remedy.NOTHING),
    (ApplicationFacts(EVENT, "withdrawn"), "Nothing is in", Remedy.NOTHING),
]


@pytest.mark.parametrize(("account", "words", "remedy"), ACCOUNTS)
def test_signing_in_comes_first_even_while_an_exam_runs(
    account: AccountFacts, words: str, remedy: Remedy
) -> None:
    found = find_cause(account, [], [exam("open")], NOW)
    assert words in found.why.text
    assert found.remedy is remedy


@pytest.mark.parametrize(("facts", "words", "remedy"), EXAMS)
def test_each_state_of_an_exam_has_its_sentence(facts: ExamFacts, words: str, remedy: Remedy) -> None:
    found = find_cause(FINE, [], [facts], NOW)
    assert words in found.why.text
    assert found.remedy is remedy


@pytest.mark.parametrize(("facts", "words", "remedy"), APPLICATIONS)
def test_each_state_of_a_registration_has_its_sentence(
    facts: ApplicationFacts, words: str, remedy: Remedy
) -> None:
    found = find_cause(FINE, [facts], [], NOW)
    assert words in found.why.text
    assert found.remedy is remedy


def test_a_running_exam_is_told_before_a_waiting_registration() -> None:
    waiting = ApplicationFacts(EVENT, "in_review", since=NOW - timedelta(days=9))
    assert "is writing" in find_cause(FINE, [waiting], [exam("open")], NOW).why.text
    assert "has waited" in find_cause(FINE, [waiting], [exam("graded")], NOW).why.text


def test_of_two_running_exams_the_one_that_ends_first_is_told() -> None:
    other = exam("open", event={"zh": "电工", "en": "Electrician"}, deadline_at=NOW + timedelta(minutes=5))
    assert find_cause(FINE, [], [exam("open"), other], NOW).why.params["event"] == other.event


@pytest.mark.parametrize(("days", "late"), [(6, False), (7, True)])
def test_a_review_of_a_week_is_late(days: int, late: bool) -> None:
    waiting = ApplicationFacts(EVENT, "in_review", "示例县总工会", NOW - timedelta(days=days))
    found = find_cause(FINE, [waiting], [], NOW)
    assert found.why.params["days"] == days
    assert ("late" in found.step.text) is late
