"""Who takes part in a stage: one condition that exams, halls and practical tests share."""


def takes_part(stage_id: str, participation_id: str) -> str:
    """SQL: whether a participation takes part in a stage; both given as columns of the statement around it.

    In a later stage whoever has confirmed a place or needs not (table stage_admissions of the stages above);
    in the first, or behind a selection outside that has named nobody yet, everybody. Whether the participation
    is active is asked apart. Of a team it is the leader who has the place."""
    return f"""
    (NOT EXISTS (SELECT FROM stage_admissions given WHERE given.stage_id = {stage_id})
     AND NOT EXISTS (SELECT FROM stages this JOIN stages before ON before.event_id = this.event_id
                     WHERE this.id = {stage_id} AND before.position < this.position
                       AND before.kind <> 'selection')
     OR EXISTS (SELECT FROM entries own JOIN stage_admissions place ON place.entry_id = own.id
                WHERE own.participation_id = {participation_id} AND place.stage_id = {stage_id}
                  AND place.state IN ('confirmed', 'admitted')))
    """  # noqa: S608 - names of columns, written here


SITS = takes_part("e.stage_id", "p.id")
"""The condition for exam e and participation p."""
