"""What a certificate says, as canonical JSON with a digest, and whether two names are the same."""

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

Words = Mapping[str, str]
"""A text in both languages: {"zh": …, "en": …}."""


@dataclass(frozen=True)
class Facts:
    """Everything a certificate says; no document number, no phone. rank: as the final list shows it."""

    serial: str
    name: str
    number: str
    unit: str
    award: Words
    contest: Words
    event: Words
    stage: Words
    hosts: Words
    finished: tuple[str, ...]
    rank: int | None
    goes_on: bool
    issued_on: date
    is_sample: bool = False

    def as_json(self) -> dict[str, Any]:
        """JSON values only: text, whole numbers, true and false."""
        return {
            **{name: getattr(self, name) for name in ("serial", "name", "number", "unit", "rank", "goes_on")},
            **{name: dict(getattr(self, name)) for name in ("award", "contest", "event", "stage", "hosts")},
            "finished": list(self.finished),
            "issued_on": self.issued_on.isoformat(),
            "is_sample": self.is_sample,
        }


def facts_from(data: Mapping[str, Any]) -> Facts:
    """Back from `as_json`."""
    return Facts(
        **{
            **data,
            "finished": tuple(data["finished"]),
            "issued_on": date.fromisoformat(data["issued_on"]),
        }
    )


def canonical(data: Mapping[str, Any]) -> bytes:
    """The one way to write these facts: UTF-8 JSON, keys sorted, no spaces, nothing escaped needlessly."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(data: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(data)).hexdigest()


def is_same_name(typed: str, name: str) -> bool:
    """Whether somebody typed this name: width, case, spaces and the kind of dot between names do not matter."""
    return hmac.compare_digest(_plain(typed).encode(), _plain(name).encode())


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in letters if unicodedata.category(letter)[0] not in "ZPC")
