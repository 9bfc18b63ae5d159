"""The sessions of a stage → Booking."""

from datetime import UTC, datetime

from webapp.contests.rules.booking import Booking, SessionRule
from webapp.contests.rules.reader import Reader
from webapp.contests.rules.windows import moment
from webapp.core.words import N_, Message

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def read_booking(stage: Reader) -> Booking | None:
    """The bookable sessions of a stage, or None when the file has none.

    Without sessions `booking_opens` and `booking_closes` are unknown keys, which `close()` reports."""
    sessions = tuple(_session(table) for table in stage.tables("sessions", needed=False))
    if not sessions:
        return None
    made = Booking(_instant(stage, "booking_opens"), _instant(stage, "booking_closes"), sessions)
    keys = [session.key for session in sessions]
    if len(set(keys)) != len(keys):
        stage.problem("sessions", "code-twice", Message(N_("This code stands twice.")))
    if made.closes_at <= made.opens_at:
        stage.problem(
            "booking_closes", "window-backwards", Message(N_("The end stands before the beginning."))
        )
    if made.closes_at > min(session.opens_at for session in sessions):
        stage.problem(
            "booking_closes",
            "booking-late",
            Message(N_("Booking must close before the first session opens.")),
        )
    return made


def read_event_booking(table: Reader | None) -> dict[str, Booking]:
    """The sessions that an event has of its own, by stage code: `[events.booking.preliminary]`, each whole."""
    found: dict[str, Booking] = {}
    for code in table.data if table is not None else ():
        inner = table.table(code) if table is not None else None
        if inner is None:
            continue
        inner.raw("sessions")
        made = read_booking(inner)
        inner.close()
        if made is not None:
            found[code] = made
    return found


def _session(table: Reader) -> SessionRule:
    made = SessionRule(
        key=table.text("key"),
        title=table.texts("title"),
        opens_at=_instant(table, "opens_at"),
        latest_start=_instant(table, "latest_start"),
        closes_at=_instant(table, "closes_at"),
        seats=table.integer("seats", 1, 1_000_000),
        places=table.names("halls", needed=False) + table.names("sites", needed=False),
    )
    if not made.opens_at < made.latest_start <= made.closes_at:
        table.problem(
            "latest_start",
            "session-order",
            Message(N_("A session opens first, then comes the latest start, then it closes.")),
        )
    table.close()
    return made


def _instant(table: Reader, key: str) -> datetime:
    value = table.raw(key)
    found = moment(value) if value is not None else None
    if isinstance(found, datetime):
        try:
            return found.astimezone(UTC)
        except OverflowError:
            found = None
    if value is not None:
        table.problem(
            key,
            "not-an-instant",
            Message(N_("This is not an instant.")),
            Message(N_('Write day and time, for example "2026-05-22T09:00:00+08:00".')),
        )
    return NEVER
