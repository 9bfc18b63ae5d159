"""Absences from the exam page: what they may have been and what they weigh."""

from datetime import UTC, datetime, timedelta

import pytest

from webapp.integrity.errors import BadReport
from webapp.integrity.rules.focus import (
    LIMITS,
    MOST_IN_REQUEST,
    Device,
    Event,
    Happening,
    Sort,
    absences,
    judge,
    read_report,
    sort_of,
)

START = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)


def happening(kind: str, ms: int, device: Device = Device.PHONE, page: str = "p1") -> Event:
    return Event(Happening(kind), page, ms, device, START + timedelta(milliseconds=ms))


def away(times: int, length_s: int, device: Device) -> list[Event]:
    events = []
    for n in range(times):
        events.append(happening("hidden", n * 600_000, device))
        events.append(happening("visible", n * 600_000 + length_s * 1000, device))
    return events


@pytest.mark.parametrize(
    ("length_s", "device", "sort"),
    [
        (2.9, Device.PHONE, Sort.BLINK),
        (3, Device.PHONE, Sort.CALL_OR_MESSAGE),
        (90, Device.PHONE, Sort.CALL_OR_MESSAGE),
        (91, Device.PHONE, Sort.LONG),
        (15, Device.COMPUTER, Sort.SHORT),
        (16, Device.COMPUTER, Sort.LONG),
    ],
)
def test_an_absence_is_named_by_its_length_and_device(length_s: float, device: Device, sort: Sort) -> None:
    assert sort_of(length_s, device) is sort


def test_a_few_short_absences_on_a_phone_weigh_nothing() -> None:
    found = judge(away(LIMITS.usual_calls, 60, Device.PHONE))
    assert (found.calls, found.long, found.weight) == (LIMITS.usual_calls, 0, 0)


def test_many_short_absences_on_a_phone_weigh_less_than_one_long_one_each() -> None:
    many = judge(away(10, 60, Device.PHONE))
    long = judge(away(1, 300, Device.PHONE))
    assert 0 < many.weight < long.weight


def test_no_number_of_absences_weighs_more_than_the_cap() -> None:
    assert judge(away(200, 300, Device.COMPUTER)).weight == LIMITS.most


def test_hidden_and_blur_of_one_leaving_are_one_absence() -> None:
    events = [
        happening("blur", 1000),
        happening("hidden", 1001),
        happening("visible", 31_000),
        happening("focus", 31_001),
    ]
    assert [round(one.length_s) for one in absences(events)] == [30]


def test_a_reload_counts_by_the_servers_clock() -> None:
    events = [happening("left", 50_000), happening("opened", 250_000, page="p2")]
    assert [one.sort for one in absences(events)] == [Sort.LONG]


def test_leaving_for_good_is_no_absence() -> None:
    assert absences([happening("opened", 0), happening("hidden", 5000), happening("left", 5001)]) == []


@pytest.mark.parametrize(
    ("kinds", "times", "page", "device"),
    [
        ([], [], "p", "phone"),
        (["hidden"], [], "p", "phone"),
        (["hidden"] * (MOST_IN_REQUEST + 1), ["1"] * (MOST_IN_REQUEST + 1), "p", "phone"),
        (["cheated"], ["1"], "p", "phone"),
        (["hidden"], ["-1"], "p", "phone"),
        (["hidden"], ["99999999999"], "p", "phone"),
        (["hidden"], ["1"], "p" * 13, "phone"),
        (["hidden"], ["1"], "<b>", "phone"),
        (["hidden"], ["1"], "p", "fridge"),
    ],
)
def test_an_odd_report_is_refused(kinds: list[str], times: list[str], page: str, device: str) -> None:
    with pytest.raises(BadReport):
        read_report(kinds, times, page, device)
