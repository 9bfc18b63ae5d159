"""The demo's finished event: its list goes the whole way to the public notice, by the host's own services."""

from datetime import datetime

from webapp.access.principal import Principal
from webapp.accounts import queries as accounts
from webapp.accounts.service import people
from webapp.contests.queries import stage_by_id
from webapp.demo import rules
from webapp.stages.queries.candidates import outcome
from webapp.stages.queries.lists import newest
from webapp.stages.rules.states import Decision
from webapp.stages.service import freezing, posting, rechecking, regrading
from webapp.stages.service.posting import Asked, ExtraDays

MORE = 10
"""So many of those who would move up are decided too."""

REASON = "资格复核时已离开报名单位，不再符合在职职工条件（演示）。"


def post_list(stage_id: int, at: datetime) -> None:
    """Freeze, re-check (the third is taken off), compute a second time, post; done already: nothing."""
    if newest(stage_id) is not None:
        return
    host = demo_host()
    freezing.freeze(stage_id, host.account_id, at)
    _recheck(stage_id, host, at)
    rechecking.close_recheck(stage_id, at)
    regrading.regrade(regrading.ask(stage_id, host.account_id, at), at)
    posting.ask_post(stage_id, ExtraDays(), Asked(host.account_id, at, two_person=False))


def _recheck(stage_id: int, host: Principal, at: datetime) -> None:
    one = newest(stage_id)
    assert one is not None
    made = outcome(stage_by_id(stage_id), one).promotion
    rows = [*made.going_on, *made.waiting[:MORE]]
    rechecking.decide(stage_id, rows[2:3], Decision.INELIGIBLE, REASON, host, at)
    rechecking.decide(stage_id, [*rows[:2], *rows[3:]], Decision.ELIGIBLE, "", host, at)


def demo_host() -> Principal:
    """The demo's host, for what the loading does in his name."""
    serial = next(index for index, person in enumerate(rules.PEOPLE, start=1) if person.key == "host")
    found = people.find_by_number(rules.document_number(serial, rules.born_of(serial)))
    assert found is not None
    account = accounts.account_of(found.id)
    assert account is not None
    return Principal(account.id, found.id, found.name, "demo")
