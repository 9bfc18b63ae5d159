"""Small changes of a definition that keep everything else as it is, comments too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import tomlkit
from tomlkit.items import Table

from webapp.contests.rules.along import Followed, Own
from webapp.contests.rules.attendance import Attendance
from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.booking import Booking
from webapp.contests.rules.moving_windows import Span
from webapp.contests.rules.schema import Window
from webapp.contests.rules.windows import SHANGHAI, moment


@dataclass(frozen=True)
class StageNumbers:
    """What people change most in a stage: its quota and the working days of its notice. "undecided" or None:
    open, or left out."""

    quota: int | str | None
    notice_working_days: int | str | None


def with_windows(text: str, spans: Mapping[str, Span], event_code: str = "") -> str:
    """The definition with these windows, of the contest or of one event. Raise KeyError for an unknown event."""
    document = tomlkit.parse(text)
    if event_code:
        holder = _event(document, event_code)
        table: Any = holder.get("windows")
        if table is None:
            table = tomlkit.inline_table()
    else:
        holder = document
        table = document["windows"]
    changed = False
    for name, span in spans.items():
        wanted: Any = list(span) if isinstance(span, tuple) else span
        if wanted is None and name in table:
            del table[name]
        elif wanted is None or table.get(name) == wanted:
            continue
        else:
            table[name] = wanted
        changed = True
    if not changed:
        return text
    if event_code and not len(table):
        del holder["windows"]
    elif event_code and "windows" not in holder:
        _put(holder, "windows", table)
    return tomlkit.dumps(document)


def span_of(window: Window) -> tuple[str, str]:
    """A window as a file says it: first and last day in Shanghai where it holds whole days, else its instants."""
    opens, closes = window.opens_at.astimezone(SHANGHAI), window.closes_at.astimezone(SHANGHAI)
    if opens.time() == closes.time() and (opens.hour, opens.minute, opens.second, opens.microsecond) == (
        0,
        0,
        0,
        0,
    ):
        return opens.date().isoformat(), (closes.date() - timedelta(days=1)).isoformat()
    return opens.isoformat(), closes.isoformat()


def with_followed(text: str, followed: Followed) -> str:
    """The definition with what moves along (rules/along.py): at the stages of profiles the values alone change, in place;
    what an event has of its own stands in one place each, sessions one a line. Raise KeyError for an unknown code."""
    if not followed.profiles and not followed.events:
        return text
    document = tomlkit.parse(text)
    for code, own in followed.profiles.items():
        stages = _named(document.get("profiles", []), code)["stages"]
        for stage_code, booking in own.booking.items():
            _move_sessions(_named(stages, stage_code), booking)
        for stage_code, hours in own.attendance.items():
            _move_hours(_named(stages, stage_code)["attendance"], hours)
    for code, own in followed.events.items():
        _put_own(_event(document, code), own)
    return tomlkit.dumps(document)


def _move_sessions(stage: Any, rule: Booking) -> None:
    _set_instant(stage, "booking_opens", rule.opens_at)
    _set_instant(stage, "booking_closes", rule.closes_at)
    for table, one in zip(stage["sessions"], rule.sessions, strict=True):
        for key, at in (
            ("opens_at", one.opens_at),
            ("latest_start", one.latest_start),
            ("closes_at", one.closes_at),
        ):
            _set_instant(table, key, at)


def _move_hours(table: Any, rule: Attendance) -> None:
    for key, until in (("confirm_by", rule.confirm_by), ("substitutes_until", rule.substitutes_until)):
        if isinstance(until, datetime):
            _set_instant(table, key, until)


def _set_instant(table: Any, key: str, at: datetime) -> None:
    """Another instant, where it is another one: what stays is kept as it was written."""
    if moment(table[key]) != at:
        table[key] = _said(at)


def _put_own(holder: Any, own: Own) -> None:
    tables = {
        "booking": {code: _booking_table(one) for code, one in own.booking.items()},
        "attendance": {code: _attendance_table(one) for code, one in own.attendance.items()},
    }
    for key, stages in tables.items():
        table: Any = holder.get(key)
        if table is None:
            table = tomlkit.inline_table()
        for code, values in stages.items():
            table[code] = values
        if stages and key not in holder:
            _put(holder, key, table)


def _booking_table(rule: Booking) -> Any:
    sessions = tomlkit.array()
    for one in rule.sessions:
        values = {"key": one.key, "title": _pair(one.title), "opens_at": _said(one.opens_at)}
        values |= {"latest_start": _said(one.latest_start), "closes_at": _said(one.closes_at)}
        sessions.append(_inline({**values, "seats": one.seats, "halls": list(one.places)}))
    sessions.multiline(True)
    frame = {"booking_opens": _said(rule.opens_at), "booking_closes": _said(rule.closes_at)}
    return _inline({**frame, "sessions": sessions})


def _attendance_table(rule: Attendance) -> Any:
    first, last = rule.confirm_by, rule.substitutes_until
    return _inline(
        {
            "confirm_by": _said(first) if isinstance(first, datetime) else first,
            "substitutes_until": _said(last) if isinstance(last, datetime) else last,
            "answer_hours": rule.answer_hours,
        }
    )


def _inline(values: Mapping[str, Any]) -> Any:
    table = tomlkit.inline_table()
    table.update({key: value for key, value in values.items() if value != []})
    return table


def _pair(title: Text) -> Any:
    return _inline({"zh": title.zh, "en": title.en} if title.en else {"zh": title.zh})


def _said(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat()


def _put(holder: Any, key: str, value: Any) -> None:
    """A key at the end of a table: before the comments and empty lines that belong to what follows, and before
    the tables below it."""
    tail: list[Any] = []
    if isinstance(holder, Table):
        body = holder.value.body
        while body and body[-1][0] is None:
            tail.insert(0, body.pop())
    holder[key] = value
    if isinstance(holder, Table):
        holder.value.body.extend(tail)


def with_stage(text: str, profile_code: str, stage_code: str, numbers: StageNumbers) -> str:
    """The definition with another quota and length of notice for one stage. Raise KeyError."""
    document = tomlkit.parse(text)
    stage = _named(_named(document["profiles"], profile_code)["stages"], stage_code)
    changed = False
    for key, value in (("quota", numbers.quota), ("notice_working_days", numbers.notice_working_days)):
        if value is None and key in stage:
            del stage[key]
        elif value is None or stage.get(key) == value:
            continue
        elif key in stage:
            stage[key] = value
        else:
            _insert(stage, key, value)
        changed = True
    return tomlkit.dumps(document) if changed else text


def _insert(stage: Any, key: str, value: Any) -> None:
    """A new key directly below `window`, which every stage has: above the tables below the stage."""
    if isinstance(stage, Table):
        stage.value._insert_after("window", key, tomlkit.item(value))
    else:
        stage[key] = value


def with_event(text: str, values: Mapping[str, Any]) -> str:
    """The definition with a further event at its end; pairs of texts stand on one line."""
    document = tomlkit.parse(text)
    table = tomlkit.table()
    for key, value in values.items():
        if isinstance(value, Mapping):
            pair = tomlkit.inline_table()
            pair.update(value)
            table[key] = pair
        else:
            table[key] = value
    events: Any = document.get("events")
    if events is None:
        events = tomlkit.aot()
        events.append(table)
        document["events"] = events
    else:
        events.append(table)
    return tomlkit.dumps(document)


def with_head(text: str, code: str, title: Text, edition: str) -> str:
    """A copy of the definition under another code, title and edition: a new contest begins like this."""
    document = tomlkit.parse(text)
    document["code"] = code
    titles = tomlkit.inline_table()
    titles.update({"zh": title.zh, "en": title.en} if title.en else {"zh": title.zh})
    document["title"] = titles
    if edition or "edition" in document:
        document["edition"] = edition
    return tomlkit.dumps(document)


def _event(document: Any, code: str) -> Any:
    return _named(document.get("events", []), code)


def _named(tables: Any, code: str) -> Any:
    found = next((item for item in tables if item.get("code") == code), None)
    if found is None:
        raise KeyError(code)
    return found
