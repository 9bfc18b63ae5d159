"""Signed sheets as PDF: what every judge gave, sealed by digests; numbers only, never a name of a contestant."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from webapp.accounts.queries import names_of_accounts
from webapp.config import ROOT
from webapp.contests.queries import StageView, event_by_id
from webapp.contests.rules.practical import PracticalModule
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.core.typesetting import pdf
from webapp.judging.errors import SheetGone
from webapp.judging.models import PracticalSignoff
from webapp.judging.queries.entrants import bearers
from webapp.judging.queries.modules import RunView, items_by_id
from webapp.judging.queries.sheets import SheetLine, sheets_of, values_of_run
from webapp.judging.rules.items import NOTHING, YES, Item, ItemKind, full_mark, plain, points
from webapp.judging.rules.seal import sheet_digest
from webapp.judging.service.finishing import sheets_digest, signoff_of

TEMPLATE = ROOT / "webapp" / "judging" / "typst" / "sheets.typ"
SIGNED = "signed"


def signed_sheets(
    stage: StageView, module: PracticalModule, run: RunView, sheet_id: int | None = None
) -> bytes:
    """The signed sheets of a module by number and judge, or one of them; equal sheets give equal bytes.

    raise (SheetGone): none of them is signed."""
    lines = sheets_of(run.run_id)
    wanted = [
        one for one in lines if one.state == SIGNED and not one.is_absent and sheet_id in (None, one.sheet_id)
    ]
    if not wanted:
        raise SheetGone
    made = _Sheets(stage, module, run, lines)
    event = event_by_id(stage.event_id, clock.now())
    data = {
        "title": f"{pick(event.contest_title)} · {pick(event.title)}",
        "columns": [_("Code"), _("Item"), _("Value given"), _("Points given"), _("Most points")],
        "signatures": [_("Judge"), _("Chief judge"), _("Day")],
        "sheets": [made.one(line) for line in wanted],
    }
    return pdf(TEMPLATE, data, at=max(line.signed_at for line in wanted if line.signed_at))


class _Sheets:
    """What is read once for all sheets of a module."""

    def __init__(
        self, stage: StageView, module: PracticalModule, run: RunView, lines: list[SheetLine]
    ) -> None:
        self._stage, self._module = stage, module
        self._place = (stage.contest_code, stage.event_code, stage.code, module.code)
        self._values = values_of_run(run.run_id)
        self._signed: PracticalSignoff | None = signoff_of(run.run_id)
        chief = [self._signed.by_account_id] if self._signed else []
        self._names = names_of_accounts([*(line.account_id for line in lines), *chief])
        self._letters = {
            judge: f"J{at}" for at, judge in enumerate(sorted({one.judge_id for one in lines}), 1)
        }
        self._numbers = {one.number: one.contestant for one in bearers(run.run_id)} if run.decoded_at else {}
        self._items = {one: items_by_id(one).items for one in {line.items_id for line in lines}}
        self._whole = sheets_digest(lines)

    def one(self, line: SheetLine) -> dict[str, Any]:
        """One sheet as the template reads it."""
        values, items = self._values.get(line.sheet_id, {}), self._items[line.items_id]
        full, total = plain(full_mark(items)), plain(line.score or NOTHING)
        words = _("%(score)s of %(full)s points", score=total, full=full)
        return {
            "head": f"{pick(self._stage.title)} · {pick(_words(self._module))} · "
            + _("Number %(number)s", number=line.number),
            "facts": self._facts(line),
            "rows": [_row(item, values.get(item.code, "")) for item in items],
            "total": _("Disqualified: %(points)s", points=words) if line.is_disqualified else words,
            "seals": self._seals(line, values),
        }

    def _facts(self, line: SheetLine) -> list[tuple[str, str]]:
        judge = self._names.get(line.account_id, "")
        facts = [
            (_("Blind number"), str(line.number)),
            (_("Judge"), f"{self._letters[line.judge_id]} {judge}"),
            (_("Signed at"), _when(line.signed_at)),
        ]
        if line.number in self._numbers:
            facts.insert(1, (_("Contestant number"), self._numbers[line.number]))
        if self._signed is not None:
            chief = self._names.get(self._signed.by_account_id, "")
            holds = self._signed.sheets_digest == self._whole
            said = f"{chief}, {_when(self._signed.at)}"
            facts.append(
                (_("Chief judge"), said if holds else _("%(said)s; a sheet changed afterwards", said=said))
            )
        return facts

    def _seals(self, line: SheetLine, values: Mapping[str, str]) -> list[tuple[str, str]]:
        own = sheet_digest(
            self._place, line.number, line.judge_id, values, line.score or NOTHING, is_disqualified=line.is_disqualified
        )  # fmt: skip
        seals = [(_("SHA-256 of this sheet"), own)]
        if self._signed is not None:
            seals += [
                (_("SHA-256 of all sheets of the module"), self._whole),
                (_("SHA-256 of the scan that the chief judge signed"), self._signed.file_digest),
            ]
        return seals


def _row(item: Item, value: str) -> list[str]:
    title = pick(item.title)
    if item.kind is ItemKind.DISQUALIFYING:
        return [item.code, title, _("Yes") if value == YES else _("No"), "–", "–"]
    given = f"{value} {item.unit}".strip() if value else "–"
    return [item.code, title, given, plain(points(item, value)), plain(item.max)]


def _words(module: PracticalModule) -> dict[str, str]:
    return {"zh": module.title.zh, "en": module.title.en}


def _when(at: datetime | None) -> str:
    return f"{at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}" if at else ""
