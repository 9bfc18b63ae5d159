"""Quick answers and quick papers."""

from datetime import UTC, datetime, timedelta
from random import Random

from webapp.integrity.rules.timing import TIMING_LIMITS, Saved, WholePaper, fast_papers, least_s, pace

START = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)


def answers(*seconds: float) -> list[Saved]:
    return [Saved(slot, START + timedelta(seconds=at)) for slot, at in enumerate(seconds)]


def evenly(gap_s: float, count: int = 31) -> list[Saved]:
    return answers(*(n * gap_s for n in range(count)))


LENGTHS = dict.fromkeys(range(200), 50)
ALL_RIGHT = dict.fromkeys(range(200), True)


def test_nobody_reads_a_question_faster_than_the_limit() -> None:
    assert least_s(50) == TIMING_LIMITS.base_s + 2
    assert least_s(0) == TIMING_LIMITS.base_s


def test_many_quick_right_answers_are_unusual() -> None:
    found = pace(evenly(2), LENGTHS, ALL_RIGHT)
    assert (found.judged, found.quick, found.quick_right, found.is_unusual) == (30, 30, 30, True)


def test_clicking_through_without_knowing_is_not_shown() -> None:
    found = pace(evenly(2), LENGTHS, dict.fromkeys(range(200), False))
    assert found.quick == 30
    assert not found.is_unusual


def test_a_calm_paper_is_not_shown() -> None:
    assert pace(evenly(20), LENGTHS, ALL_RIGHT).quick == 0


def test_answers_that_arrived_together_after_a_break_say_nothing() -> None:
    together = [Saved(slot, START) for slot in range(40)]
    assert pace(together, LENGTHS, ALL_RIGHT).judged == 0


def test_a_few_quick_answers_among_many_are_not_shown() -> None:
    times = [n * 1.0 for n in range(12)] + [100 + n * 30.0 for n in range(60)]
    assert not pace(answers(*times), LENGTHS, ALL_RIGHT).is_unusual


def papers(*extra: WholePaper) -> list[WholePaper]:
    chance = Random(3)
    usual = [WholePaper(n, round(chance.gauss(3000, 400)), 1.0, chance.gauss(70, 10)) for n in range(1, 60)]
    return [*usual, *extra]


def test_a_paper_far_faster_and_good_is_found() -> None:
    assert [one.attempt_id for one in fast_papers(papers(WholePaper(99, 500, 1.0, 95)))] == [99]


def test_a_fast_paper_that_is_bad_or_half_empty_is_not_shown() -> None:
    assert fast_papers(papers(WholePaper(99, 500, 1.0, 20), WholePaper(98, 300, 0.4, 95))) == []


def test_with_few_people_nothing_is_said() -> None:
    assert (
        fast_papers([WholePaper(n, 3000 + n, 1.0, 50) for n in range(10)] + [WholePaper(99, 60, 1.0, 99)])
        == []
    )


def test_equal_times_make_no_alarm() -> None:
    assert fast_papers([WholePaper(n, 3600, 1.0, 50) for n in range(40)]) == []
