"""Confirming everything in a filter: the same statements for fifty and for five thousand (6.3)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.factories import grant, make_account, make_person, make_staff
from tests.integration.registration.stand import Stand, definition, make_stand, principal_of
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.contests.service import load_contest
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.integrity.models import Interest
from webapp.integrity.queries.interests import keeps_own_unit_away
from webapp.integrity.rules.interests import Interests
from webapp.notifications.models import Notice
from webapp.registration.errors import OfOwnUnit
from webapp.registration.models import Application, Entry, Participation, ReviewDecision
from webapp.registration.queries.reviewing import Filter
from webapp.registration.rules.bulk import Left
from webapp.registration.rules.numbering import check_digit
from webapp.registration.rules.review import Decision
from webapp.registration.service import bulk
from webapp.registration.service.reviewing import Item, decide

PEOPLE = text(
    """
    INSERT INTO persons (name, pinyin, document_kind, document_cipher, document_hash, document_last4_hash,
                         document_mask, unit_id)
    SELECT '职工' || n, 'zhigong', 'resident-id', ''::bytea, sha256(('p' || n)::bytea), ''::bytea, '*', :unit
    FROM generate_series(1, :count) n RETURNING id
    """
)
APPLICATIONS = text(
    """
    INSERT INTO applications (person_id, event_id, contest_id, unit_id, state, chain, step,
                              awaiting_organisation_id, submitted_at, step_since)
    SELECT id, :event, :contest, unit_id, 'in_review', CAST(:chain AS jsonb), :step, :awaited, :at, :at
    FROM persons WHERE name LIKE '职工%'
    """
)


@pytest.fixture
def stand(session: Session) -> Stand:
    return make_stand()


def fill(session: Session, stand: Stand, count: int, step: int = 0) -> None:
    chain = (
        f'[{{"level": "county", "organisation_id": {stand.county.id}}},'
        f' {{"level": "city", "organisation_id": {stand.city.id}}},'
        f' {{"level": "organiser", "organisation_id": {stand.organiser.id}}}]'
    )
    session.execute(PEOPLE, {"count": count, "unit": stand.county_firm.id})
    awaited = (stand.county, stand.city, stand.organiser)[step].id
    session.execute(
        APPLICATIONS,
        {
            "event": stand.event.id, "contest": stand.contest.id, "chain": chain, "step": step,
            "awaited": awaited, "at": clock.now() - timedelta(days=2),
        },
    )  # fmt: skip
    session.commit()


def confirm(who: Any, chosen: Filter | None = None, key: str = "a" * 32, seen: Any = None) -> bulk.Batch:
    now = clock.now()
    with transaction():
        return bulk.confirm_all(who, chosen or Filter(), "已核对盖章名单", now, seen or now, key)


def test_five_thousand_are_handed_on_with_a_fixed_number_of_statements(
    session: Session, stand: Stand, count_queries: list[str]
) -> None:
    who = principal_of(stand.reviewer(stand.county))
    fill(session, stand, 5000)
    count_queries.clear()
    done = confirm(who)
    statements = len(count_queries)
    assert (done.handed_on, done.completed, done.left) == (5000, 0, 0)
    assert statements <= 24, count_queries
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(ReviewDecision)) == 5000
    assert session.scalar(select(func.count()).select_from(Notice)) == 5000
    places = session.execute(
        select(Application.step, Application.awaiting_organisation_id, Application.state).distinct()
    ).all()
    assert [tuple(place) for place in places] == [(1, stand.city.id, "in_review")]
    row = session.scalars(select(AuditRow).where(AuditRow.action == "applications.confirm-all")).one()
    assert len(row.facts["ids"]) == 5000
    assert row.why == "已核对盖章名单"


def test_the_last_link_makes_contestants_of_all_with_numbers_of_their_own(
    session: Session, stand: Stand, count_queries: list[str]
) -> None:
    who = principal_of(make_staff(Role.ORGANISER, stand.event))
    fill(session, stand, 300, step=2)
    count_queries.clear()
    done = confirm(who)
    assert (done.completed, done.handed_on) == (300, 0)
    assert len(count_queries) <= 28, count_queries
    session.expire_all()
    rows = session.scalars(select(Participation)).all()
    assert len({row.number for row in rows}) == len(rows) == 300
    assert all(row.number[-1] == check_digit(row.number[:-1]) for row in rows)
    assert all(row.unit_id == stand.county_firm.id and row.application_id for row in rows)
    assert {str(row.in_service_on) for row in rows} == {"2026-04-30"}
    assert session.scalar(select(func.count()).select_from(Entry)) == 300
    assert set(session.scalars(select(Application.state))) == {"confirmed"}


def test_what_needs_a_look_of_its_own_is_left(session: Session, stand: Stand) -> None:
    account = stand.reviewer(stand.county)
    who = principal_of(account)
    fill(session, stand, 6)
    ids = list(session.scalars(select(Application.id).order_by(Application.id)))
    rows = {row.id: row for row in session.scalars(select(Application))}
    rows[ids[0]].warnings = [{"code": "earlier-first-place", "text": "x", "params": {}}]
    rows[ids[1]].claimed_by_account_id = stand.reviewer(stand.county).id
    rows[ids[1]].claimed_until = clock.now() + timedelta(minutes=5)
    session.add(
        Interest(
            person_id=account.person_id, relation="relative", about_person_id=rows[ids[2]].person_id,
            note="", declared_at=clock.now(),
        )
    )  # fmt: skip
    session.add(
        Participation(
            person_id=rows[ids[3]].person_id, event_id=stand.event.id, contest_id=stand.contest.id,
            number="x", state="disqualified",
        )
    )  # fmt: skip
    session.commit()
    now = clock.now()
    found = bulk.sort(who, Filter(), now, now)
    assert found.left == {Left.WARNING: 1, Left.CLAIMED: 1, Left.INTEREST: 1, Left.EXCLUDED: 1}
    assert set(found.ids) == set(ids[4:])
    assert confirm(who).handed_on == 2
    session.expire_all()
    assert sorted(session.scalars(select(Application.id).where(Application.step == 1))) == ids[4:]


def test_what_came_after_the_look_and_what_is_elsewhere_is_not_meant(session: Session, stand: Stand) -> None:
    fill(session, stand, 3)
    other = principal_of(stand.reviewer(stand.other_city))
    assert confirm(other).confirmed == 0
    county = principal_of(stand.reviewer(stand.county))
    assert confirm(county, seen=clock.now() - timedelta(days=3)).confirmed == 0
    assert confirm(county, Filter(whose="all"), key="b" * 32).confirmed == 3


def test_the_same_key_confirms_once_and_a_withdrawn_contestant_comes_back(
    session: Session, stand: Stand
) -> None:
    fill(session, stand, 2, step=2)
    who = principal_of(make_staff(Role.ORGANISER, stand.event))
    back = session.scalars(select(Application).order_by(Application.id)).first()
    assert back is not None
    session.add(
        Participation(
            person_id=back.person_id, event_id=stand.event.id, contest_id=stand.contest.id,
            number="001000001", state="withdrawn",
        )
    )  # fmt: skip
    session.commit()
    seen = clock.now()
    assert confirm(who, seen=seen).completed == 2
    assert confirm(who, seen=seen).completed == 2
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(ReviewDecision)) == 2
    kept = session.scalars(select(Participation).where(Participation.person_id == back.person_id)).one()
    assert (kept.state, kept.number, kept.application_id) == ("active", "001000001", back.id)


def test_own_unit_is_left_where_the_file_says_so(session: Session, stand: Stand) -> None:
    load_contest(
        definition().replace("needs_unit = true", "needs_unit = true\nown_unit_stands_aside = true", 1),
        because="章程修订",
    )
    fill(session, stand, 2)
    colleague = make_account(make_person("同事", unit=stand.county_firm))
    grant(colleague, Role.UNION_REVIEWER, stand.county)
    session.commit()
    now = clock.now()
    assert bulk.sort(principal_of(colleague), Filter(), now, now).left == {Left.OWN_UNIT: 2}
    row = session.scalars(select(Application)).first()
    assert row is not None
    with pytest.raises(OfOwnUnit):
        decide(Item(row.id, row.revision, row.step), principal_of(colleague), Decision.CONFIRM, "", now)
    stranger = principal_of(stand.reviewer(stand.county))
    assert decide(Item(row.id, row.revision, row.step), stranger, Decision.CONFIRM, "", now).refusal is None
    mine = Interests(colleague.person_id, unit_id=stand.county_firm.id)
    assert keeps_own_unit_away(stand.event.id, stand.county_firm.id, mine)
    assert not keeps_own_unit_away(stand.open_event.id, stand.county_firm.id, mine)
    assert not keeps_own_unit_away(stand.event.id, stand.city_firm.id, mine)
