"""Reads a parsed TOML table strictly: every key is asked for, the rest is reported, all problems at once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.places import line_index, line_of
from webapp.core.problems import ERROR, Problem, shorten
from webapp.core.words import N_, Message

CODE = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")
UNDECIDED = "undecided"
"""What a file says where the host has yet to decide (待主办方确定)."""


@dataclass
class Report:
    """Collects problems of one file. source: its text, or the lines of its paths."""

    file: str
    source: str | Mapping[str, int]
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def lines(self) -> Mapping[str, int]:
        """Where each path stands; of a text it is worked out only when there is a problem to place."""
        return line_index(self.source) if isinstance(self.source, str) else self.source

    def add(
        self,
        path: str,
        code: str,
        reason: Message,
        value: object = "",
        hint: Message | None = None,
        severity: str = ERROR,
    ) -> None:
        self.problems.append(
            Problem(
                code=code,
                reason=reason,
                severity=severity,
                file=self.file,
                row=line_of(self.lines, path),
                column=path,
                value=shorten(value),
                hint=hint,
            )
        )


class Reader:
    """One table of the file. Ask for every key, then `close()` to report the ones nobody asked for."""

    def __init__(self, data: Mapping[str, Any], path: str, report: Report) -> None:
        self.data, self.path, self.report = data, path, report
        self._asked: set[str] = set()

    def at(self, key: str) -> str:
        """The full path of a key of this table."""
        return f"{self.path}.{key}" if self.path else key

    def problem(self, key: str, code: str, reason: Message, hint: Message | None = None) -> None:
        self.report.add(
            self.at(key) if key else self.path, code, reason, self.data.get(key, "") if key else "", hint
        )

    def raw(self, key: str, needed: bool = True) -> Any:
        """The value of a key, or None; a missing one is reported when needed."""
        self._asked.add(key)
        if key not in self.data:
            if needed:
                self.problem(key, "missing", Message(N_("“%(key)s” is missing."), {"key": key}))
            return None
        return self.data[key]

    def text(self, key: str, needed: bool = True, default: str = "") -> str:
        value = self.raw(key, needed)
        if value is None:
            return default
        if not isinstance(value, str) or (needed and not value.strip()):
            self.problem(key, "not-text", Message(N_("This must be a text that is not empty.")))
            return default
        if not _is_storable(value):
            self.problem(
                key, "control-character", Message(N_("This text holds characters that nobody can see."))
            )
            return default
        return value.strip()

    def code(self, key: str) -> str:
        """A short name for programs and addresses."""
        code = self.text(key)
        if code and not CODE.match(code):
            self.problem(
                key,
                "bad-code",
                Message(N_("Codes are made of small letters, digits and hyphens, at most 40.")),
            )
        return code

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of `allowed`; without a default the key is needed."""
        value = self.raw(key, default is None)
        if value is None:
            return default or allowed[0]
        if value not in allowed:
            self.problem(
                key,
                "not-a-choice",
                Message(N_("This value is not known here.")),
                Message(N_("Use one of: %(choices)s."), {"choices": ", ".join(allowed)}),
            )
            return default or allowed[0]
        return str(value)

    def integer(self, key: str, low: int, high: int, default: int | None = None) -> int:
        value = self.raw(key, default is None)
        if value is None:
            return low if default is None else default
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.problem(
                key,
                "not-a-number",
                Message(
                    N_("This must be a whole number from %(low)s to %(high)s."), {"low": low, "high": high}
                ),
            )
            return low if default is None else default
        return value

    def integer_or_undecided(self, key: str, low: int, high: int) -> int | None:
        """A whole number, or None where the file says "undecided"."""
        if self.data.get(key) == UNDECIDED:
            self._asked.add(key)
            return None
        return self.integer(key, low, high)

    def optional_integer(self, key: str, low: int, high: int) -> int | None:
        """A whole number, or None where the key is left out or "undecided"."""
        if self.raw(key, needed=False) is None:
            return None
        return self.integer_or_undecided(key, low, high)

    def optional_flag(self, key: str) -> bool | None:
        """True or false, or None where the key is left out or "undecided"."""
        value = self.raw(key, needed=False)
        return None if value is None or value == UNDECIDED else self.flag(key, default=False)

    def decimal(self, key: str, low: str, high: str, default: str | None = None) -> Decimal:
        """An exact decimal: a TOML number or a text such as "0.5"."""
        value = self.raw(key, default is None)
        if value is None:
            return Decimal(default if default is not None else low)
        try:
            if isinstance(value, bool):
                raise InvalidOperation
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_nan() or not Decimal(low) <= number <= Decimal(high):
            self.problem(
                key,
                "not-a-number",
                Message(N_("This must be a number from %(low)s to %(high)s."), {"low": low, "high": high}),
            )
            return Decimal(default if default is not None else low)
        return number

    def flag(self, key: str, default: bool) -> bool:
        value = self.raw(key, needed=False)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.problem(key, "not-a-flag", Message(N_("This must be true or false.")))
            return default
        return value

    def texts(self, key: str, needed: bool = True) -> Text:
        """A {zh, en} pair."""
        value = self.raw(key, needed)
        if value is None:
            return Text("")
        if isinstance(value, str):
            return Text(self.text(key, needed))
        if not isinstance(value, dict) or not _is_pair(value):
            self.problem(
                key,
                "not-texts",
                Message(N_('This must be a pair of texts, for example {zh = "…", en = "…"}.')),
            )
            return Text("")
        if not all(_is_storable(text) for text in value.values()):
            self.problem(
                key, "control-character", Message(N_("This text holds characters that nobody can see."))
            )
        return Text(value["zh"], value.get("en", ""))

    def day(self, key: str) -> date | None:
        """A day of the calendar, as TOML's own date or as a text such as "2026-04-30"."""
        value = self.raw(key)
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                value = None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self.problem(key, "not-a-day", Message(N_('This must be a day, for example "2026-04-30".')))
        return None

    def names(self, key: str, needed: bool = True) -> tuple[str, ...]:
        """A list of texts."""
        value = self.raw(key, needed)
        if value is None:
            return ()
        if not isinstance(value, list) or any(not isinstance(item, str) for item in value):
            self.problem(key, "not-a-list", Message(N_("This must be a list of texts.")))
            return ()
        return tuple(value)

    def choices(self, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """A list of which each element is one of `allowed`; empty where the key is left out."""
        found = self.names(key, needed=False)
        if set(found) - set(allowed):
            self.problem(
                key,
                "not-a-choice",
                Message(N_("This value is not known here.")),
                Message(N_("Use one of: %(choices)s."), {"choices": ", ".join(allowed)}),
            )
        return found

    def table(self, key: str, needed: bool = True) -> "Reader | None":
        value = self.raw(key, needed)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.problem(key, "not-a-table", Message(N_("This must be a table.")))
            return None
        return Reader(value, self.at(key), self.report)

    def tables(self, key: str, needed: bool = True) -> Iterator["Reader"]:
        """The elements of an array of tables."""
        value = self.raw(key, needed)
        if value is None:
            return
        if not isinstance(value, list) or any(not isinstance(item, dict) for item in value):
            self.problem(key, "not-tables", Message(N_("This must be a list of tables.")))
            return
        for position, item in enumerate(value):
            yield Reader(item, f"{self.at(key)}[{position}]", self.report)

    def close(self) -> None:
        """Report keys that nobody asked for: most are spelling mistakes."""
        for key in self.data:
            if key not in self._asked:
                self.problem(
                    key,
                    "unknown-key",
                    Message(N_("“%(key)s” is not known here."), {"key": key}),
                    Message(N_("Known here: %(keys)s."), {"keys": ", ".join(sorted(self._asked))}),
                )


def _is_pair(value: Mapping[str, Any]) -> bool:
    """Whether a table is {zh, en} with texts; the Chinese one is needed."""
    return (
        not set(value) - {"zh", "en"}
        and all(isinstance(text, str) for text in value.values())
        and bool(str(value.get("zh", "")).strip())
    )


def _is_storable(text: str) -> bool:
    """Whether a text is free of control characters, which PostgreSQL refuses or nobody can see."""
    return all(character >= " " or character in "\n\t" for character in text)
