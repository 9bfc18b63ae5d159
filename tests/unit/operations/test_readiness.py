"""Green, yellow or red: what an exam needs before it starts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from webapp.operations.rules.readiness import (
    Beat,
    ExamFacts,
    InstallationFacts,
    Light,
    blocks,
    exam,
    installation,
    minimum,
)

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
SOUND = InstallationFacts(
    is_demo=False,
    is_secure=True,
    public_url="https://jiangsai.example",
    two_person=True,
    second_factor=True,
    session=timedelta(hours=12),
    longest_exam=timedelta(hours=3),
    has_weak_keys=False,
    backup_at=NOW - timedelta(hours=2),
    archive_at=NOW - timedelta(seconds=50),
    is_archiving=True,
    archive_failed=False,
    audit_broken_row=None,
    audit_waits_since=None,
    quarantined=0,
    redis_keeps=True,
    beats=(Beat("web", "a", 1, NOW, 3), Beat("clock", "a", 2, NOW, -2)),
    workers=1,
    has_song_font=True,
)
EXAM = ExamFacts(7, NOW + timedelta(minutes=20), True, 200, 0, 0, 0, 0, 0, True)


def test_a_sound_installation_has_nothing_but_green() -> None:
    assert {item.light for item in installation(SOUND, NOW)} == {Light.GREEN}
    assert {item.light for item in exam(EXAM, NOW)} == {Light.GREEN}


@pytest.mark.parametrize(
    ("facts", "key", "light"),
    [
        ({"has_weak_keys": True}, "keys", Light.RED),
        ({"is_secure": False}, "public-url", Light.YELLOW),
        ({"two_person": False}, "two-person", Light.YELLOW),
        ({"session": timedelta(hours=3, minutes=59)}, "session", Light.RED),
        ({"session": timedelta(hours=4)}, "session", Light.GREEN),
        ({"backup_at": None}, "backup", Light.RED),
        ({"backup_at": NOW - timedelta(hours=27)}, "backup", Light.YELLOW),
        ({"backup_at": NOW - timedelta(days=8)}, "backup", Light.RED),
        ({"is_archiving": False, "archive_at": None}, "archive", Light.YELLOW),
        ({"archive_failed": True}, "archive", Light.RED),
        ({"archive_at": NOW - timedelta(minutes=6)}, "archive", Light.RED),
        ({"audit_broken_row": 12}, "audit", Light.RED),
        ({"audit_waits_since": NOW - timedelta(seconds=61)}, "audit", Light.YELLOW),
        ({"quarantined": 1}, "quarantine", Light.YELLOW),
        ({"workers": 0}, "worker-process", Light.RED),
        ({"workers": None}, "worker-process", Light.YELLOW),
        ({"beats": (Beat("web", "a", 1, NOW, 0),)}, "clock-process", Light.RED),
        ({"beats": (Beat("web", "a", 1, NOW - timedelta(seconds=61), 0),)}, "web-process", Light.RED),
        ({"beats": (Beat("web", "a", 1, NOW, 501), Beat("clock", "a", 2, NOW, 0))}, "offset", Light.RED),
        ({"redis_keeps": False}, "redis-file", Light.YELLOW),
        ({"has_song_font": False}, "fonts", Light.YELLOW),
    ],
)
def test_each_fault_lights_its_own_lamp(facts: dict[str, Any], key: str, light: Light) -> None:
    items = {item.key: item for item in installation(replace(SOUND, **facts), NOW)}
    assert items[key].light is light
    assert (items[key].todo is None) == (light is Light.GREEN)


@pytest.mark.parametrize(
    ("facts", "key", "light"),
    [
        ({"without_paper": 1}, "papers", Light.RED),
        ({"without_paper": 1, "opens_at": NOW + timedelta(hours=3)}, "papers", Light.GREEN),
        ({"without_paper": 200, "draws_beforehand": False}, "papers", Light.GREEN),
        ({"shortages": 3}, "bank", Light.RED),
        ({"bank_is_approved": False}, "bank", Light.RED),
        ({"thin_cells": 2}, "bank", Light.YELLOW),
        ({"without_hall": 4}, "halls", Light.YELLOW),
        ({"without_hall": 200}, "halls", Light.GREEN),
        ({"without_session": 1}, "sessions", Light.YELLOW),
    ],
)
def test_each_fault_of_an_exam_lights_its_lamp(facts: dict[str, Any], key: str, light: Light) -> None:
    items = {item.key: item for item in exam(replace(EXAM, **facts), NOW)}
    assert items[key].light is light
    assert items[key].exam_id == 7


def test_what_two_people_accepted_blocks_no_more() -> None:
    red = installation(replace(SOUND, backup_at=None, workers=0), NOW)
    assert blocks(red, set()) == ["backup", "worker-process"]
    assert blocks(red, {"backup"}) == ["worker-process"]
    assert blocks(red, {"backup", "worker-process"}) == []


def test_the_demo_needs_no_backup() -> None:
    demo = replace(SOUND, is_demo=True, backup_at=None, is_archiving=False, archive_at=None, is_secure=False)
    lights = {item.key: item.light for item in installation(demo, NOW)}
    assert lights.pop("demo") is Light.YELLOW
    assert set(lights.values()) == {Light.GREEN}


def test_the_demo_is_not_red_while_its_processes_are_starting() -> None:
    demo = replace(SOUND, is_demo=True, beats=(), workers=0)
    assert Light.RED not in {item.light for item in installation(demo, NOW)}


def test_nobody_accepts_a_hard_minimum_and_it_is_told_beforehand() -> None:
    enough, so_far, held = (
        minimum(7, 30, people, few=people < 30, holds=holds)
        for people, holds in ((30, False), (29, False), (29, True))
    )
    assert [one.light for one in (enough, so_far, held)] == [Light.GREEN, Light.YELLOW, Light.RED]
    assert {one.exam_id for one in (enough, so_far, held)} == {7}
    assert blocks([held], {"minimum"}) == ["minimum"]
    assert blocks([enough, so_far], set()) == []
