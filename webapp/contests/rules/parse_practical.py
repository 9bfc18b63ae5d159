"""`[[profiles.stages.modules]]` and the same tables of an event → modules of a practical test."""

import re
from collections.abc import Mapping

from webapp.contests.rules.practical import ENTRIES, PracticalModule
from webapp.contests.rules.reader import UNDECIDED, Reader
from webapp.core.words import N_, Message

CODE = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")
MOST_JUDGES = 50


def read_modules(table: Reader) -> tuple[PracticalModule, ...]:
    """The modules of a stage; none where the key is left out or "undecided"."""
    if table.data.get("modules") == UNDECIDED:
        table.raw("modules")
        return ()
    return tuple(_module(item) for item in table.tables("modules", needed=False))


def read_event_modules(table: Reader | None) -> Mapping[str, tuple[PracticalModule, ...]]:
    """The modules that an event has of its own, by stage code: `[[events.modules.final]]`. "undecided" for a
    stage: its event will have some, or those of the stage until then."""
    if table is None:
        return {}
    decided = [code for code, value in table.data.items() if value != UNDECIDED]
    found = {code: tuple(_module(item) for item in table.tables(code)) for code in decided}
    return {code: modules for code, modules in found.items() if modules}


def _module(table: Reader) -> PracticalModule:
    code = table.text("code")
    if code and not CODE.match(code):
        words = Message(N_("Codes are made of small letters, digits and hyphens, at most 40."))
        table.problem("code", "bad-code", words)
    made = PracticalModule(
        code=code,
        title=table.texts("title"),
        mark=table.decimal("mark", "0.01", "10000"),
        share_pct=table.decimal("share_pct", "0.01", "100"),
        judges=table.integer("judges", 1, MOST_JUDGES),
        drop_extremes=table.flag("drop_extremes", default=False),
        deviation_pct=table.decimal("deviation_pct", "0", "100") if "deviation_pct" in table.data else None,
        duration_min=table.optional_integer("duration_min", 1, 100_000),
        take_home_h=table.optional_integer("take_home_h", 1, 10_000),
        entry=table.choice("entry", ENTRIES, "single"),
    )
    table.close()
    return made
