"""The learning table of a profile: what earns points, with which caps, and how watching counts."""

from decimal import Decimal

from webapp.contests.rules.reader import UNDECIDED, Reader
from webapp.contests.rules.schema import Activity, ActivityKind, Learning, Watching
from webapp.core.words import N_, Message

KINDS = tuple(kind.value for kind in ActivityKind)
UNIT_OF = {
    ActivityKind.VIDEO: "lesson",
    ActivityKind.TEXT: "lesson",
    ActivityKind.QUIZ: "question",
    ActivityKind.DRILL: "run",
}
PERIODS = ("once", "day", "week")
MOST_POINTS = "100000"


def read_learning(table: Reader | None) -> Learning | None:
    """The learning rules of a profile; None when the profile has no learning."""
    if table is None:
        return None
    made = Learning(
        window=table.text("window"),
        full_points=table.integer_or_undecided("full_points", 1, 1_000_000),
        may_be_provisional=table.flag("may_be_provisional", default=False),
        finished_points=table.optional_integer("finished_points", 1, 1_000_000),
        daily_cap=_cap(table, "daily_cap"),
        weekly_cap=_cap(table, "weekly_cap"),
        total_cap=_cap(table, "total_cap"),
        activities=tuple(_activity(item) for item in table.tables("activities", needed=False)),
        watching=_watching(table.table("watching", needed=False)),
    )
    _check(made, table)
    table.close()
    return made


def _cap(table: Reader, key: str) -> Decimal | None:
    if table.raw(key, needed=False) in (None, UNDECIDED):
        return None
    return table.decimal(key, "0", MOST_POINTS)


def _activity(table: Reader) -> Activity:
    kind = ActivityKind(table.choice("activity", KINDS))
    made = Activity(
        kind=kind,
        points=table.decimal("points", "0", MOST_POINTS),
        per=table.choice("per", (UNIT_OF[kind],), UNIT_OF[kind]),
        daily_cap=_cap(table, "daily_cap"),
        total_cap=_cap(table, "total_cap"),
        min_time_s=table.integer("min_time_s", 0, 86_400, 0),
        period=table.choice("period", PERIODS, "once"),
        pass_pct=table.integer("pass_pct", 0, 100, 0),
    )
    table.close()
    return made


def _watching(table: Reader | None) -> Watching | None:
    if table is None:
        return None
    made = Watching(
        enough_pct=table.integer("enough_pct", 1, 100),
        max_speed=table.decimal("max_speed", "0.5", "4"),
        presence_from_s=table.integer("presence_from_s", 10, 86_400),
        presence_to_s=table.integer("presence_to_s", 10, 86_400),
        presence_wait_s=table.integer("presence_wait_s", 10, 3_600),
    )
    if made.presence_from_s > made.presence_to_s:
        table.problem(
            "presence_to_s", "presence-order", Message(N_("This must not be less than presence_from_s."))
        )
    table.close()
    return made


def _check(learning: Learning, table: Reader) -> None:
    kinds = [activity.kind for activity in learning.activities]
    if len(set(kinds)) != len(kinds):
        table.problem("activities", "activity-twice", Message(N_("An activity stands twice.")))
    if ActivityKind.VIDEO in kinds and learning.watching is None:
        table.problem(
            "watching",
            "no-watching",
            Message(N_("Where videos earn points, “watching” says how they count.")),
        )
    if learning.finished_points and learning.full_points and learning.finished_points > learning.full_points:
        table.problem(
            "finished_points", "finished-above-full", Message(N_("This must not be more than full_points."))
        )
