"""Who sits where: everybody once, the same plan on any machine, colleagues apart where that is possible."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from webapp.halls.rules.seating import Room, Seatee, Seating, SeatingRule, seat

UNITS = st.lists(st.one_of(st.none(), st.integers(1, 5)), max_size=40)


def people(units: list[int | None]) -> list[Seatee]:
    return [Seatee(at + 1, unit, f"zhang{at % 7}", f"{at:06d}") for at, unit in enumerate(units)]


def rooms(*sizes: int, columns: int = 0) -> list[Room]:
    return [Room(at + 1, tuple(str(n) for n in range(1, size + 1)), columns) for at, size in enumerate(sizes)]


def beside(plan: Seating, units: dict[int, int | None]) -> int:
    """Pairs of colleagues in one row of seats, counted without the rules' own words."""
    pairs = 0
    for one, other in zip(plan.placed, plan.placed[1:], strict=False):
        same = units[one.participation_id] == units[other.participation_id] is not None
        pairs += one.hall_id == other.hall_id and same
    return pairs


@given(UNITS, st.lists(st.integers(1, 15), min_size=1, max_size=4), st.sampled_from(SeatingRule), st.text())
def test_everybody_gets_one_seat_and_no_seat_is_given_twice(
    units: list[int | None], sizes: list[int], rule: SeatingRule, seed: str
) -> None:
    everybody = people(units)
    plan = seat(everybody, rooms(*sizes, columns=3), rule, seed.encode("utf-8", "ignore").decode())
    seated = [one.participation_id for one in plan.placed]
    assert sorted(seated + list(plan.left_over)) == [one.participation_id for one in everybody]
    assert len({(one.hall_id, one.label) for one in plan.placed}) == len(plan.placed)
    assert len(plan.placed) == min(len(everybody), sum(sizes))


@given(UNITS, st.randoms(use_true_random=False), st.sampled_from(SeatingRule))
def test_the_order_of_the_list_makes_no_difference(
    units: list[int | None], chance: object, rule: SeatingRule
) -> None:
    everybody = people(units)
    mixed = list(everybody)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis gives a Random
    halls = rooms(10, 30, columns=5)
    assert seat(mixed, halls, rule, "种子") == seat(everybody, halls, rule, "种子")


@given(st.lists(st.integers(1, 6), min_size=2, max_size=40))
def test_in_one_row_nobody_sits_beside_a_colleague_while_no_unit_is_more_than_half(units: list[int]) -> None:
    if max(Counter(units).values()) > (len(units) + 1) // 2:
        return
    everybody = people(list(units))
    plan = seat(everybody, rooms(len(units)), SeatingRule.APART, "a")
    assert beside(plan, {one.participation_id: one.unit_id for one in everybody}) == 0
    assert plan.side_by_side == 0


def test_in_a_grid_the_seats_in_front_are_parted_too() -> None:
    everybody = people([1, 2] * 8)
    plan = seat(everybody, rooms(16, columns=4), SeatingRule.APART, "b")
    assert plan.side_by_side == 0


def test_people_of_no_unit_are_nobodys_colleagues() -> None:
    assert seat(people([None] * 9), rooms(9, columns=3), SeatingRule.APART, "c").side_by_side == 0


def test_pinyin_decides_then_the_number() -> None:
    everybody = [Seatee(1, 1, "wang2", "2"), Seatee(2, 1, "li3", "9"), Seatee(3, 1, "wang2", "1")]
    plan = seat(everybody, rooms(3), SeatingRule.PINYIN, "")
    assert [one.participation_id for one in plan.placed] == [2, 3, 1]


def test_another_seed_gives_another_plan() -> None:
    everybody = people([1, 2, 3, 4] * 5)
    first, second = (seat(everybody, rooms(20), SeatingRule.APART, seed) for seed in ("a", "b"))
    assert first.placed != second.placed
