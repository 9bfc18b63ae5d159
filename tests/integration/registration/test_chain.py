"""An application on its way through the chain, with everything that can happen to it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import grant, make_account, make_staff
from tests.integration.registration.stand import Stand, make_stand, principal_of
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.audit.models import AuditRow
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.notifications.models import Notice
from webapp.registration.errors import (
    AlreadyDecided,
    ApplicationGone,
    ClaimedByOther,
    CompetesInEvent,
    ExceptionReasonMissing,
    MayNotApply,
    OwnApplication,
    ReasonMissing,
    RegistrationOver,
)
from webapp.registration.models import Application, Entry, Participation, ReviewDecision
from webapp.registration.queries import reviewing
from webapp.registration.queries.applications import Answers
from webapp.registration.rules.eligibility import Occupation
from webapp.registration.rules.review import Decision, State
from webapp.registration.service import applying
from webapp.registration.service import reviewing as review

WORKER = Answers(Occupation.WORKER)


@pytest.fixture
def stand(session: Session) -> Stand:
    return make_stand()


def apply(stand: Stand, account: Account, event_id: int | None = None) -> Application:
    made = applying.apply(
        event_id or stand.event.id,
        principal_of(account),
        answers=WORKER,
        has_consented=True,
        now=clock.now(),
    )
    return db.session.get_one(Application, made.application_id)


def decide(
    application: Application, account: Account, decision: Decision = Decision.CONFIRM, reason: str = ""
) -> review.Outcome:
    item = review.Item(application.id, application.revision, application.step)
    return review.decide(item, principal_of(account), decision, reason, clock.now())


def levels(application: Application) -> list[str]:
    return [link["level"] for link in application.chain]


def test_the_chain_goes_up_level_by_level_and_ends_with_the_organiser(stand: Stand, session: Session) -> None:
    alice = stand.worker("王小明")
    application = apply(stand, alice)
    assert levels(application) == ["county", "city", "province", "organiser"]
    organiser = make_staff(Role.ORGANISER, stand.event)
    staff = [*(stand.reviewer(node) for node in (stand.county, stand.city, stand.province)), organiser]
    for place, reviewer in enumerate(staff):
        assert application.state == State.IN_REVIEW
        assert application.step == place
        decide(application, reviewer)
    assert application.state == State.CONFIRMED
    participation = session.scalars(select(Participation)).one()
    assert participation.person_id == alice.person_id
    assert participation.unit_id == stand.county_firm.id
    assert session.scalars(select(Entry.participation_id)).one() == participation.id
    notices = session.scalars(select(Notice.text).where(Notice.person_id == alice.person_id)).all()
    assert len(notices) == 5
    actions = session.scalars(select(AuditRow.action).order_by(AuditRow.id)).all()
    assert actions == ["contest.load", "application.submit", *["application.confirm"] * 4]


def test_a_level_the_unit_lacks_is_skipped(stand: Stand) -> None:
    application = apply(stand, stand.worker(unit=stand.city_firm))
    assert levels(application) == ["city", "province", "organiser"]


def test_the_popularisation_track_admits_at_once_and_without_a_unit(stand: Stand, session: Session) -> None:
    application = apply(stand, make_account(), stand.open_event.id)
    assert application.state == State.CONFIRMED
    assert session.scalar(select(func.count()).select_from(Entry)) == 1


def test_a_later_link_waits_for_the_earlier_ones(stand: Stand) -> None:
    application = apply(stand, stand.worker())
    with pytest.raises(ApplicationGone):
        decide(application, make_staff(Role.ORGANISER, stand.event))


def test_a_reviewer_above_may_stand_in_for_a_node_below(stand: Stand) -> None:
    application = apply(stand, stand.worker())
    assert decide(application, stand.reviewer(stand.city)).state == State.IN_REVIEW
    assert application.step == 1


@pytest.mark.parametrize("scope", ["other_city", "county_firm", "organiser"])
def test_a_reviewer_of_another_node_finds_nothing(stand: Stand, scope: str) -> None:
    application = apply(stand, stand.worker())
    with pytest.raises(ApplicationGone):
        decide(application, stand.reviewer(getattr(stand, scope)))


def test_an_organiser_of_another_event_finds_nothing(stand: Stand) -> None:
    application = apply(stand, stand.worker(unit=stand.city_firm))
    for node in (stand.city, stand.province):
        decide(application, stand.reviewer(node))
    with pytest.raises(ApplicationGone):
        decide(application, make_staff(Role.ORGANISER, stand.second_event))
    decide(application, make_staff(Role.ORGANISER, stand.organiser))
    assert application.state == State.CONFIRMED


def test_returned_and_corrected_begins_a_new_revision(stand: Stand, session: Session) -> None:
    alice = stand.worker()
    application = apply(stand, alice)
    county = stand.reviewer(stand.county)
    decide(application, county)
    decide(application, stand.reviewer(stand.city), Decision.RETURN, "请更正工种")
    assert (application.state, application.step) == (State.RETURNED, 1)
    applying.resubmit(application.id, principal_of(alice), answers=WORKER, now=clock.now())
    assert (application.state, application.step, application.revision) == (State.IN_REVIEW, 0, 2)
    decide(application, county)
    assert session.scalar(select(func.count()).select_from(ReviewDecision)) == 3


def test_a_refused_person_may_apply_anew(stand: Stand) -> None:
    alice = stand.worker()
    first = apply(stand, alice)
    decide(first, stand.reviewer(stand.county), Decision.REFUSE, "不是本单位职工")
    assert first.state == State.REFUSED
    assert apply(stand, alice).id != first.id


@pytest.mark.parametrize("decision", [Decision.RETURN, Decision.REFUSE])
def test_returning_and_refusing_need_a_reason(stand: Stand, decision: Decision) -> None:
    application = apply(stand, stand.worker())
    with pytest.raises(ReasonMissing):
        decide(application, stand.reviewer(stand.county), decision, "  ")
    assert application.state == State.IN_REVIEW


def test_what_the_reviewer_no_longer_sees_so_is_not_decided(stand: Stand) -> None:
    application = apply(stand, stand.worker())
    county, city = stand.reviewer(stand.county), stand.reviewer(stand.city)
    seen = review.Item(application.id, application.revision, application.step)
    decide(application, county)
    with pytest.raises(AlreadyDecided):
        review.decide(seen, principal_of(city), Decision.CONFIRM, "", clock.now())
    assert application.step == 1


def test_the_same_key_gives_the_same_answer_and_decides_once(stand: Stand, session: Session) -> None:
    application = apply(stand, stand.worker())
    seen = review.Item(application.id, application.revision, application.step)
    city = principal_of(stand.reviewer(stand.city))
    answers = [review.decide(seen, city, Decision.CONFIRM, "", clock.now(), key="k1") for _ in range(3)]
    assert len(set(answers)) == 1
    assert session.scalar(select(func.count()).select_from(ReviewDecision)) == 1


def test_nobody_decides_on_an_application_of_their_own(stand: Stand) -> None:
    alice = stand.worker()
    grant(alice, Role.UNION_REVIEWER, stand.county)
    with pytest.raises(OwnApplication):
        decide(apply(stand, alice), alice)


def test_who_competes_in_an_event_does_not_review_it(stand: Stand) -> None:
    alice, bob = stand.worker(), stand.worker()
    grant(alice, Role.UNION_REVIEWER, stand.county)
    apply(stand, alice)
    with pytest.raises(CompetesInEvent):
        decide(apply(stand, bob), alice)


def test_a_claimed_application_is_left_to_who_has_it_until_the_claim_ends(stand: Stand) -> None:
    application = apply(stand, stand.worker())
    carol, dora = stand.reviewer(stand.county, "陈审核"), stand.reviewer(stand.county)
    at = clock.now()
    assert review.claim(principal_of(carol), reviewing.Filter(), 5, at) == [application.id]
    assert review.claim(principal_of(dora), reviewing.Filter(), 5, at) == []
    with pytest.raises(ClaimedByOther, match="陈审核"):
        decide(application, dora)
    later = at + timedelta(minutes=15, seconds=1)
    assert review.claim(principal_of(dora), reviewing.Filter(), 5, later) == [application.id]
    review.release(principal_of(dora))
    decide(application, carol)
    assert application.step == 1


def test_a_rule_of_normal_force_is_excepted_by_name_and_reason(stand: Stand, session: Session) -> None:
    alice = stand.worker()
    apply(stand, alice)
    second = apply(stand, alice, stand.second_event.id)
    assert [item["code"] for item in second.warnings] == ["events-undecided"]
    county = stand.reviewer(stand.county)
    with pytest.raises(ExceptionReasonMissing):
        decide(second, county)
    decide(second, county, reason="两个赛项时间不冲突")
    assert second.facts["excepted"][0]["account_id"] == county.id
    decide(second, stand.reviewer(stand.city))
    assert "application.except" in session.scalars(select(AuditRow.action)).all()


def test_withdrawn_and_confirmed_again_keeps_the_number(stand: Stand, session: Session) -> None:
    alice = make_account()
    first = apply(stand, alice, stand.open_event.id)
    number = session.scalars(select(Participation.number)).one()
    applying.withdraw(first.id, principal_of(alice), clock.now())
    assert session.scalars(select(Participation.state)).one() == "withdrawn"
    apply(stand, alice, stand.open_event.id)
    assert session.execute(select(Participation.number, Participation.state)).one() == (number, "active")


def test_after_the_close_nobody_withdraws_or_applies(stand: Stand) -> None:
    alice = stand.worker()
    application = apply(stand, alice)
    later = clock.now() + timedelta(days=4)
    with pytest.raises(RegistrationOver):
        applying.withdraw(application.id, principal_of(alice), later)
    with pytest.raises(MayNotApply):
        applying.apply(
            stand.second_event.id, principal_of(alice), answers=WORKER, has_consented=True, now=later
        )


def test_a_switch_does_both_or_nothing(session: Session) -> None:
    stand = make_stand(events_per_person=1)
    alice = stand.worker()
    application = apply(stand, alice)
    with pytest.raises(MayNotApply):
        apply(stand, alice, stand.second_event.id)
    who = principal_of(alice)
    made = applying.switch(
        application.id, stand.second_event.id, who, answers=WORKER, has_consented=True, now=clock.now()
    )
    assert application.state == State.WITHDRAWN
    assert made.state == State.IN_REVIEW
    stand.event.is_withdrawn = True
    session.commit()
    with pytest.raises(DomainError):
        applying.switch(
            made.application_id, stand.event.id, who, answers=WORKER, has_consented=True, now=clock.now()
        )
    session.rollback()
    assert session.get_one(Application, made.application_id).state == State.IN_REVIEW


def test_another_persons_application_looks_like_none(stand: Stand) -> None:
    application = apply(stand, stand.worker())
    bob = principal_of(stand.worker())
    for application_id in (application.id, 10**9):
        with pytest.raises(ApplicationGone):
            applying.withdraw(application_id, bob, clock.now())


def test_a_bulk_decides_what_it_can_and_tells_the_rest(stand: Stand) -> None:
    county = stand.reviewer(stand.county)
    good = [apply(stand, stand.worker()) for _ in range(3)]
    foreign = apply(stand, stand.worker(unit=stand.other_firm))
    stale = apply(stand, stand.worker())
    items = [review.Item(row.id, row.revision, row.step) for row in (*good, foreign, stale)]
    decide(stale, county)
    outcomes = review.decide_many(items, principal_of(county), Decision.CONFIRM, "", clock.now())
    told = {outcome.application_id: outcome.refusal for outcome in outcomes}
    assert [told[row.id] for row in good] == [None] * 3
    assert told[foreign.id] is not None
    assert told[stale.id] is not None
    assert [row.step for row in (*good, foreign, stale)] == [1, 1, 1, 0, 1]
