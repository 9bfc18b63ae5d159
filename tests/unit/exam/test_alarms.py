"""When a running exam calls for a person."""

import pytest

from webapp.exam.rules.alarms import (
    MOST,
    AlarmKind,
    Facts,
    HallFacts,
    RefusalFacts,
    Thresholds,
    alarms,
    thresholds_of,
    words_of,
)

LIMITS = Thresholds()


def kinds(facts: Facts, lasting: frozenset[tuple[str, str]] = frozenset()) -> list[tuple[str, str]]:
    return [(str(alarm.kind), alarm.subject) for alarm in alarms(facts, LIMITS, lasting)]


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        (Facts(expired_s=15), "sweeper"),
        (Facts(submitted_s=120), "backlog"),
        (Facts(outbox_s=30), "outbox"),
        (Facts(quarantined=1), "quarantine"),
        (Facts(clock_ms=-500), "clock"),
        (Facts(halls=(HallFacts("一考场", 20, 5),)), "silent"),
        (Facts(refusals=(RefusalFacts("refused-lease", 20, 10),)), "refusals"),
        (Facts(halls=(HallFacts("", 200, 0),), takeovers=10), "takeovers"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_number_at_its_threshold_calls_a_person(facts: Facts, kind: str) -> None:
    assert [name for name, _ in kinds(facts)] == [kind]


@pytest.mark.parametrize(
    "facts",
    [
        Facts(),
        Facts(expired_s=14.9, submitted_s=119, outbox_s=29, clock_ms=499),
        Facts(halls=(HallFacts("一考场", 4, 4),)),
        Facts(halls=(HallFacts("一考场", 100, 19),)),
        Facts(refusals=(RefusalFacts("refused-lease", 19, 0),)),
        Facts(refusals=(RefusalFacts("refused-lease", 40, 21),)),
        Facts(halls=(HallFacts("", 1000, 0),), takeovers=49),
    ],
    ids=[
        "nothing",
        "just-below",
        "small-hall",
        "small-share",
        "few-refusals",
        "not-rising",
        "small-share-moves",
    ],
)
def test_a_number_below_its_threshold_calls_nobody(facts: Facts) -> None:
    assert kinds(facts) == []


def test_each_hall_has_an_alarm_of_its_own() -> None:
    halls = (HallFacts("一考场", 30, 30), HallFacts("二考场", 30, 0), HallFacts("", 30, 10))
    assert kinds(Facts(halls=halls)) == [("silent", "一考场"), ("silent", "")]


def test_a_lasting_alarm_ends_only_below_three_quarters() -> None:
    lasting = frozenset({("backlog", "")})
    assert kinds(Facts(submitted_s=90)) == []
    assert kinds(Facts(submitted_s=90), lasting) == [("backlog", "")]
    assert kinds(Facts(submitted_s=89), lasting) == []


def test_the_gravest_stands_first() -> None:
    facts = Facts(submitted_s=999, expired_s=999, quarantined=2)
    assert [name for name, _ in kinds(facts)] == ["sweeper", "quarantine", "backlog"]


def test_a_host_changes_thresholds_and_nonsense_is_left_out() -> None:
    given = {
        "silent_least": 2,
        "backlog_s": 0,
        "outbox_s": "9",
        "clock_ms": True,
        "unknown": 4,
        "silent_pct": MOST + 1,
    }
    assert thresholds_of(given) == Thresholds(silent_least=2)


@pytest.mark.parametrize("kind", list(AlarmKind))
def test_every_alarm_says_what_and_what_to_do(kind: AlarmKind) -> None:
    title, advice = words_of(kind, "", {"n": 3, "of": 9, "before": 1})
    filled = title.text % {name: str(value) for name, value in title.params.items()}
    assert "3" in filled
    assert advice.text
