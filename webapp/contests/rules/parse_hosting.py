"""The table [hosting] of a definition, and what the values of the rules about organisers must be."""

from collections.abc import Callable, Mapping
from typing import Any

from webapp.contests.rules.hosting import OFFERS, PLAN_PARTS, STEPS, Hosting
from webapp.contests.rules.reader import Reader
from webapp.core.words import N_, Message

SHARE_KEYS = ("trades_pct_at_most", "trades_pct_at_least", "budget_pct_at_most", "budget_pct_at_least")
FILE_COUNTS = {
    "weeks": 52,
    "working_days": 250,
    "report_characters": 100_000,
    "photo_dpi": 2400,
    "photo_mb": 100,
    "video_minutes": 600,
}
"""Numbers of a performance file, each with its largest sensible value."""
MOST_REMINDER_DAYS = 60


def read_hosting(root: Reader) -> Hosting | None:
    """How organisations apply for what; None where the contest takes no applications."""
    table = root.table("hosting", needed=False)
    if table is None:
        return None
    made = Hosting(
        offers=table.choices("offers", OFFERS),
        window=table.text("window"),
        plan=table.choices("plan", PLAN_PARTS),
        steps=table.choices("steps", STEPS),
        budget=table.optional_integer("budget", 0, 1_000_000_000),
        remind_days=_days(table),
    )
    table.close()
    return made


def _days(table: Reader) -> tuple[int, ...]:
    value = table.raw("remind_days", needed=False)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(_is_count(day, MOST_REMINDER_DAYS) for day in value):
        table.problem(
            "remind_days", "not-days", Message(N_("This must be a list of whole days, for example [7, 2]."))
        )
        return ()
    return tuple(sorted({int(day) for day in value}, reverse=True))


def read_hosting_value(table: Reader, code: str) -> Any:
    """The value of a rule about organisers as it stands in the file; what it must not be is a problem."""
    value = table.raw("value")
    if value is not None and not CHECKS[code](value):
        table.problem("value", "bad-rule-value", Message(EXPECTED[code]))
    return value


def _is_count(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _is_share(value: Any) -> bool:
    if not isinstance(value, dict) or not value or set(value) - set(SHARE_KEYS):
        return False
    return all(_is_count(part, 100) for part in value.values())


def _is_file(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) - {*FILE_COUNTS, "report_headings", "photos"}:
        return False
    counts = all(_is_count(value[key], most) for key, most in FILE_COUNTS.items() if key in value)
    photos = value.get("photos", [0, 0])
    is_span = isinstance(photos, list) and len(photos) == 2 and all(_is_count(one, 1000) for one in photos)
    return (
        counts
        and is_span
        and photos[0] <= photos[1]
        and _are_names(value.get("report_headings", ["x"]))
        and ("weeks" in value) != ("working_days" in value)
    )


def _are_names(value: Any) -> bool:
    is_list = isinstance(value, list) and bool(value)
    return is_list and all(isinstance(one, str) and one for one in value) and len(set(value)) == len(value)


def _are_steps(value: Any) -> bool:
    return _are_names(value) and not set(value) - set(STEPS)


def _are_halves(value: Any) -> bool:
    keys = {"before_start_pct", "after_review_pct"}
    if not isinstance(value, dict) or set(value) != keys:
        return False
    return all(_is_count(value[key], 100) for key in keys) and sum(value.values()) == 100


def _is_offer_of_stage(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("stage"), str):
        return False
    known = {"stage", "who", "common_venue", "chosen_by", "criteria"}
    lists = (value[key] for key in ("who", "criteria") if key in value)
    return not set(value) - known and all(_are_names(one) for one in lists)


CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "traditional-trades": _is_share,
    "innovative-trades": _is_share,
    "performance-file": _is_file,
    "approval-steps": _are_steps,
    "support-payments": _are_halves,
    "union-role": _are_names,
    "working-groups": _are_names,
    "trade-names": _are_names,
    "hosting": _is_offer_of_stage,
}
EXPECTED: Mapping[str, str] = {
    "traditional-trades": N_("This needs shares in percent, for example {trades_pct_at_most = 40}."),
    "innovative-trades": N_("This needs shares in percent, for example {trades_pct_at_most = 40}."),
    "performance-file": N_(
        "This needs weeks or working_days, and may have report_characters, report_headings, photos = [least, most],"
        " photo_dpi, photo_mb and video_minutes."
    ),
    "approval-steps": N_("This needs a list of known steps, each once."),
    "support-payments": N_("This needs before_start_pct and after_review_pct, together 100."),
    "union-role": N_("This must be a list of texts, each once."),
    "working-groups": N_("This must be a list of texts, each once."),
    "trade-names": N_("This must be a list of texts, each once."),
    "hosting": N_("This needs the code of a stage, and may have who, criteria, chosen_by and common_venue."),
}
"""What each rule about organisers needs as its value."""
