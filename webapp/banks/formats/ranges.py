"""Right numbers as people write them: 3.5, 3.5±0.1, 3~6, ≥3, several with ; and a share as in 3~6 得50%."""

import re
from collections.abc import Sequence
from decimal import Decimal

from webapp.banks.rules.schema import NumberRange

_NUMBER = r"([-+]?(?:\d{1,40}(?:\.\d{1,40})?|\.\d{1,40})(?:[eE][-+]?\d{1,2})?|[-+]?∞)\s*(%?)"
_EXACT = re.compile(rf"=?\s*{_NUMBER}")
_AROUND = re.compile(rf"=?\s*{_NUMBER}\s*(?:±|\+/-|\+-)\s*{_NUMBER}")
_BETWEEN = re.compile(rf"{_NUMBER}\s*(?:~|～|〜|至|到|\.\.|—|–)\s*{_NUMBER}")
_ABOVE = re.compile(rf"(?:≥|>=|不小于|不少于)\s*{_NUMBER}")
_BELOW = re.compile(rf"(?:≤|<=|不大于|不超过)\s*{_NUMBER}")
_SHARE = re.compile(r"^(.*\S)\s*得\s*(\d{1,3}(?:\.\d{1,30})?)\s*%$")
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != 0xFF5E}
INFINITE = Decimal("Infinity")


def ranges_of(text: str) -> tuple[NumberRange, ...]:
    """The ranges of an answer; () when it is not written as numbers."""
    found = []
    for part in re.split(r"[;；\n]", text.translate(_WIDTH)):
        if not part.strip():
            continue
        read = _range(part.strip())
        if read is None:
            return ()
        found.append(read)
    return tuple(found)


def _range(text: str) -> NumberRange | None:
    share = Decimal(1)
    if told := _SHARE.match(text):
        text, share = told[1], Decimal(told[2]).scaleb(-2)
    if share > 1:
        return None
    if match := _AROUND.fullmatch(text):
        middle, reach = _value(match[1]), abs(_value(match[3]))
        return NumberRange(middle - reach, middle + reach, share) if _finite(middle, reach) else None
    if match := _BETWEEN.fullmatch(text):
        return NumberRange(_value(match[1]), _value(match[3]), share)
    if match := _ABOVE.fullmatch(text):
        return NumberRange(_value(match[1]), INFINITE, share)
    if match := _BELOW.fullmatch(text):
        return NumberRange(-INFINITE, _value(match[1]), share)
    if match := _EXACT.fullmatch(text):
        value = _value(match[1])
        return NumberRange(value, value, share) if _finite(value) else None
    return None


def _finite(*values: Decimal) -> bool:
    return all(value.is_finite() for value in values)


def _value(text: str) -> Decimal:
    return Decimal(text.replace("∞", "Infinity"))


def ranges_text(numbers: Sequence[NumberRange]) -> str:
    """The text that `ranges_of` reads back to the same ranges."""
    return "; ".join(_text(number) for number in numbers)


def _text(number: NumberRange) -> str:
    low, high = shown(number.low), shown(number.high)
    text = low if number.low == number.high else f"{low}~{high}"
    return text if number.share == 1 else f"{text} 得{shown(number.share.scaleb(2))}%"


def shown(value: Decimal) -> str:
    """A number without exponent; ∞ for no limit."""
    return format(value, "f").replace("Infinity", "∞")
