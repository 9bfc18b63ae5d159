"""The player page and what its script sends; rows P01 and P02 through the front door."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.factories import make_account, sign_in
from tests.functional.learning.lessons import Class, Wall, make_class, moved_clock
from tests.integration.learning.stand import DAY, make_learner
from tests.integration.learning.watch import points
from webapp.accounts.models import Person
from webapp.contests.rules.schema import ActivityKind
from webapp.core.transaction import transaction
from webapp.learning.jobs import settle_left_behind
from webapp.learning.models import WatchProgress, WatchSession
from webapp.learning.service.ledger import credit


@pytest.fixture
def wall() -> Iterator[Wall]:
    with moved_clock(DAY) as wall:
        yield wall


@pytest.fixture
def room(wall: Wall, session: Session, client: FlaskClient, tmp_path: Path) -> Class:
    return make_class(session, client, tmp_path)


class Player:
    """What the script does, without a browser."""

    def __init__(self, client: FlaskClient, room: Class, wall: Wall) -> None:
        self.client, self.room, self.wall, self.name = client, room, wall, ""

    def play(self) -> dict[str, Any]:
        answer = self.client.post(f"{self.room.path('watch', 'see')}/play", json={})
        assert answer.status_code == 200, answer.text
        self.name = answer.get_json()["player"]
        return dict(answer.get_json())

    def beat(self, after_s: float, *spans: tuple[int, int], **more: Any) -> Any:
        self.wall.pass_s(after_s)
        return self.client.post(
            f"/learning/players/{self.name}/beat",
            json={"spans": spans, "at": spans[-1][1] if spans else 0, **more},
        )


@pytest.fixture
def player(client: FlaskClient, room: Class, wall: Wall) -> Player:
    return Player(client, room, wall)


def test_watching_to_the_end_brings_the_points_in_the_same_answer(session: Session, player: Player) -> None:
    player.play()
    assert player.beat(15, (0, 15)).get_json()["credited"] is False
    player.beat(15, (15, 30))
    answer = player.beat(9, (30, 39))
    assert answer.get_json()["credited"] is True
    assert "10" in answer.get_json()["said"]
    assert answer.headers["HX-Trigger"] == "points-changed"
    assert points(player.room.learner) == [10]
    assert player.beat(1, (39, 40)).get_json()["credited"] is False
    page = player.client.get(player.room.path("watch", "see")).text
    assert "已得 10 分" in page
    assert "观看时间已够" in page


def test_a_beat_costs_one_statement_of_its_own(player: Player, count_queries: list[str]) -> None:
    player.play()
    player.beat(5, (0, 5))
    count_queries.clear()
    assert player.beat(5, (5, 10)).status_code == 200
    assert [text for text in count_queries if "watch_" in text] == []  # the hot one bypasses the session
    assert len(count_queries) <= 1, "who is asking may be looked up, nothing else"


def test_p02_totals_that_the_browser_claims_are_ignored(player: Player) -> None:
    player.play()
    told = player.beat(2, (0, 40), credited_s=40, elapsed_s=40, speed=16, enough_s=1).get_json()
    assert told["credited_s"] == 8  # two seconds at one and a half, five to spare
    assert told["enough_s"] == 36
    assert points(player.room.learner) == []


def test_p02_seeking_to_the_end_brings_nothing(player: Player) -> None:
    player.play()
    told = player.beat(4, (36, 40)).get_json()
    assert told["spans"] == [[36, 40]]
    assert points(player.room.learner) == []


@pytest.mark.parametrize(
    "body", [{"spans": [[9, 3]]}, {"spans": "all"}, {"spans": [[0, 1]] * 500}, [1], {"at": -1}]
)
def test_p02_a_forged_beat_is_refused_whole(player: Player, body: Any) -> None:
    player.play()
    answer = player.client.post(f"/learning/players/{player.name}/beat", json=body)
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "bad-beat"


def test_p01_somebody_elses_player_answers_like_a_missing_one(
    session: Session, client: FlaskClient, player: Player
) -> None:
    player.play()
    bob = make_learner("welding", now=DAY)
    sign_in(client, make_account(session.get_one(Person, bob.person_id)))
    for name in (player.name, "0" * 24):
        for what, body in (("beat", {"spans": []}), ("here", {"number": 0})):
            answer = client.post(f"/learning/players/{name}/{what}", json=body)
            assert (answer.status_code, answer.get_json()["code"]) == (404, "player-not-found")


def test_p01_the_older_page_is_told_that_another_one_counts(player: Player) -> None:
    player.play()
    old = player.name
    player.play()
    answer = player.client.post(f"/learning/players/{old}/beat", json={"spans": [[0, 5]]})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "played-elsewhere")
    assert "另一个页面" in answer.get_json()["message"]


def test_the_last_word_of_a_closing_page_is_a_form(player: Player) -> None:
    player.play()
    player.wall.pass_s(5)
    answer = player.client.post(
        f"/learning/players/{player.name}/beat",
        data={"beat": json.dumps({"spans": [[0, 5]], "at": 5}), "csrf_token": "x"},
    )
    assert answer.get_json()["credited_s"] == 5
    assert '"resume_s": 5' in _data(player)


def _data(player: Player) -> str:
    return player.client.get(player.room.path("watch", "see")).text.replace("&#34;", '"')


def test_resuming_on_another_device_finds_what_was_counted(player: Player) -> None:
    player.play()
    player.beat(20, (0, 20))
    assert player.play()["spans"] == [[0, 20]]
    assert '"resume_s": 20' in _data(player)


def test_presence_is_asked_and_answered(session: Session, player: Player) -> None:
    player.play()
    session.execute(update(WatchSession).values(presence_left_s=10))
    asked = player.beat(15, (0, 15)).get_json()
    assert asked["question"] == {"number": 0, "left_s": 60}
    assert asked["credited_s"] == 10
    player.wall.pass_s(20)
    for _ in range(2):
        told = player.client.post(f"/learning/players/{player.name}/here", json={"number": 0}).get_json()
        assert told["question"] is None
        assert told["credited_s"] == 15
        assert told["in_time"] is True
    assert player.client.post(f"/learning/players/{player.name}/here", json={}).status_code == 422


def test_held_seconds_that_make_it_enough_bring_the_points_with_the_answer(
    session: Session, player: Player
) -> None:
    player.play()
    player.beat(20, (0, 20))
    session.execute(update(WatchSession).values(presence_left_s=9))
    assert player.beat(17, (20, 37)).get_json()["question"]
    answer = player.client.post(f"/learning/players/{player.name}/here", json={"number": 0})
    assert answer.get_json()["credited"] is True
    assert points(player.room.learner) == [10]


def test_what_a_cap_cut_off_comes_when_the_page_is_opened_on_another_day(player: Player) -> None:
    learner = player.room.learner
    with transaction():
        for lesson in (101, 102, 103):
            credit(learner, ActivityKind.VIDEO, "lesson", str(lesson), now=DAY)
    player.play()
    told = player.beat(36, (0, 36)).get_json()
    assert told["credited"] is False
    assert "明天" in told["said"]
    player.wall.pass_s(86_400)
    sign_in(player.client, player.room.account)
    assert "获得 10 分" in player.client.get(player.room.path("watch", "see")).text
    assert "获得 10 分" not in player.client.get(player.room.path("watch", "see")).text
    assert points(learner) == [10, 10, 10, 10]


def test_points_of_a_process_that_died_come_with_the_clock(session: Session, player: Player) -> None:
    player.play()
    session.execute(update(WatchProgress).values(enough_at=DAY, credited_s=36, changed_at=DAY))
    session.commit()
    assert settle_left_behind() == 0
    player.wall.pass_s(90)
    assert settle_left_behind() == 1
    assert settle_left_behind() == 0
    assert points(player.room.learner) == [10]


def test_p05_before_and_after_the_window_the_video_shows_and_says_why_it_does_not_count(
    player: Player,
) -> None:
    window = player.room.learner.window
    assert window is not None
    for at, words in (
        (window.opens_at - timedelta(seconds=1), "积分从"),
        (window.closes_at, "已于 2026-05-21 24:00 截止"),
    ):
        player.wall.set(at)
        sign_in(player.client, player.room.account)
        page = player.client.get(player.room.path("watch", "see"))
        assert page.status_code == 200
        assert words in page.text
        assert "<video" in page.text
        answer = player.client.post(f"{player.room.path('watch', 'see')}/play", json={})
        assert answer.status_code == 409


def test_the_page_has_captions_qualities_and_a_way_without_script(player: Player) -> None:
    page = player.client.get(player.room.path("watch", "see")).text
    assert 'kind="captions" srclang="zh"' in page
    assert "default>" in page
    assert f"{player.room.path('watch', 'see')}/text" in page
    assert "<noscript>" in page
    assert "style=" not in page


def test_lessons_of_another_kind_or_event_are_not_there(player: Player) -> None:
    for path in (
        player.room.path("watch", "read"),
        player.room.path("read", "see"),
        player.room.path("watch", "see").replace("welding", "fitter"),
        player.room.path("watch", "do"),
    ):
        assert player.client.get(path).status_code == 404
