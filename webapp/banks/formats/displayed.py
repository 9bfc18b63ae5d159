"""Cell values as a spreadsheet shows them: 1 is '1', 15 % is '15%', a date is what its format says."""

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

_LITERALS = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]')
_TOKENS = re.compile(r"y+|m+|d+|h+|s+|AM/PM|.", re.IGNORECASE | re.DOTALL)
_PLAIN_NUMBER = re.compile(r"[#,0?]*0?(?:\.(0+))?")
LONG_NUMBER = 10**15
"""From here on a spreadsheet has already lost digits."""


def displayed(value: object, number_format: str) -> tuple[str, str]:
    """The shown text of a value and a note: '', 'date' or 'long-number'."""
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), ""
    if isinstance(value, int | float):
        return _number(value, number_format), "long-number" if abs(value) >= LONG_NUMBER else ""
    if isinstance(value, datetime | date | time):
        return _moment(value, number_format), "date"
    if isinstance(value, timedelta):
        return str(value), "date"
    return str(value), ""


def _number(value: int | float, number_format: str) -> str:
    if isinstance(value, float) and (not math.isfinite(value)):
        return str(value)
    if isinstance(value, int) and abs(value) >= LONG_NUMBER:
        return str(value)
    exact = Decimal(repr(value))
    first = number_format.split(";", maxsplit=1)[0]
    bare = _LITERALS.sub("", first).strip()
    if bare.endswith("%"):
        match = _PLAIN_NUMBER.fullmatch(bare[:-1].strip())
        decimals = len(match[1] or "") if match else 0
        return _fixed(exact * 100, decimals) + "%"
    match = _PLAIN_NUMBER.fullmatch(bare)
    if bare and match:
        shown = _fixed(exact, len(match[1] or ""))
        return _grouped(shown) if "," in bare.rstrip(",") else shown
    return _general(exact)


def _general(exact: Decimal) -> str:
    """At most 11 significant digits and no trailing zeros: 0.1 is '0.1', 1.0 is '1'."""
    if exact == exact.to_integral_value():
        return str(int(exact)) if abs(exact) < Decimal(10) ** 40 else f"{exact:E}"
    text = f"{float(exact):.11g}"
    if "e" in text:
        text = format(Decimal(text), "f")
    return text


def _fixed(exact: Decimal, decimals: int) -> str:
    if abs(exact) >= Decimal(10) ** 25:
        return _general(exact)
    return str(exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def _grouped(text: str) -> str:
    whole, dot, rest = text.partition(".")
    return f"{int(whole):,}{dot}{rest}"


def _moment(value: datetime | date | time, number_format: str) -> str:
    shown = number_format.split(";", maxsplit=1)[0]
    if isinstance(value, time):
        return value.strftime("%H:%M:%S" if value.second else "%H:%M")
    if shown.lower() in {"mm-dd-yy", "m/d/yy", "general", "", "@"}:
        shown = (
            "yyyy/m/d h:mm" if isinstance(value, datetime) and (value.hour or value.minute) else "yyyy/m/d"
        )
    pattern = _LITERALS.sub(lambda found: "".join("\0" + sign for sign in found[1] or found[2] or ""), shown)
    return _filled(value, pattern)


def _filled(value: datetime | date, pattern: str) -> str:
    tokens = _TOKENS.findall(pattern)
    out: list[str] = []
    after_hour = literal = False
    for index, sign in enumerate(tokens):
        if literal or sign == "\0":
            if literal:
                out.append(sign)
            literal = not literal
            continue
        kind = sign[0].lower()
        following = next(
            (other[0].lower() for other in tokens[index + 1 :] if other[0].lower() in "yhds"), ""
        )
        is_minutes = kind == "m" and (after_hour or following == "s")
        out.append(_part(value, kind, len(sign), is_minutes) if kind in "ymdhs" else sign)
        if kind in "ymdhs":
            after_hour = kind == "h"
    return "".join(out)


def _part(value: datetime | date, kind: str, length: int, is_minutes: bool) -> str:
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a cell has no zone
    match kind:
        case "y":
            return f"{moment.year:04d}" if length > 2 else f"{moment.year % 100:02d}"
        case "m" if is_minutes:
            return f"{moment.minute:02d}"
        case "m":
            return f"{moment.month:02d}" if length == 2 else str(moment.month)
        case "d":
            return f"{moment.day:02d}" if length == 2 else str(moment.day)
        case "h":
            return f"{moment.hour:02d}" if length == 2 else str(moment.hour)
        case _:
            return f"{moment.second:02d}"
