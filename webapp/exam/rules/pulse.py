"""The pulse of an exam: who has something new, as numbers behind marks that only the concerned can read."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

EVERYBODY = ""


@dataclass(frozen=True)
class Change:
    """The newest thing for one scope. kind: what it is, in a letter. scope: '' for everybody, else
    'hall:…', 'attempt:…' or 'person:…' (a participation). number: grows with every new one."""

    kind: str
    scope: str
    number: int


def mark(secret: bytes, exam_id: int, scope: str) -> str:
    """The name of a scope in the pulse: without the secret nobody learns whom a number concerns."""
    if scope == EVERYBODY:
        return EVERYBODY
    return hmac.digest(secret, f"pulse:{exam_id}:{scope}".encode(), hashlib.sha256).hex()[:12]


def scopes_of(hall: str, attempt_id: int, participation_id: int) -> tuple[str, ...]:
    """The scopes that concern one page, everybody's first."""
    halls = (f"hall:{hall}",) if hall else ()
    return (EVERYBODY, *halls, f"attempt:{attempt_id}", f"person:{participation_id}")


def revisions(changes: Iterable[Change], secret: bytes, exam_id: int) -> dict[str, str]:
    """mark -> revision. A revision is only ever compared with the one before."""
    found: dict[str, str] = {}
    for change in sorted(changes, key=lambda one: (one.scope, one.kind)):
        name = mark(secret, exam_id, change.scope)
        found[name] = found.get(name, "") + f"{change.kind}{change.number}"
    return found


def as_text(found: Mapping[str, str]) -> str:
    """The answer as it is sent: small JSON, the same bytes for everybody in the exam."""
    return json.dumps(found, sort_keys=True, separators=(",", ":"))
