"""What happened to one contestant, in order."""

from datetime import UTC, datetime, timedelta

import pytest

from webapp.core.words import Message
from webapp.exam.rules.timeline import KINDS, Fact, Kind, Moment, around, as_json, from_json, merged, moment

AT = datetime(2026, 5, 1, 9, tzinfo=UTC)


def after(seconds: int) -> datetime:
    return AT + timedelta(seconds=seconds)


def said(found: Moment) -> str:
    return found.text.text % {name: str(value) for name, value in found.text.params.items()}


@pytest.mark.parametrize(
    ("fact", "kind", "words"),
    [
        (Fact(AT, "saved", 0), Kind.SAVE, "Question 1 saved"),
        (Fact(AT, "saved-late", 19), Kind.SAVE, "Question 20 saved in the grace after the deadline"),
        (Fact(AT, "silent", 90), Kind.SILENCE, "No sign of the page for 90 s"),
        (Fact(AT, "grant", 5, "停电"), Kind.TIME, "Extra time: 5 minutes"),
        (Fact(AT, "graded", 1), Kind.MARKS, "Marked (version 1)"),
        (Fact(AT, "deadline"), Kind.PAPER, "Paper closed at the deadline"),
        (Fact(AT, "something-new"), Kind.PAPER, "Paper closed by the hosts"),
    ],
)
def test_a_record_is_said_in_words(fact: Fact, kind: Kind, words: str) -> None:
    found = moment(fact)
    assert (found.kind, said(found), found.words) == (kind, words, fact.words)


def test_a_refusal_tells_the_question_and_the_reason() -> None:
    found = moment(Fact(AT, "refused-lease", 4))
    assert found.kind is Kind.REFUSED
    assert found.text.params == {"n": 5, "reason": Message("written in another window")}


def test_parts_are_merged_by_time_and_counted_by_kind() -> None:
    exam = [moment(Fact(after(3), "start")), moment(Fact(after(5), "saved"))]
    staff = [Moment(after(4), Kind.HELP, Message("x"))]
    line = merged([staff, exam])
    assert [one.at for one in line.moments] == [after(3), after(4), after(5)]
    only = merged([staff, exam], "save")
    assert [one.kind for one in only.moments] == [Kind.SAVE]
    assert (only.counts[Kind.PAPER], only.counts[Kind.HELP], only.counts[Kind.TICKET]) == (1, 1, 0)
    assert len(merged([staff, exam], "nonsense").moments) == 3


def test_only_the_latest_moments_around_a_ticket_are_kept_and_come_back_unchanged() -> None:
    every = [moment(Fact(after(n), "refused-late", n, who="周岚")) for n in range(10)]
    kept = around(every, after(3), 4)
    assert [one.at for one in kept] == [after(6), after(7), after(8), after(9)]
    assert from_json(as_json(kept)) == kept


def test_every_kind_has_words() -> None:
    assert set(KINDS) == set(Kind)
