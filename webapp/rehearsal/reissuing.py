"""A name is corrected after the certificate: the old one is revoked by two people, another says the new name."""

from datetime import timedelta

from sqlalchemy import text

from webapp.accounts.service import changes
from webapp.certificates.queries.certificates import by_ids, by_serial
from webapp.certificates.rules.facts import digest_of
from webapp.certificates.service import revoking
from webapp.contests.queries import StageView
from webapp.core import clock
from webapp.core.db import db
from webapp.core.transaction import in_transaction, transaction
from webapp.rehearsal.correcting import ONE_OF
from webapp.rehearsal.listing import LATER, hosts
from webapp.rehearsal.play import EventPlay, Play, StepReport
from webapp.rehearsal.setting import FIRST_SERIAL

ADDED = "璟"
"""What was missing of the name."""
_ONE = text(
    """
    SELECT c.serial, c.person_id, c.facts ->> 'name' AS name FROM certificates c
    JOIN stages s ON s.id = c.stage_id JOIN participations p ON p.id = c.participation_id
    WHERE s.event_id = :event_id AND p.state = 'active'
      AND NOT EXISTS (SELECT FROM certificate_revocations r WHERE r.certificate_id = c.id)
    ORDER BY p.number, c.award_code LIMIT 1
    """
)
_NEXT = text(
    """
    SELECT c.id FROM certificates c JOIN certificates o ON o.stage_id = c.stage_id AND o.entry_id = c.entry_id
     AND o.award_code = c.award_code WHERE o.serial = :serial AND c.issue_number = o.issue_number + 1
    """
)


def play(play: Play, event: EventPlay, stage: StageView | None) -> StepReport | None:
    """Of the first event and of one of twenty others one certificate."""
    if play.chance("renamed", event.code).random() >= 1 / ONE_OF and event.first != FIRST_SERIAL:
        return None
    row = in_transaction(lambda: db.session.execute(_ONE, {"event_id": event.event_id}).one_or_none())
    if row is None:
        return None
    report = StepReport("reissuing", "", event.code, people_in=1)
    at = play.travel(clock.now() + timedelta(days=1))
    name = row.name + ADDED
    with transaction():
        asked = changes.propose_name(row.person_id, name, "演练：登记时漏写一字", now=at).id
    with transaction():
        changes.decide(asked, confirm=True, why="", now=at + LATER)
    first, second = hosts(play)
    with transaction():
        request = revoking.ask_revoke(
            row.serial, "演练：姓名已更正", first.account_id, True, at, replace=True
        ).id
    with transaction():
        revoking.decide_revoke(request, second.account_id, True, at + LATER)
    play.work()
    with transaction():
        made = db.session.execute(_NEXT, {"serial": row.serial}).scalar_one()
        new, old = by_ids([made])[made], by_serial(row.serial)
        if old is None or old.is_valid or old.facts.name != row.name:
            report.problems.append(
                f"{event.code}: the revoked certificate {row.serial} is not kept as it was"
            )
        if not new.is_valid or new.facts.name != name or digest_of(new.facts.as_json()) != new.digest:
            report.problems.append(
                f"{event.code}: the new certificate {new.serial} does not say the new name"
            )
    report.people_out = 1
    return report
