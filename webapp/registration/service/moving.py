"""Everybody who takes part in an event is told when its dates move."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.effects import Moved
from webapp.contests.rules.schema import Contest, EventRules, Window
from webapp.core.clock import SHANGHAI
from webapp.core.db import db
from webapp.core.i18n import pick, say, speaking
from webapp.core.words import N_, Message

STAGE_MOVED = N_("%(event)s: the dates of %(stage)s have changed. They are now %(dates)s (Shanghai time).")
STAGE_OPEN = N_("%(event)s: the dates of %(stage)s are open again. You will be told the new ones.")
LEARNING_MOVED = N_("%(event)s: the dates of learning have changed. They are now %(dates)s (Shanghai time).")
LEARNING_OPEN = N_("%(event)s: the dates of learning are open again. You will be told the new ones.")

DATES_MOVED = N_("%(event)s: dates have changed. They are now, in Shanghai time: %(list)s.")
_UNDECIDED = N_("open again")
_AND = N_("; ")

_TELL = text(
    """
    INSERT INTO notices (person_id, text, params, link)
    SELECT p.person_id, r.words, r.params, r.link
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(code text, words text, params jsonb, link text)
    JOIN events e ON e.contest_id = :contest_id AND e.code = r.code
    JOIN LATERAL (
        SELECT person_id FROM participations WHERE event_id = e.id AND state IN ('active', 'provisional')
        UNION
        SELECT person_id FROM applications WHERE event_id = e.id AND state IN ('in_review', 'returned')
    ) p ON true
    ORDER BY p.person_id
    """
)


def tell_moves(contest_id: int, rules: Contest, moved: Sequence[Moved], now: datetime) -> int:
    """Leave one notice for everybody who takes part in an event whose learning or stage dates move, or waits for its
    review; return how many.

    rules: as they are afterwards. A window that is over before and after is nobody's concern any more; the
    dates of registration do not concern those who take part. One statement, whatever the number of people."""
    news: dict[str, list[News]] = {}
    for one in moved:
        for code in one.event_codes if is_news(one, now) else ():
            news.setdefault(code, []).extend(_news(rules, rules.event(code), one))
    rows = [_row(rules, code, found) for code, found in news.items() if found]
    if not rows:
        return 0
    told = db.session.execute(_TELL, {"contest_id": contest_id, "rows": json.dumps(rows)})
    return int(getattr(told, "rowcount", 0))


def is_news(one: Moved, now: datetime) -> bool:
    ends = [window.closes_at for window in (one.before, one.after) if window is not None]
    return any(end > now for end in ends)


@dataclass(frozen=True)
class News:
    """What one change of dates is called: alone with `words` and `params`, among others by `what` and `dates` ('': open
    again)."""

    words: str
    params: Mapping[str, Any]
    what: Text | Message
    dates: str


def _row(rules: Contest, code: str, found: Sequence[News]) -> dict[str, Any]:
    """The notice of one event: what moved, whether it is one stage or several."""
    is_one = len(found) == 1
    return {
        "code": code,
        "words": found[0].words if is_one else DATES_MOVED,
        "params": {
            "event": asdict(rules.event(code).title),
            **(found[0].params if is_one else {"list": _listed(found)}),
        },
        "link": f"/contests/{rules.code}/{code}",
    }


def _listed(found: Sequence[News]) -> dict[str, str]:
    """All of it in both languages: a notice is read in the one that its reader has chosen by then."""
    listed = {}
    for key, language in (("zh", "zh_CN"), ("en", "en")):
        with speaking(language):
            parts = [
                f"{say(one.what) if isinstance(one.what, Message) else pick(one.what)}"
                f" {one.dates or say(_UNDECIDED)}"
                for one in found
            ]
            listed[key] = say(_AND).join(parts)
    return listed


def _news(rules: Contest, event: EventRules, one: Moved) -> Iterator[News]:
    profile = rules.profile_of(event)
    dates = days_in_words(one.after) if one.after else ""
    told = {"dates": dates} if dates else {}
    if profile.learning is not None and profile.learning.window == one.name:
        yield News(LEARNING_MOVED if dates else LEARNING_OPEN, told, Message(N_("Learning")), dates)
    for stage in profile.stages:
        if stage.window == one.name:
            words = STAGE_MOVED if dates else STAGE_OPEN
            yield News(words, {"stage": asdict(stage.title), **told}, stage.title, dates)


def days_in_words(window: Window) -> str:
    """The first and the last day, with hours where they are not midnight."""
    opens, closes = window.opens_at.astimezone(SHANGHAI), window.closes_at.astimezone(SHANGHAI)
    if (opens.hour, opens.minute, closes.hour, closes.minute) == (0, 0, 0, 0):
        return f"{opens:%Y-%m-%d} – {closes - timedelta(days=1):%Y-%m-%d}"
    return f"{opens:%Y-%m-%d %H:%M} – {closes:%Y-%m-%d %H:%M}"
