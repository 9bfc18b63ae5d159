"""A correction after everything is over: a score filed anew, the final list replaced, the awards opened again, and
the certificates that it takes away revoked.

Of the last stages with a practical test the first event's and one of twenty others are corrected: the first on the
final list loses half of the practical score."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import text

from webapp.access.principal import Principal
from webapp.awards.queries.lists import awards_named
from webapp.awards.queries.reopening import Stray, stray_certificates
from webapp.awards.service import reopening
from webapp.awards.service.deciding import Decider
from webapp.awards.service.deriving import open_list
from webapp.certificates.queries.gone import Gone, gone_ranks
from webapp.certificates.service import revoking
from webapp.contests.queries import StageView, rules_of
from webapp.core.db import db
from webapp.core.transaction import in_transaction, transaction
from webapp.judging.service.finishing import COMPONENT
from webapp.leaderboard.service.filing import file_scores
from webapp.rehearsal import awarding
from webapp.rehearsal.listing import A_DAY, LATER, became_final, hosts, is_final, next_stage, two_people
from webapp.rehearsal.play import EventPlay, Play, StepReport
from webapp.rehearsal.posting import final_rows, frozen
from webapp.rehearsal.setting import FIRST_SERIAL
from webapp.stages.queries import notices
from webapp.stages.rules.states import Decision
from webapp.stages.service import posting as lists
from webapp.stages.service import rechecking, regrading
from webapp.stages.service.posting import ExtraDays

ONE_OF = 20
AFTERWARDS = timedelta(days=30)
"""So long after the list was final the mistake is found; the awards are decided by then."""
REASON = "演练：公示后更正实际操作成绩"
_FIRST = text(
    """
    SELECT c.participation_id, c.score FROM participations p
    JOIN component_scores c ON c.participation_id = p.id AND c.stage_id = :stage_id AND c.component = :component
    WHERE p.event_id = :event_id AND p.number = :number ORDER BY c.version DESC LIMIT 1
    """
)


def play(play: Play, event: EventPlay, stage: StageView | None) -> StepReport | None:
    """Correct the score of the first on the list, and everything that hung on it."""
    if stage is None or not _is_corrected(play, event, stage):
        return None
    report = StepReport("correcting", stage.code, event.code)
    at = play.travel(became_final(stage) + AFTERWARDS)
    before = final_rows(stage)
    report.people_in = len(before)
    _file_anew(event, stage, str(before[0][0]))
    play.work()
    end = _replaced(play, stage, at)
    after = final_rows(stage)
    report.people_out = sum(row not in before for row in after)
    report.facts["taken back"] = _taken_back(play, stage, in_transaction(lambda: gone_ranks(stage)), end)
    report.facts["lines"], strays = _awards_anew(play, event, stage, end + A_DAY)
    report.facts["taken back"] += _taken_back(play, stage, strays, end + A_DAY)
    play.work()
    report.facts["list"] = hashlib.sha256(json.dumps(after).encode()).hexdigest()
    return report


def _is_corrected(play: Play, event: EventPlay, stage: StageView) -> bool:
    if next_stage(event, stage) is not None or all(part.key != COMPONENT for part in stage.rules.components):
        return False
    is_chosen = play.chance("corrected", event.code).random() < 1 / ONE_OF or event.first == FIRST_SERIAL
    return is_chosen and in_transaction(lambda: is_final(stage))


def _file_anew(event: EventPlay, stage: StageView, number: str) -> None:
    values = {
        "stage_id": stage.stage_id,
        "component": COMPONENT,
        "event_id": event.event_id,
        "number": number,
    }
    with transaction():
        row = db.session.execute(_FIRST, values).one()
        half = (row.score / 2).quantize(Decimal("0.01"))
        file_scores(stage.stage_id, COMPONENT, {row.participation_id: half}, {"how": REASON})


def _replaced(play: Play, stage: StageView, at: datetime) -> datetime:
    """The list frozen, re-checked, computed a second time, posted and final once more; when it was."""
    host, _second = hosts(play)
    in_transaction(lambda: frozen(stage, host.account_id, at, REASON))
    while waiting := in_transaction(lambda: rechecking.undecided(stage.stage_id)):
        with transaction():
            rechecking.decide(stage.stage_id, waiting, Decision.ELIGIBLE, "", host, at)
    with transaction():
        rechecking.close_recheck(stage.stage_id, at)
    in_transaction(lambda: regrading.ask(stage.stage_id, host.account_id, at))
    play.work()
    two_people(
        play, lambda asked: lists.ask_post(stage.stage_id, ExtraDays(), asked), play.travel(at + LATER)
    )
    posted = in_transaction(lambda: notices.current(stage.stage_id))
    assert posted is not None
    end = play.travel(posted.ends_at + LATER)
    two_people(play, lambda asked: lists.ask_finalise(stage.stage_id, asked), end)
    play.work()
    return end


def _awards_anew(play: Play, event: EventPlay, stage: StageView, at: datetime) -> tuple[int, list[Stray]]:
    """Open the awards again and decide what is new; (how many lines, certificates without ground)."""
    awards = awards_named(rules_of(stage.contest_id), event.code, stage.code)
    first, second = (_decider(one, at) for one in hosts(play))
    one = open_list(stage.stage_id)
    db.session.rollback()
    if one is None:
        return 0, []
    play.travel(at)
    with transaction():
        reopening.ask_reopen(stage.stage_id, REASON, first, two_person=True)
    with transaction():
        reopening.answer_reopen(stage.stage_id, second, True)
    lines, _granted = awarding.decide(play, event, stage, awards, at + LATER)
    with transaction():
        decided = open_list(stage.stage_id)
        assert decided is not None
        strays = stray_certificates(decided, awards)
    return lines, strays


def _decider(who: Principal, at: datetime) -> Decider:
    return Decider(who.account_id, who.person_id, at)


def _taken_back(play: Play, stage: StageView, found: Sequence[Gone | Stray], at: datetime) -> int:
    """Revoke these, one host asking, the other agreeing; where only the rank is another, a new one takes its place."""
    first, second = hosts(play)
    for is_given in (False, True):
        serials = [one.serial for one in found if one.is_given == is_given]
        if serials:
            with transaction():
                revoking.ask_revoke_all(serials, REASON, first.account_id, True, at, replace=is_given)
            with transaction():
                revoking.decide_revoke_all(stage.stage_id, second.account_id, True, at + LATER)
    return len(found)
