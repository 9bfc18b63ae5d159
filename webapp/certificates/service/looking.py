"""Before an issuing ends it looks once more: what became due while it was under way comes with it."""

from collections.abc import Sequence

from webapp.certificates.models import CertificateRun
from webapp.certificates.rules.parts import Kind, Part, broken_from, parts_from, still_due
from webapp.certificates.service.planning import plan_of
from webapp.certificates.service.running import AWARDS, STAGE
from webapp.contests.queries import stages_of_events

MOST_LOOKS = 10
"""So often an issuing looks again (p): where people finish all day long it must end nevertheless. Who finishes gets the
certificate at once anyway."""


def look_again(row: CertificateRun) -> tuple[Part, ...]:
    """What an issuing whose parts are all through looks at too; it is noted in the row. Empty: it ends."""
    if row.looks >= MOST_LOOKS:
        return ()
    parts = parts_from(row.parts)
    more = still_due(
        parts,
        [one.part for one in broken_from(row.problems)],
        _due(row, parts),
        is_fruitful=row.issued > row.issued_before_look,
    )
    row.looks, row.issued_before_look = row.looks + 1, row.issued
    return more


def _due(row: CertificateRun, parts: Sequence[Part]) -> Sequence[Part]:
    """What is due now in the scope of a run: never more than was asked for."""
    stages = stages_of_events(row.event_ids if row.event_id is None else [row.event_id])
    if row.scope not in (STAGE, AWARDS):
        return plan_of(stages).parts
    found = plan_of([one for one in stages if one.stage_id == row.stage_id]).parts
    if row.scope == STAGE:
        return [one for one in found if one.kind is not Kind.GIVEN]
    chosen = {one.award_code for one in parts}
    return [one for one in found if one.kind is Kind.GIVEN and one.award_code in chosen]
