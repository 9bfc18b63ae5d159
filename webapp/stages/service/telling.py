"""Who is told what when a list is posted, amended or final."""

from collections.abc import Iterable
from typing import Any

from webapp.contests.queries import StageView, event_by_id
from webapp.core import clock, progress
from webapp.core.words import N_
from webapp.leaderboard.queries.kept import rows_by_id
from webapp.notifications.service import notify_all, notify_many
from webapp.stages.queries.candidates import Outcome, person_ids
from webapp.stages.queries.notices import NoticeView

A_STEP = 2_000
"""So many people are told at a time; in between it is said how far it is."""

ON_THE_LIST = N_(
    "You are on the list of %(event)s, %(stage)s: rank %(rank)s. The public notice runs until %(until)s."
)
NAMED = N_(
    "The list of %(event)s, %(stage)s names you: you are nominated for the next stage. The public notice runs until %(until)s."
)
MOVED_UP = N_(
    "You have moved up on the list of %(event)s, %(stage)s (rank %(rank)s). The public notice runs until %(until)s."
)
TAKEN_OFF = N_(
    "The eligibility re-check of %(event)s, %(stage)s took you off the list: %(reason)s If you disagree, object on the notice page before %(until)s."
)
NO_LONGER = N_(
    "The amended notice of %(event)s, %(stage)s no longer lists you. If you disagree, object on its page before %(until)s."
)
NOW_FINAL = N_("The list of %(event)s, %(stage)s is final: you go on with rank %(rank)s.")
NAMED_FINAL = N_("The list of %(event)s, %(stage)s is final: you are nominated for the next stage.")
SUPPLEMENTED = N_(
    "The supplementary notice of %(event)s, %(stage)s lists you as moved up. It runs until %(until)s."
)


def supplemented(stage: StageView, made: Outcome, ends: str) -> None:
    """Tell those who moved up after the list was final that they are posted now."""
    told = {**_titles(stage), "until": ends}
    people = person_ids(list(made.promotion.substitutes))
    notify_all(list(people.values()), SUPPLEMENTED, told, notice_path(stage))


def posted(stage: StageView, made: Outcome, before: NoticeView | None, version: int, ends: str) -> None:
    """Tell whoever is new on the list, whoever moved up, and whoever was taken off, with the reason and the
    way to object. With an amended notice only those hear of it for whom something changed."""
    earlier = {row["entry_id"] for row in rows_by_id(before.snapshot_id)} if before else set()
    going, substitutes = made.promotion.going_on, set(made.promotion.substitutes)
    told = {**_titles(stage), "until": ends}
    people = person_ids([*going, *made.taken_off, *earlier])
    link = notice_path(stage)
    new = [entry for entry in going if entry not in earlier]
    for words, chosen in (
        (NAMED, [entry for entry in new if made.rows[entry]["rank"] is None]),
        (ON_THE_LIST, [entry for entry in new if made.rows[entry]["rank"] and entry not in substitutes]),
        (MOVED_UP, [entry for entry in new if entry in substitutes]),
    ):
        _tell([(people[one], {**told, "rank": made.rows[one]["rank"]}) for one in chosen], words, link)
    off = [entry for entry in made.taken_off if before is None or entry in earlier]
    reasons = {entry: word.reason for entry, word in made.decided.items()}
    notify_many(
        [(people[one], {**told, "reason": reasons.get(one, "")}) for one in off], TAKEN_OFF, f"{link}/object"
    )
    dropped = _dropped(earlier, going, made.taken_off)
    notify_all([people[entry] for entry in dropped], NO_LONGER, told, f"{link}/object")


def final(stage: StageView, notice: NoticeView, but: frozenset[int] = frozenset()) -> None:
    """Tell everybody on the final list, but those who have heard it of an earlier one."""
    rows = [row for row in rows_by_id(notice.snapshot_id) if row["entry_id"] not in but]
    people = person_ids([row["entry_id"] for row in rows])
    titles = _titles(stage)
    for words, chosen in (
        (NOW_FINAL, [row for row in rows if row["rank"] is not None]),
        (NAMED_FINAL, [row for row in rows if row["rank"] is None]),
    ):
        told = [(people[row["entry_id"]], {**titles, "rank": row["rank"]}) for row in chosen]
        _tell(told, words, notice_path(stage))


def notice_path(stage: StageView) -> str:
    """The address of a stage's notice."""
    return f"/notices/{stage.contest_code}/{stage.event_code}/{stage.code}"


def _tell(told: list[tuple[int, dict[str, Any]]], words: str, link: str) -> None:
    for start in range(0, len(told), A_STEP):
        progress.tell("telling", start, len(told))
        notify_many(told[start : start + A_STEP], words, link)


def _dropped(earlier: Iterable[int], going: Iterable[int], taken_off: Iterable[int]) -> list[int]:
    return sorted(set(earlier) - set(going) - set(taken_off))


def _titles(stage: StageView) -> dict[str, Any]:
    return {"event": event_by_id(stage.event_id, clock.now()).title, "stage": stage.title}
