"""A run of the living demo: invents people, lets them visit over HTTP, and keeps count."""

import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.client import HTTPException

from flask import Flask
from sqlalchemy import func, select, text, update

from webapp.contests import queries as contests
from webapp.core import clock
from webapp.core.db import db, keys_scope
from webapp.core.transaction import transaction
from webapp.demo import crowd, rules
from webapp.demo.models import DemoRun
from webapp.demo.visitors.person import Gone, Part, Person
from webapp.exam.models import Attempt
from webapp.exam.queries.keys import marked_questions
from webapp.exam.queries.plans import plan
from webapp.exam.rules.draw import option_order, shuffles_options
from webapp.exam.rules.invented import answer_for

log = logging.getLogger(__name__)

LOOK_S = 2.0
COUNT_S = 5.0
FIRST_SERIAL = 1000
MOST_PEOPLE = 2000
"""Of one run: so far apart the serial numbers of two runs begin."""
ARRIVE_WITHIN = 0.25
"""People arrive within this part of the run."""

_OPEN = text(
    """
    UPDATE demo_runs SET started_at = clock_timestamp()
    WHERE id = (SELECT id FROM demo_runs WHERE started_at IS NULL AND finished_at IS NULL LIMIT 1)
    RETURNING id
    """
)


class Over(Exception):
    """The run has ended, or the program is told to stop."""


def ask(account_id: int | None = None) -> bool:
    """Ask for a run, in the caller's transaction; False when one is asked for or running already."""
    if db.session.scalar(select(DemoRun.id).where(DemoRun.finished_at.is_(None))):
        return False
    db.session.add(DemoRun(asked_by_account_id=account_id))
    db.session.flush()
    return True


def close_left_open() -> None:
    """A run that an earlier process had begun is over."""
    db.session.execute(
        update(DemoRun)
        .where(DemoRun.finished_at.is_(None), DemoRun.started_at.is_not(None))
        .values(finished_at=clock.now())
    )


def serve(app: Flask, address: str, minutes: float, most: int, stop: threading.Event) -> None:
    """Wait for runs and play each, until told to stop."""
    with app.app_context(), transaction():
        close_left_open()
    while not stop.wait(LOOK_S):
        with app.app_context(), transaction():
            run_id = db.session.scalar(_OPEN)
        if run_id is not None:
            play(app, int(run_id), address, minutes, most, stop)


def play(
    app: Flask, run_id: int, address: str, minutes: float, most: int, stop: threading.Event
) -> Counter[str]:
    """Play one run to its end with `most` people; what was done is written beside it every few seconds."""
    counts: Counter[str] = Counter()
    ends = time.monotonic() + minutes * 60
    with app.app_context():
        parts = people(minutes * 60, most)
    counts["people"] = len(parts)
    threads = []
    for number, part in enumerate(parts):
        chance = random.Random(f"{run_id}:{number}")  # noqa: S311 - invented people
        visit = _visit(app, address, part, chance, counts, ends, stop)
        threads.append(threading.Thread(target=visit, name=f"visitor-{number}", daemon=True))
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) and time.monotonic() < ends and not stop.wait(COUNT_S):
        _keep(app, run_id, counts)
    for thread in threads:
        thread.join(timeout=5)
    _keep(app, run_id, counts, is_over=True)
    return counts


def people(seconds: float, most: int) -> list[Part]:
    """About `most` new invented people in the events of LIVING, at least one each, and the part of each."""
    now = clock.now()
    events = {event.code: event for event in contests.contest_by_code(rules.CONTEST, now).events}
    serial = _next_serial()
    parts = []
    everybody = sum(rules.LIVING.values())
    for code, share in rules.LIVING.items():
        event, count = events[code], max(1, share * most // everybody)
        serials = range(serial, serial + count)
        serial += count
        with transaction():
            crowd.register(event, serials, now)
        is_open = event.windows.exam is not None and event.windows.exam.contains(now)
        learns = event.windows.learning is not None and event.windows.learning.contains(now)
        parts += [
            Part(
                rules.phone_of(one),
                rules.PASSWORD,
                f"{event.contest_code}/{event.code}",
                rules.skill_of(one),
                seconds * (1 - ARRIVE_WITHIN),
                learns,
                is_open,
            )
            for one in serials
        ]
    return parts


def answers_for(app: Flask, attempt_id: int, skill: float, chance: random.Random) -> list[str]:
    """What somebody of this skill writes on this paper, as the browser would send it."""
    with app.app_context():
        attempt = db.session.get_one(Attempt, attempt_id)
        frozen = plan(attempt.exam_id)
        with keys_scope():
            questions = marked_questions(attempt.paper)
        found = []
        for slot, version_id in enumerate(attempt.paper):
            section = frozen.blueprint.sections[attempt.sections[slot]]
            question = questions[version_id]
            order = option_order(
                attempt.option_seed, slot, len(question.public.options), shuffle=shuffles_options(section)
            )
            found.append(answer_for(question, order, chance.random() < skill, chance))
        return found


def _visit(
    app: Flask,
    address: str,
    part: Part,
    chance: random.Random,
    counts: Counter[str],
    ends: float,
    stop: threading.Event,
) -> Callable[[], None]:
    def sleep(seconds: float) -> None:
        if stop.wait(seconds) or time.monotonic() > ends:
            raise Over

    def count(what: str) -> None:
        counts[what] += 1

    def visit() -> None:
        try:
            sleep(chance.uniform(0, part.seconds * ARRIVE_WITHIN))
            answers = lambda attempt_id, skill: answers_for(app, attempt_id, skill, chance)  # noqa: E731
            Person(address, part, sleep, answers, count, chance).visit()
        except Over:
            count("still_there")
        except (Gone, OSError, HTTPException) as error:
            count("gave_up")
            log.warning("an invented contestant of %s gave up: %s", part.address, error)

    return visit


def _keep(app: Flask, run_id: int, counts: Counter[str], *, is_over: bool = False) -> None:
    with app.app_context(), transaction():
        values: dict[str, object] = {"counts": dict(counts)}
        if is_over:
            values["finished_at"] = clock.now()
        db.session.execute(update(DemoRun).where(DemoRun.id == run_id).values(**values))


def _next_serial() -> int:
    """Serial numbers of every run are new ones: exams allow one attempt."""
    runs = db.session.scalar(select(func.count(DemoRun.id))) or 1
    return FIRST_SERIAL + (runs - 1) * MOST_PEOPLE
