"""`[profiles.stages.attendance]` → Attendance."""

from datetime import UTC, datetime

from webapp.contests.rules.attendance import Attendance, Until
from webapp.contests.rules.reader import UNDECIDED, Reader
from webapp.contests.rules.windows import moment
from webapp.core.words import N_, Message

MOST_DAYS = 180


def read_attendance(stage: Reader) -> Attendance | None:
    """What the file says about attendance; None without the table, or while it is undecided: whoever goes on is in."""
    if stage.data.get("attendance") == UNDECIDED:
        stage.raw("attendance")
        return None
    table = stage.table("attendance", needed=False)
    return _attendance(table) if table is not None else None


def read_event_attendance(table: Reader | None) -> dict[str, Attendance]:
    """The hours of attendance that an event has of its own, by stage code: `[events.attendance.final]`, each whole."""
    if table is None:
        return {}
    inner = {code: table.table(code) for code in table.data}
    return {code: _attendance(one) for code, one in inner.items() if one is not None}


def _attendance(table: Reader) -> Attendance:
    made = Attendance(
        confirm_by=_until(table, "confirm_by"),
        substitutes_until=_until(table, "substitutes_until", 0),
        answer_hours=table.integer("answer_hours", 1, 720, 48),
    )
    table.close()
    first, last = made.confirm_by, made.substitutes_until
    is_wrong = (
        last < first if isinstance(first, datetime) and isinstance(last, datetime)
        else isinstance(first, int) and isinstance(last, int) and last > first
    )  # fmt: skip
    if is_wrong:
        table.problem(
            "substitutes_until",
            "window-backwards",
            Message(N_("Substitutes move up after the day of confirmation, not before it.")),
        )
    return made


def _until(table: Reader, key: str, default: int | None = None) -> Until:
    value = table.data.get(key)
    if isinstance(value, int) or value is None:
        return table.integer(key, 0, MOST_DAYS, default)
    found = moment(table.raw(key))
    if isinstance(found, datetime):
        return found.astimezone(UTC)
    table.problem(
        key,
        "not-an-instant",
        Message(N_("This is neither a number of days before the stage nor an instant.")),
        Message(N_('Write day and time, for example "2026-05-22T09:00:00+08:00".')),
    )
    return 0
