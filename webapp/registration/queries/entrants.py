"""Who takes part in a stage: one condition that exams, halls and practical tests share."""


def for_places(stage_id: str) -> str:
    """SQL: whether only those with a place compete in a stage, given as a column or parameter of the statement around it.

    Places were given, or another stage of ours comes before: every stage but a selection, and a selection that has an exam
    or a list here. Behind a selection that units run outside and that has named nobody yet, everybody competes."""
    return f"""
    (EXISTS (SELECT FROM stage_admissions given WHERE given.stage_id = {stage_id})
     OR EXISTS (SELECT FROM stages this JOIN stages before ON before.event_id = this.event_id
                WHERE this.id = {stage_id} AND before.position < this.position
                  AND (before.kind <> 'selection'
                       OR EXISTS (SELECT FROM exams held WHERE held.stage_id = before.id AND held.kind = 'formal')
                       OR EXISTS (SELECT FROM stage_lists kept
                                  WHERE kept.stage_id = before.id AND kept.state <> 'dropped'))))
    """  # noqa: S608 - names of columns, written here


def takes_part(stage_id: str, participation_id: str) -> str:
    """SQL: whether a participation takes part in a stage; both given as columns of the statement around it.

    In a later stage whoever has confirmed a place or needs not (table stage_admissions of the stages above);
    in the first, or behind a selection outside that has named nobody yet, everybody. Whether the participation
    is active is asked apart. Of a team it is the leader who has the place."""
    return f"""
    (NOT {for_places(stage_id)}
     OR EXISTS (SELECT FROM entries own JOIN stage_admissions place ON place.entry_id = own.id
                WHERE own.participation_id = {participation_id} AND place.stage_id = {stage_id}
                  AND place.state IN ('confirmed', 'admitted')))
    """


SITS = takes_part("e.stage_id", "p.id")
"""The condition for exam e and participation p."""
