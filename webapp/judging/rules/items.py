"""The items of a score sheet, and what one typed value of an item is worth. Exact decimals, never rounded here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

NOTHING = Decimal(0)
YES, NO = "1", "0"
LONGEST_VALUE = 20
MOST = Decimal("1000000000")


class ItemKind(StrEnum):
    """measured: a size is typed, the mark follows; judged: points from 0 to max in steps; deduction: points
    taken away, 0 to max in steps; disqualifying: yes or no, yes makes the whole sheet 0."""

    MEASURED = "measured"
    JUDGED = "judged"
    DEDUCTION = "deduction"
    DISQUALIFYING = "disqualifying"


@dataclass(frozen=True)
class Band:
    """A measured value no further than `within` from the target earns `mark`."""

    within: Decimal
    mark: Decimal


@dataclass(frozen=True)
class Item:
    """One line of a sheet. max: points (0 for a disqualifying item). step: of judged points and deductions.

    target, tolerance, unit: of a measured item. bands: from near to far, with falling marks; without bands a
    value within the tolerance earns max and any other nothing."""

    code: str
    title_zh: str
    title_en: str
    kind: ItemKind
    max: Decimal = NOTHING
    step: Decimal = Decimal(1)
    target: Decimal = NOTHING
    tolerance: Decimal = NOTHING
    unit: str = ""
    bands: tuple[Band, ...] = ()

    @property
    def title(self) -> dict[str, str]:
        return {"zh": self.title_zh, "en": self.title_en}

    def as_json(self) -> dict[str, Any]:
        """Decimals as text, so that nothing is lost on the way."""
        return {
            "code": self.code, "title_zh": self.title_zh, "title_en": self.title_en, "kind": self.kind.value,
            "max": plain(self.max), "step": plain(self.step), "target": plain(self.target),
            "tolerance": plain(self.tolerance), "unit": self.unit,
            "bands": [[plain(band.within), plain(band.mark)] for band in self.bands],
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Item":
        """Back from `as_json`."""
        return cls(
            code=data["code"], title_zh=data["title_zh"], title_en=data["title_en"], kind=ItemKind(data["kind"]),
            max=Decimal(data["max"]), step=Decimal(data["step"]), target=Decimal(data["target"]),
            tolerance=Decimal(data["tolerance"]), unit=data["unit"],
            bands=tuple(Band(Decimal(within), Decimal(mark)) for within, mark in data["bands"]),
        )  # fmt: skip


def plain(number: Decimal) -> str:
    """A number as people write it: no exponent, no zeros behind the last digit that says something."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def number_of(text: str) -> Decimal | None:
    """The number that somebody typed, with a decimal point or comma; None when it is none."""
    try:
        number = Decimal(text.strip().replace("，", ".").replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < MOST else None


def canonical(item: Item, text: str) -> str | None:
    """A typed value as it is kept, "" for none; None when this item cannot have it."""
    if not text.strip():
        return ""
    if len(text.strip()) > LONGEST_VALUE:
        return None
    if item.kind is ItemKind.DISQUALIFYING:
        return text.strip() if text.strip() in {YES, NO} else None
    number = number_of(text)
    if number is None:
        return None
    if item.kind is ItemKind.MEASURED:
        return plain(number)
    fits = 0 <= number <= item.max and (number == item.max or number % item.step == 0)
    return plain(number) if fits else None


def points(item: Item, value: str) -> Decimal:
    """What a canonical value is worth: negative for a deduction, 0 for a disqualifying item or no value."""
    if not value or item.kind is ItemKind.DISQUALIFYING:
        return NOTHING
    number = Decimal(value)
    match item.kind:
        case ItemKind.JUDGED:
            return number
        case ItemKind.DEDUCTION:
            return -number
    away = abs(number - item.target)
    if not item.bands:
        return item.max if away <= item.tolerance else NOTHING
    return next((band.mark for band in item.bands if away <= band.within), NOTHING)


@dataclass(frozen=True)
class SheetScore:
    """What one sheet comes to. missing: codes of items without a value; deductions may stay empty."""

    total: Decimal
    is_disqualified: bool
    missing: tuple[str, ...]


def sheet_score(items: Sequence[Item], values: Mapping[str, str]) -> SheetScore:
    """The sum of a sheet, never below 0; 0 when a disqualifying item says yes. Values of unknown items count
    for nothing. A deduction or a disqualifying item without a value is none."""
    needed = {ItemKind.MEASURED, ItemKind.JUDGED}
    missing = tuple(item.code for item in items if item.kind in needed and not values.get(item.code))
    out = any(item.kind is ItemKind.DISQUALIFYING and values.get(item.code) == YES for item in items)
    total = sum((points(item, values.get(item.code, "")) for item in items), NOTHING)
    return SheetScore(NOTHING if out else max(total, NOTHING), out, missing)


def full_mark(items: Sequence[Item]) -> Decimal:
    """The most that a sheet of these items can give."""
    earning = {ItemKind.MEASURED, ItemKind.JUDGED}
    return sum((item.max for item in items if item.kind in earning), NOTHING)


def differing(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[str, ...]:
    """Codes of items that two people typed differently from one sheet; no value and 0 points are not the same."""
    return tuple(sorted(code for code in {*first, *second} if first.get(code, "") != second.get(code, "")))
