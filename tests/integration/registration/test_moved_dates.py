"""Dates of an event that move: everybody who takes part in it is told, nobody else, and nothing twice."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_participation
from webapp.contests import service as contests
from webapp.contests.models import Event
from webapp.core import clock
from webapp.notifications.models import Notice
from webapp.registration.models import Application, Participation

TEXT = (Path(__file__).resolve().parents[3] / "webapp/contests/definitions/tongliao-2025.toml").read_text(
    "utf-8"
)
OLD = 'windows = {final = ["2025-06-01", "2025-06-30"]}'


def text_with(final: str) -> str:
    assert OLD in TEXT
    return TEXT.replace(OLD, f"windows = {{final = {final}}}", 1)


def taking_part(session: Session, code: str) -> Participation:
    made = make_participation(session.scalars(select(Event).where(Event.code == code)).one())
    session.commit()
    return made


def told(session: Session, one: Participation) -> list[tuple[str, str]]:
    rows = session.scalars(select(Notice).where(Notice.person_id == one.person_id).order_by(Notice.id))
    return [(row.text, str(row.params.get("dates", ""))) for row in rows]


def test_only_the_people_of_the_postponed_event_are_told_and_once(session: Session) -> None:
    day = clock.now().astimezone(clock.SHANGHAI).date() + timedelta(days=40)
    later = day + timedelta(days=7)
    contests.load_contest(text_with(f'["{day}", "{day}"]'), because="test")
    mine, other = taking_part(session, "aluminium"), taking_part(session, "fitter")
    gone = taking_part(session, "aluminium")
    gone.state = "withdrawn"
    learning = taking_part(session, "aluminium")
    learning.state = "provisional"
    for state, who in (("in_review", learning), ("in_review", mine), ("refused", gone)):
        event_id, contest_id = mine.event_id, mine.contest_id
        session.add(
            Application(
                person_id=who.person_id, event_id=event_id, contest_id=contest_id, state=state, chain=[]
            )
        )
    session.commit()
    contests.load_contest(text_with(f'["{later}", "{later}"]'), because="台风")
    contests.load_contest(text_with(f'["{later}", "{later}"]'), because="台风")
    session.commit()
    assert [dates for _words, dates in told(session, mine)] == [f"{later} – {later}"]
    assert "have changed" in told(session, mine)[0][0]
    assert len(told(session, learning)) == 1, "who waits for the review is told too, and once"
    assert told(session, other) == []
    assert told(session, gone) == []


def test_dates_that_are_taken_back_are_told_and_those_long_over_are_not(session: Session) -> None:
    day = clock.now().astimezone(clock.SHANGHAI).date() + timedelta(days=40)
    contests.load_contest(TEXT, because="test")
    mine = taking_part(session, "aluminium")
    contests.load_contest(text_with('["2025-07-01", "2025-07-30"]'), because="over before and after")
    assert told(session, mine) == []
    contests.load_contest(text_with(f'["{day}", "{day}"]'), because="test")
    contests.load_contest(text_with('"undecided"'), because="test")
    session.commit()
    assert "are open again" in told(session, mine)[-1][0]
