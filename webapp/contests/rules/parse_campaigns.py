"""The campaigns of a definition → Campaign."""

from webapp.contests.rules.campaigns import LEVELS, PERIODS, PHASES, Campaign, ReportRule
from webapp.contests.rules.reader import UNDECIDED, Reader
from webapp.core.words import N_, Message


def read_campaigns(root: Reader) -> tuple[Campaign, ...]:
    """Every [[campaigns]] table, in order. Problems go to the report."""
    return tuple(_campaign(table) for table in root.tables("campaigns", needed=False))


def _campaign(table: Reader) -> Campaign:
    made = Campaign(
        code=table.code("code"),
        title=table.texts("title"),
        level=table.choice("level", LEVELS),
        phases=_phases(table.table("phases")),
        report=_report(table.table("report", needed=False)),
        leader=table.texts("leader", needed=False),
        is_sample=table.flag("sample", default=False),
        note=table.texts("note", needed=False),
    )
    table.close()
    return made


def _phases(table: Reader | None) -> dict[str, str]:
    if table is None:
        return {}
    found = {phase: table.text(phase, needed=False) for phase in PHASES}
    if not any(found.values()):
        table.problem("", "no-phases", Message(N_("Name at least one phase with its window.")))
    table.close()
    return {phase: window for phase, window in found.items() if window}


def _report(table: Reader | None) -> ReportRule | None:
    if table is None:
        return None
    every = table.choice("every", (*PERIODS, UNDECIDED))
    made = ReportRule(
        every=None if every == UNDECIDED else every,
        fields=table.names("fields", needed=False),
        due_days=table.optional_integer("due_days", 1, 365),
    )
    table.close()
    return made
