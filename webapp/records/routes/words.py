"""The words of a copy in the reader's language, as its template sets them."""

from collections.abc import Iterable
from typing import Any

from flask_babel import format_datetime

from webapp.awards.rules.levels import LEVEL_WORDS, SkillLevel
from webapp.core.i18n import gettext as _
from webapp.core.i18n import locale, pick
from webapp.records.models import RecordCopy
from webapp.records.rules.record import Earlier, Given, Held, Level, Reached, Record, Taking
from webapp.registration.rules.winners import PRIZE_TEXTS, Prize

Line = tuple[Any, ...]
"""What a line of a section says, column by column: texts, or a list of texts."""


def words_of(record: Record, made: RecordCopy) -> dict[str, Any]:
    """Everything the document says, section by section; a section without lines is left out."""
    sections = [
        _section(_("Contests"), (_taking(one) for one in record.takings)),
        _section(_("Awards"), (_award(one) for one in record.awards)),
        _section(_("Skill levels"), (_level(one) for one in record.levels)),
        _section(_("Certificates"), (_certificate(one) for one in record.certificates if one.is_valid)),
        _section(_("Results of earlier contests"), (_earlier(one) for one in record.earlier)),
    ]
    return {
        "lang": locale()[:2],
        "title": _("Skill record"),
        "name": record.name,
        "made_on": _("Made on %(when)s", when=format_datetime(made.made_at, "yyyy-MM-dd HH:mm")),
        "sections": [one for one in sections if one["lines"]],
        "says": _(
            "Results are those of final lists only. Certificates, awards and levels are those that counted on that day."
        ),
        "check": _(
            "Check this copy: scan the code, or enter number and check code at the address below. The page shows what the copy says; compare it line by line."
        ),
        "check_code_label": _("Check code"),
        "digest_label": _("Digest (SHA-256)"),
        "sample": _("Sample"),
    }


def _section(title: str, lines: Iterable[Line]) -> dict[str, Any]:
    return {"title": title, "lines": [list(line) for line in lines]}


def _taking(one: Taking) -> Line:
    about = " · ".join(part for part in (pick(one.event), one.unit, one.number) if part)
    stages = [_stage(stage) for stage in one.stages]
    if one.points is not None:
        stages.append(_("%(points)s learning points", points=one.points))
    return pick(one.contest), about, stages or [_("took part; no final list names a result")], str(one.year)


def _award(one: Given) -> Line:
    return pick(one.title), f"{pick(one.contest)} · {pick(one.event)}", _rank(one.rank), str(one.given_on)


def _level(one: Level) -> Line:
    where = pick(one.contest) if one.contest else _("held before, certificate seen")
    return _(LEVEL_WORDS[SkillLevel(one.level)]), one.trade, where, str(one.since)


def _certificate(one: Held) -> Line:
    return pick(one.title), pick(one.event), one.serial, str(one.issued_on)


def _earlier(one: Earlier) -> Line:
    contest = " ".join(part for part in (one.contest, one.edition) if part)
    return contest, one.trade, _rank(one.rank) or _(PRIZE_TEXTS[Prize(one.prize)]), str(one.year)


def _stage(one: Reached) -> str:
    if one.rank is None:
        return _("%(stage)s: reached", stage=pick(one.title))
    parts = [_("%(stage)s: rank %(rank)s of %(of)s", stage=pick(one.title), rank=one.rank, of=one.of)]
    if one.combined is not None:
        parts.append(_("combined score %(score)s", score=one.combined))
    if one.goes_on:
        parts.append(_("went on"))
    return " · ".join(parts)


def _rank(rank: int | None) -> str:
    return _("Rank %(rank)s", rank=rank) if rank else ""
