"""Reading the rule of delegations."""

from webapp.contests.rules.delegation import CONTESTANTS, MEMBERS, DelegationRule
from webapp.contests.rules.reader import UNDECIDED, Reader
from webapp.core.words import N_, Message

MOST = 10_000


def read_delegation(limit: Reader) -> DelegationRule | None:
    """The value of a limit `delegation`."""
    value = limit.raw("value")
    if not isinstance(value, dict):
        limit.problem("value", "not-a-table", Message(N_("This must be a table.")))
        return None
    # What a limit needs goes by its rule: the schema for editors names these keys in words.
    table = Reader(value, limit.at("value"), limit.report)
    by_event = table.table("per_event_of", needed=False)
    made = DelegationRule(
        stage=table.code("stage"),
        sent_by=_levels(table),
        members=table.choices("members", MEMBERS) or (CONTESTANTS,),
        per_event=table.optional_integer("per_event", 1, MOST),
        per_event_of={code: by_event.integer(code, 1, MOST) for code in by_event.data} if by_event else {},
        judges=table.optional_integer("judges", 0, MOST),
        confirm_days=table.optional_integer("confirm_days", 0, 365),
    )
    table.close()
    return made


def _levels(table: Reader) -> tuple[str, ...]:
    """The levels, nobody while they are undecided."""
    if table.data.get("sent_by") == UNDECIDED:
        table.raw("sent_by")
        return ()
    return table.names("sent_by")
