"""Ledger entries in plain words, for their owner and for the host."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from webapp.banks.queries.practice import stems
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.courses.queries import titles_of
from webapp.learning.queries.points import EntryView
from webapp.learning.routes.blueprint import CUT_WORDS, LESSON_WORDS

SHORT = 28


@dataclass(frozen=True)
class EntryLine:
    """One entry to read. cut: what a cap took away, in words. is_taken: its points were taken back later."""

    entry_id: int
    at: datetime
    kind: str
    what: str
    points: str
    running: str
    cut: str
    is_reversal: bool
    is_taken: bool
    is_hasty: bool


def entry_lines(entries: Sequence[EntryView], hasty_rounds: Collection[int] = ()) -> list[EntryLine]:
    """Newest first. hasty_rounds: quiz rounds in which answers came too fast. Two queries at most."""
    texts = stems([int(one.facts["version"]) for one in entries if "version" in one.facts])
    titles = titles_of(sorted({lesson for one in entries if (lesson := _lesson_of(one))}))
    by_id = {one.entry_id: one for one in entries}

    def what(one: EntryView) -> str:
        origin = by_id.get(one.reverses_id or 0)
        if origin is not None:
            taken = _("Taken back: %(what)s.", what=what(origin))
            return f"{taken} {_('Reason: %(reason)s', reason=one.facts.get('reason', ''))}"
        title = pick(titles[_lesson_of(one)]) if _lesson_of(one) in titles else ""
        stem = texts.get(int(one.facts.get("version", 0)), "")
        parts = [title, f"“{_shortened(stem)}”" if stem else ""]
        return " ".join(part for part in parts if part) or f"{one.source_kind} {one.source_id}"

    return [
        _line(one, what(one), _number(one.facts.get("round")) in hasty_rounds) for one in reversed(entries)
    ]


def _line(one: EntryView, what: str, is_hasty: bool) -> EntryLine:
    cut_by = str(one.facts.get("cut_by") or "")
    wanted = one.facts.get("wanted")
    cut = ""
    if cut_by in CUT_WORDS and wanted:
        cut = (
            _("%(points)s would have been possible.", points=plain(Decimal(wanted)))
            + " "
            + _(CUT_WORDS[cut_by])
        )
    return EntryLine(
        entry_id=one.entry_id,
        at=one.earned_at,
        kind=next((_(words) for kind, words in LESSON_WORDS.items() if kind.value == one.rule), one.rule),
        what=what,
        points=plain(one.points, signed=True),
        running=plain(one.running),
        cut=cut,
        is_reversal=one.reverses_id is not None,
        is_taken=one.reversed_by is not None,
        is_hasty=is_hasty,
    )


def plain(number: Decimal, signed: bool = False) -> str:
    """Points without useless zeros; signed: with + in front of a gain."""
    return f"{number.normalize():+f}" if signed else f"{number.normalize():f}"


def _lesson_of(one: EntryView) -> int:
    """The lesson an entry came from, 0 = none is known."""
    return _number(one.facts.get("lesson")) or (
        0 if one.source_kind == "question" else _number(one.source_id)
    )


def _number(value: Any) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def _shortened(stem: str) -> str:
    return stem if len(stem) <= SHORT else stem[: SHORT - 1] + "…"
