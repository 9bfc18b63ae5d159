"""When a registration is overdue, counted forwards and backwards, and to whom it goes."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from webapp.contests.rules.escalation import Escalation
from webapp.core.working_days import SHANGHAI, WorkCalendar, lasting
from webapp.registration.rules.overdue import began_before, due, rule_of, target
from webapp.registration.rules.review import Link

DAY = date(2026, 5, 1)
INSTANTS = st.datetimes(datetime(2026, 3, 1), datetime(2026, 7, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it
DAYS = st.sets(st.integers(-70, 70).map(lambda ahead: DAY + timedelta(days=ahead)), max_size=30)
CHAIN = (Link("unit", 7), Link("county", 8), Link("city", 9), Link("organiser", 5))


@given(came=INSTANTS, now=INSTANTS, days=st.integers(1, 12), off=DAYS, work=DAYS)
def test_counting_back_is_counting_forth(
    came: datetime, now: datetime, days: int, off: set[date], work: set[date]
) -> None:
    calendar = WorkCalendar().with_days(off, work)
    assert (came < began_before(now, days, calendar)) == (lasting(came, days, calendar).ends_at <= now)


@given(came=INSTANTS, days=st.integers(1, 9), more=st.integers(0, 9), off=DAYS)
def test_nothing_is_listed_above_before_it_is_overdue(
    came: datetime, days: int, more: int, off: set[date]
) -> None:
    found = due(came, Escalation("county", days, "above", more, days), WorkCalendar(frozenset(off)))
    assert came < found.due_at <= found.listed_at
    assert found.remind_at == found.due_at


def test_it_goes_to_the_next_link_or_to_the_organiser() -> None:
    above, organiser = Escalation("unit", 3), Escalation("unit", 3, "organiser")
    assert target(CHAIN, 0, above) == CHAIN[1]
    assert target(CHAIN, 2, above) == CHAIN[3]
    assert target(CHAIN, 0, organiser) == CHAIN[3]
    assert target(CHAIN, 3, above) is None, "above the organiser there is nobody"
    assert target(CHAIN[:3], 0, organiser) is None, "the popularisation track has no organiser"
    twice = (Link("unit", 7), Link("county", 7), Link("city", 9))
    assert target(twice, 0, above) == twice[2], "nobody is sent their own registrations"
    assert rule_of([above], "county") is None


def test_a_friday_evening_counts_from_monday() -> None:
    friday = datetime(2026, 6, 5, 20, tzinfo=SHANGHAI)
    found = due(friday, Escalation("county", 2, remind_after=1), WorkCalendar())
    assert found.due_at == datetime(2026, 6, 10, tzinfo=SHANGHAI)
    assert found.remind_at == datetime(2026, 6, 9, tzinfo=SHANGHAI)
