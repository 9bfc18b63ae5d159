"""Awards: derived from the final list, decided by one, agreed by another, certified."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from webapp.access.permissions import Role
from webapp.awards.models import AwardLine, AwardList
from webapp.awards.queries.lists import awards_named
from webapp.awards.service import deciding, deriving
from webapp.awards.service.deciding import Asker, Decider, Decision
from webapp.certificates.service import running
from webapp.contests.queries import StageView, rules_of
from webapp.contests.rules.schema import Award
from webapp.core import clock
from webapp.core.db import db
from webapp.core.transaction import in_transaction, transaction
from webapp.leaderboard.queries.finals import newest_final
from webapp.leaderboard.queries.kept import rows_by_id
from webapp.registration.models import Entry, Participation
from webapp.rehearsal.listing import A_DAY, LATER, became_final, is_final
from webapp.rehearsal.play import EventPlay, Play, StepReport

DECLINED = 0.02
NAMED = 3
"""How many the organiser's list names for a prize without ranks."""


def play(play: Play, event: EventPlay, stage: StageView | None) -> StepReport | None:
    """The awards of a stage with a final list; None where the file names none or there is no list."""
    if stage is None or stage.closes_at is None:
        return None
    awards = awards_named(rules_of(stage.contest_id), event.code, stage.code)
    snapshot_id = newest_final(stage.stage_id)
    db.session.rollback()
    if not awards or snapshot_id is None:
        return None
    report = StepReport("awarding", stage.code, event.code)
    since = in_transaction(lambda: became_final(stage) if is_final(stage) else stage.closes_at)
    assert since is not None
    at = play.travel(since + A_DAY)
    host = play.who(Role.HOST)
    with transaction():
        deriving.derive_list(stage.stage_id, host.account_id, at)
    for award in awards:
        if award.conditions.get("several"):
            _name(play, stage, award, snapshot_id)
    report.people_in, report.people_out = decide(play, event, stage, awards, at)
    report.facts["open"] = len(_lines(stage, "open"))
    return report


def decide(
    play: Play, event: EventPlay, stage: StageView, awards: Sequence[Award], at: datetime
) -> tuple[int, int]:
    """Every candidate that nobody has decided yet, the end by two people, then everything the event owes.

    Return how many lines were decided, and how many of them given."""
    host, second = (play.who(Role.HOST, nth) for nth in (0, 1))
    candidates = _lines(stage, "candidate")
    by = Decider(host.account_id, host.person_id, at)
    declined = [
        one
        for one, *what in candidates
        if play.chance("declined", event.code, stage.code, *what).random() < DECLINED
    ]
    granted = [one for one, *_what in candidates if one not in declined]
    for chosen, said in ((granted, Decision(True)), (declined, Decision(False, "演练：材料不全"))):
        if chosen:
            with transaction():
                deciding.decide_lines(stage.stage_id, chosen, said, by)
    with transaction():
        deciding.ask_close(stage.stage_id, Asker(host.account_id, at, True))
    with transaction():
        deciding.answer_close(stage.stage_id, Decider(second.account_id, second.person_id, at + LATER), True)
    with transaction():
        running.ask_event(stage.event_id, stage.contest_id, host.account_id, at + LATER)
    play.work()
    return len(candidates), len(granted)


def _name(play: Play, stage: StageView, award: Award, snapshot_id: int) -> None:
    """The organiser's list names the first ones of the final list."""
    host = play.who(Role.HOST)
    numbers = [row["number"] for row in rows_by_id(snapshot_id)[:NAMED]]
    db.session.rollback()
    for number in numbers:
        with transaction():
            deriving.name_for_prize(stage.stage_id, award.code, number, host.account_id, clock.now())


def _lines(stage: StageView, state: str) -> list[tuple[int, str, str]]:
    """(line, award, contestant number) of the present list in this state that nobody has decided yet."""
    rows = db.session.execute(
        select(AwardLine.id, AwardLine.award_code, Participation.number)
        .join(AwardList, AwardList.id == AwardLine.list_id)
        .join(Entry, Entry.id == AwardLine.entry_id)
        .join(Participation, Participation.id == Entry.participation_id)
        .where(
            AwardList.stage_id == stage.stage_id,
            AwardList.state.not_in(("superseded", "reopened")),
            AwardLine.state == state,
            AwardLine.decision == "",
        )
        .order_by(AwardLine.position)
    ).all()
    db.session.rollback()
    return [(row.id, row.award_code, row.number) for row in rows]
