"""Beats of players as the page's script sends them, each with fifteen seconds that are new."""

import json
from datetime import timedelta
from typing import Any

from tests.bench.load import request
from tests.bench.world import World
from webapp.core import clock
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.learning.models import WatchProgress, WatchSession

LENGTH_S = 36_000
BEATS = 12
"""Of one person in a round; a lane sends them again when it is through."""


def open_players(here: World) -> dict[int, str]:
    """An open session of a long video for everybody, by person."""
    at = clock.now()
    with transaction():
        for sitter in here.sitters:
            video: dict[str, Any] = {
                "participation_id": sitter.participation_id,
                "lesson_id": 1,
                "file_digest": "bench",
                "length_s": LENGTH_S,
            }
            player = WatchSession(
                **video,
                id=f"bench-player-{sitter.person_id}",
                person_id=sitter.person_id,
                enough_s=LENGTH_S,
                min_time_s=0,
                max_speed=2,
                opens_at=at - timedelta(hours=1),
                closes_at=at + timedelta(hours=1),
                started_at=at,
                beat_at=at,
                budget_s=5,
                presence_from_s=600,
                presence_to_s=900,
                presence_wait_s=60,
                presence_left_s=LENGTH_S,
            )
            db.session.add_all([WatchProgress(**video), player])
    return {sitter.person_id: f"bench-player-{sitter.person_id}" for sitter in here.sitters}


def beat_posts(here: World, players: dict[int, str], number: int) -> list[bytes]:
    """The beats of round `number`, everybody's first before anybody's second."""
    posts = []
    for step in range(BEATS):
        start_s = 15 * (BEATS * number + step)
        body = json.dumps({"spans": [[start_s, start_s + 15]], "at": start_s + 15}).encode()
        for sitter in here.sitters:
            headers = [
                ("Cookie", sitter.cookie),
                ("X-CSRFToken", sitter.csrf),
                ("Content-Type", "application/json"),
                ("Accept", "application/json"),
            ]
            posts.append(
                request("POST", f"/learning/players/{players[sitter.person_id]}/beat", body, headers)
            )
    return posts
