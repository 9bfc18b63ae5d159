"""Windows of a definition file: inclusive Shanghai days or exact instants, stored half-open in UTC."""

from datetime import UTC, date, datetime, timedelta, timezone

from webapp.contests.rules.reader import UNDECIDED, Reader
from webapp.contests.rules.schema import Window
from webapp.core.words import N_, Message

SHANGHAI = timezone(timedelta(hours=8))


def days(first: date, last: date) -> Window:
    """The window from the start of `first` to the end of `last`, both Shanghai days, inclusive."""
    opens = datetime(first.year, first.month, first.day, tzinfo=SHANGHAI)
    after = last + timedelta(days=1)
    closes = datetime(after.year, after.month, after.day, tzinfo=SHANGHAI)
    return Window(opens.astimezone(UTC), closes.astimezone(UTC))


def read_windows(table: Reader | None) -> dict[str, Window]:
    """Every key of a windows table: ["2026-05-01", "2026-05-21"], instants with zone, or "undecided"."""
    found: dict[str, Window] = {}
    if table is None:
        return found
    for name in table.data:
        value = table.raw(name)
        if value == UNDECIDED:
            continue
        try:
            window = window_of(value)
        except OverflowError:  # the first and the last year of the calendar have no neighbours
            window = None
        if window is None:
            table.problem(
                name,
                "not-a-window",
                Message(N_("This is not a span of time.")),
                Message(
                    N_(
                        'Write the first and last day, for example ["2026-05-01", "2026-05-21"], or "undecided".'
                    )
                ),
            )
        elif window.closes_at <= window.opens_at:
            table.problem(name, "window-backwards", Message(N_("The end stands before the beginning.")))
        else:
            found[name] = window
    return found


def window_of(value: object) -> Window | None:
    """The window that a first and a last day or instant make; None where they make none."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    first, last = (moment(part) for part in value)
    if isinstance(first, datetime) and isinstance(last, datetime):
        return Window(first.astimezone(UTC), last.astimezone(UTC))
    if (
        isinstance(first, date)
        and isinstance(last, date)
        and not isinstance(first, datetime)
        and not isinstance(last, datetime)
    ):
        return days(first, last)
    return None


def moment(value: object) -> date | datetime | None:
    """A day or an instant; an instant without a zone is Shanghai time."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)
    return value if isinstance(value, date) else None
