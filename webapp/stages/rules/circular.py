"""The second gate: after every event of a contest has ended, several bodies agree, then one circular (通报)."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from webapp.contests.rules.schema import Contest, Rule
from webapp.stages.rules.notice import SHANGHAI

FINAL_REVIEW = "final-review"
SCHEMA = 1
TRACK = "competition"
_BETWEEN = re.compile(r"[、；;]")


class CircularState(StrEnum):
    """signing: waits for the bodies. issued: all have agreed, it is public. dropped: given up before that."""

    SIGNING = "signing"
    ISSUED = "issued"
    DROPPED = "dropped"


@dataclass(frozen=True)
class EventEnd:
    """Where an event stands. people: who take part; notice: of its last stage, None before; is_final: its list.

    rows: as they stand on that notice."""

    code: str
    title: dict[str, str]
    people: int
    is_final: bool
    notice_digest: str
    rows: Sequence[Mapping[str, Any]]


def review_rule(contest: Contest) -> Rule | None:
    """The contest's limit 'final-review'; None: there is no second gate."""
    return next((rule for rule in contest.limits if rule.code == FINAL_REVIEW), None)


def bodies(contest: Contest) -> tuple[str, ...]:
    """Who has to agree: the names in the rule's value, else the hosts of the contest as the file names them."""
    rule = review_rule(contest)
    if rule is None:
        return ()
    named = rule.value if isinstance(rule.value, list) else _BETWEEN.split(contest.host.zh)
    return tuple(dict.fromkeys(name for each in named if (name := str(each).strip())))


def closes_at(contest: Contest, issued_at: datetime) -> datetime | None:
    """From when the circular is no longer shown: as the notices of the last stages, counted from its issue, the
    longest time of the profiles of the competition. None: one of them stays, so it stays as well."""
    days = [one.stages[-1].close_after_days for one in contest.profiles if one.track == TRACK and one.stages]
    known = [each for each in days if each is not None]
    return issued_at + timedelta(days=max(known)) if known and len(known) == len(days) else None


def unfinished(ends: Sequence[EventEnd]) -> tuple[EventEnd, ...]:
    """Events with people that have no final list yet. An event in which nobody takes part holds nothing up."""
    return tuple(end for end in ends if end.people and not end.is_final)


def body(contest: Contest, number: int, prepared_at: datetime, ends: Sequence[EventEnd]) -> dict[str, Any]:
    """The circular as plain JSON values: what the bodies agree to and the digest is taken of."""
    return {
        "schema": SCHEMA,
        "contest": contest.code,
        "title": {"zh": contest.title.zh, "en": contest.title.en},
        "host": {"zh": contest.host.zh, "en": contest.host.en},
        "number": number,
        "prepared_at": prepared_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "bodies": list(bodies(contest)),
        "events": [
            {"code": end.code, "title": end.title, "notice_digest": end.notice_digest, "rows": list(end.rows)}
            for end in ends
            if end.is_final
        ],
    }


def missing(wanted: Sequence[str], agreed: Collection[str]) -> tuple[str, ...]:
    """Bodies that have not agreed yet, in the order of the file."""
    return tuple(name for name in wanted if name not in set(agreed))
