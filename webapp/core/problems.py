"""What is wrong in a file somebody gave us, with its place: the same for banks, rosters and contests."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.core.words import Message

ERROR = "error"
WARNING = "warning"

MAX_LISTED = 1000
"""So many problems are listed; the count is always the true one."""


@dataclass(frozen=True)
class Problem:
    """One defect. row: 1-based physical row or line, counting headings and empty lines.
    column: letter and heading, or the path inside a structured file. value: shortened."""

    code: str
    reason: Message
    severity: str = ERROR
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    hint: Message | None = None

    @property
    def is_error(self) -> bool:
        return self.severity == ERROR

    def to_json(self) -> dict[str, Any]:
        """For staging in the database and for programs."""
        return {
            "code": self.code,
            "reason": message_to_json(self.reason),
            "severity": self.severity,
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "hint": message_to_json(self.hint) if self.hint else None,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Problem":
        return cls(
            **{
                **data,
                "reason": message_from_json(data["reason"]),
                "hint": message_from_json(data["hint"]) if data["hint"] else None,
            }
        )


def message_to_json(message: Message) -> dict[str, Any]:
    """A message as JSON; nested messages, instants and {zh, en} pairs too, so that it is said alike later."""
    return {"text": message.text, "params": {name: _as_json(value) for name, value in message.params.items()}}


def _as_json(value: object) -> object:
    if isinstance(value, Message):
        return {"message": message_to_json(value)}
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if hasattr(value, "zh"):
        return {"zh": str(value.zh), "en": str(getattr(value, "en", ""))}
    return value if isinstance(value, str | int | float | bool | dict | list | None) else str(value)


def message_from_json(data: dict[str, Any]) -> Message:
    """The message of `message_to_json`."""
    return Message(data["text"], {name: _from_json(value) for name, value in data["params"].items()})


def _from_json(value: Any) -> object:
    match value:
        case {"message": told}:
            return message_from_json(told)
        case {"at": at}:
            return datetime.fromisoformat(at)
    return value


def shorten(value: object, limit: int = 60) -> str:
    """A value as people see it in a report: one line, at most `limit` characters."""
    text = " ".join(str(value).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
