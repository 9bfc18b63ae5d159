"""The tree: adding, moving, merging keep the closure table right."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.factories import make_account, make_organisation, make_person
from webapp.access.permissions import Grant, Role, ScopeKind
from webapp.accounts.models import Person
from webapp.accounts.service.units import merge_units
from webapp.organisations import queries, service
from webapp.organisations.errors import CreditCodeWrong, OrganisationExists, PlaceImpossible, RoleHeld
from webapp.organisations.models import Organisation, OrganisationClosure, RoleGrant


def add(name: str, parent: Organisation | None = None, kind: str = "union", **fields: str) -> Organisation:
    return service.add_organisation(
        name=name, kind=kind, level="city", parent_id=parent.id if parent else None, **fields
    )


def closure(session: Session) -> set[tuple[int, int, int]]:
    session.flush()
    return {(row.ancestor_id, row.descendant_id, row.depth) for row in session.query(OrganisationClosure)}


def closure_by_walking(session: Session) -> set[tuple[int, int, int]]:
    session.flush()
    parents = {row.id: row.parent_id for row in session.query(Organisation)}
    found = set()
    for one in parents:
        above: int | None = one
        depth = 0
        while above is not None:
            found.add((above, one, depth))
            above, depth = parents[above], depth + 1
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_closure_equals_walking_up_after_any_moves(session: Session, data: st.DataObject) -> None:
    session.query(OrganisationClosure).delete()
    session.query(Organisation).delete()
    nodes: list[Organisation] = []
    for n in range(data.draw(st.integers(2, 7))):
        parent = data.draw(st.sampled_from([None, *nodes]))
        nodes.append(add(f"第{n}工会", parent))
    for _ in range(data.draw(st.integers(0, 5))):
        one, target = data.draw(st.sampled_from(nodes)), data.draw(st.sampled_from([None, *nodes]))
        try:
            service.move_organisation(one.id, target.id if target else None, "order of the province")
        except PlaceImpossible:
            assert target is not None
            assert queries.covers(one.id, target.id)
    assert closure(session) == closure_by_walking(session)


def test_code_defaults_to_the_credit_code_and_is_unique(session: Session) -> None:
    made = add("一汽铸造", kind="unit", credit_code="91350100-m000100y43")
    assert (made.code, made.credit_code) == ("91350100M000100Y43", "91350100M000100Y43")
    with pytest.raises(OrganisationExists):
        add("一汽铸造厂", kind="unit", credit_code="91350100M000100Y43")
    with pytest.raises(CreditCodeWrong):
        add("另一家", kind="unit", credit_code="91350100M000100Y44")


def test_nothing_stands_below_a_unit(session: Session) -> None:
    unit = add("一汽铸造", kind="unit")
    with pytest.raises(PlaceImpossible):
        add("车间", unit)


@pytest.mark.parametrize("text", ["吉林化纤", "化纤", "jilinhuaxian", "Ji Lin Hua", "91350100M0"])
def test_unit_is_found_by_name_sound_and_credit_code(session: Session, text: str) -> None:
    top = add("吉林省总工会")
    unit = add("吉林化纤集团", top, kind="unit", credit_code="91350100M000100Y43")
    found = queries.search(text)
    assert [view.organisation_id for view in found] == [unit.id]
    assert found[0].above == ("吉林省总工会",)


@pytest.mark.parametrize("text", ["", "  ", "%", "_", "\\", "'; DROP TABLE organisations; --"])
def test_search_takes_signs_as_letters(session: Session, text: str) -> None:
    add("吉林化纤集团", kind="unit")
    assert queries.search(text) == []


def test_closed_and_merged_units_are_not_offered(session: Session) -> None:
    first, second = add("吉林化纤一厂", kind="unit"), add("吉林化纤二厂", kind="unit")
    service.close_organisation(first.id, "gone")
    assert [view.name for view in queries.search("化纤")] == ["吉林化纤二厂"]
    assert queries.unit_name(first.id) is None
    assert queries.unit_name(second.id) == "吉林化纤二厂"


def test_merging_moves_people_children_and_roles(session: Session) -> None:
    wrong, right = add("一汽集团工会"), add("中国一汽工会")
    unit = add("一汽铸造", wrong, kind="unit")
    person = make_person(unit=wrong)
    service.grant_role(person.id, Role.UNION_REVIEWER, ScopeKind.ORGANISATION, wrong.id)
    assert merge_units(wrong.id, right.id, why="one and the same") == 1
    session.expire_all()
    assert session.get_one(Person, person.id).unit_id == right.id
    assert session.get_one(Organisation, unit.id).parent_id == right.id
    assert session.query(RoleGrant).one().scope_id == right.id
    assert closure(session) == closure_by_walking(session)
    with pytest.raises(PlaceImpossible):
        service.mark_merged(right.id, unit.id, "upside down")


def test_same_role_is_held_once(session: Session) -> None:
    person_id = make_account().person_id
    service.grant_role(person_id, Role.HOST, ScopeKind.EVERYTHING)
    with pytest.raises(RoleHeld):
        service.grant_role(person_id, Role.HOST, ScopeKind.EVERYTHING)
    service.revoke_role(session.query(RoleGrant).one().id, why="left")
    service.grant_role(person_id, Role.HOST, ScopeKind.EVERYTHING)


def test_people_without_a_unit_belong_to_the_default_reviewer(session: Session) -> None:
    top = make_organisation()
    city = make_organisation(parent=top, level="city")
    nobody, somebody = make_person(), make_person(unit=city)

    def seen(scope: int) -> set[int]:
        grants = [Grant(Role.UNION_REVIEWER, ScopeKind.ORGANISATION, scope)]
        return {row.id for row in session.query(Person).filter(queries.within(Person.unit_id, grants))}

    assert seen(top.id) == {nobody.id, somebody.id}
    assert seen(city.id) == {somebody.id}
