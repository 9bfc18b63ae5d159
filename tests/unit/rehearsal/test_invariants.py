"""Invariants of a rehearsal: a right standing breaks none, every broken one is found."""

import copy
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.results.named import named_stages, place
from tests.unit.results.sample import document, key
from webapp.leaderboard.rules.rank import ranks, tie_part
from webapp.rehearsal import invariants
from webapp.rehearsal.invariants import broken
from webapp.stages.rules.promotion import Ranked, promote

Json = dict[str, Any]
scores = st.decimals(0, 100, places=4)


@st.composite
def stages(draw: st.DrawFn) -> Json:
    """A stage as the program makes it: scores, order, ranks, a cut, some taken off."""
    cut, display = (
        draw(st.sampled_from(["all_tied", "none_tied", "ordinal"])),
        draw(st.sampled_from(["shared", "ordinal"])),
    )
    quota = draw(st.none() | st.integers(1, 12))
    pairs = draw(
        st.lists(
            st.tuples(st.sampled_from([Decimal(50), Decimal(70)]) | scores, scores), min_size=1, max_size=12
        )
    )
    rows: list[Json] = []
    for at, (theory, learning) in enumerate(pairs):
        combined = ((theory * 70 + learning * 30) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        number = f"{1000 + at}"
        rows.append({
            "number": number, "person": number, "scores": {"theory": f"{theory:.4f}", "learning": f"{learning:.4f}"},
            "combined": f"{combined:.2f}", "sort_key": key(number, str(combined), ["theory"], components={"theory": theory}),
        })  # fmt: skip
    rows.sort(key=lambda row: str(row["sort_key"]))
    shown = ranks([tie_part(bytes.fromhex(row["sort_key"])) for row in rows], display)
    for row, rank in zip(rows, shown, strict=True):
        row["rank"] = rank
    off: set[str] = draw(st.sets(st.sampled_from([row["number"] for row in rows]), max_size=3))
    ranked = [Ranked(int(row["number"]), tie_part(bytes.fromhex(row["sort_key"]))) for row in rows]
    made = promote(ranked, quota, cut, {int(one) for one in off})
    by_number = {row["number"]: row for row in rows}
    listed = [
        {"number": f"{one}", "rank": by_number[f"{one}"]["rank"], "combined": by_number[f"{one}"]["combined"]}
        for one in made.going_on
    ]
    weights = [{"component": "theory", "weight_pct": "70"}, {"component": "learning", "weight_pct": "30"}]
    rules = {"weights": weights, "display": display, "breakers": ["theory"], "cut": cut, "quota": quota}
    return {
        "code": "first", "board": None, "final": None, "places": None, "awards": None, "certificates": None,
        "lists": [{
            "number": 1, "board": {"rules": rules, "rows": rows},
            "decisions": [{"number": number, "decision": "ineligible"} for number in sorted(off)],
            "versions": [{"version": 1, "is_supplement": False, "rows": listed}],
        }],
    }  # fmt: skip


@given(stages())
def test_what_the_program_makes_breaks_nothing(stage: Json) -> None:
    assert broken({"code": "welding", "stages": [stage]}) == []


@given(stages(), st.data())
def test_a_changed_score_rank_or_place_is_found(stage: Json, data: st.DataObject) -> None:
    rows = stage["lists"][0]["board"]["rows"]
    row = data.draw(st.sampled_from(rows))
    what = data.draw(st.sampled_from(["combined", "rank", "order", "twice"]))
    if what == "combined":
        row["combined"] = f"{Decimal(row['combined']) + Decimal('0.01'):.2f}"
    elif what == "rank":
        row["rank"] += 1
    elif what == "twice":
        rows.append(copy.deepcopy(row))
    elif len(rows) > 1:
        rows[0], rows[-1] = rows[-1], rows[0]
    else:
        return
    assert broken({"code": "welding", "stages": [stage]})


@given(stages(), st.data())
def test_somebody_passed_over_or_let_in_is_found(stage: Json, data: st.DataObject) -> None:
    one = stage["lists"][0]
    listed, rows = one["versions"][0]["rows"], one["board"]["rows"]
    going = {row["number"] for row in listed}
    off = {said["number"] for said in one["decisions"]}
    is_let_in: bool = data.draw(st.booleans())
    if off and is_let_in:
        listed.append({"number": min(off), "rank": 1, "combined": "0.00"})
    elif len(listed) > 1:
        del listed[0]
    elif rest := [row for row in rows if row["number"] not in going | off][1:]:
        listed.append({"number": rest[-1]["number"], "rank": 1, "combined": "0.00"})
    else:
        return
    assert broken({"code": "welding", "stages": [stage]})


def event() -> Json:
    made: Json = document()["events"][0]
    return made


def changed(change: Callable[[Json, Json], None]) -> list[str]:
    made = event()
    change(*made["stages"])
    return broken(made)


def test_the_document_worked_out_by_hand_breaks_nothing() -> None:
    assert broken(event()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda first, _last: first["lists"][0]["board"]["rules"].__setitem__("quota", 2), "the quota is 2"),
        (lambda _first, last: last["places"]["rows"].append(last["places"]["rows"][0]), "has two places"),
        (lambda _first, last: last["places"]["rows"][2].__setitem__("state", "confirmed"), "given on: True"),
        (lambda _first, last: last["places"]["rows"][0].__setitem__("replaces", "1004"), "given on twice"),
        (lambda _first, last: last["awards"]["lines"].append(last["awards"]["lines"][0]), "gold twice"),
        (lambda _first, last: last["awards"]["lines"][2].__setitem__("decision", "granted"), "is not due it"),
        (lambda _first, last: last["awards"]["lines"][0].__setitem__("decision", None), "never decided"),
        (lambda _first, last: last["awards"]["lines"][-1].__setitem__("granted_amount", 8001), "is paid 8001"),
        (lambda _first, last: last["awards"]["lines"][0].__setitem__("rank", 2), "has a line of the award gold"),
    ],
)  # fmt: skip
def test_broken_quotas_places_and_awards_are_found(change: Callable[[Json, Json], None], said: str) -> None:
    assert any(said in one for one in changed(lambda first, last: change(copy_rules(first), last))), said


def copy_rules(first: Json) -> Json:
    """The rules of the sample are shared by all of its documents."""
    board = first["lists"][0]["board"]
    board["rules"] = dict(board["rules"])
    return first


def test_every_check_of_the_module_is_used() -> None:
    names = {
        name
        for name, value in vars(invariants).items()
        if callable(value) and getattr(value, "__module__", "") == invariants.__name__
    }
    assert {check.__name__ for check in (*invariants.CHECKS, *invariants.BETWEEN)} == {
        name for name in names if not name.startswith("_")
    } - {"broken", "boards_of"}


@pytest.mark.parametrize(
    "break_it",
    [
        lambda first, _last: first["nominations"][1]["final"].append("1001"),
        lambda first, _last: first["nominations"][1]["final"].append("1002"),
        lambda first, _last: first["nominations"][1]["final"].append("1009"),
        lambda first, _last: first["nominations"][1].update(quota=1),
        lambda _first, last: last["places"]["rows"].append(place("1002", 2)),
    ],
)
def test_nobody_comes_from_outside_who_was_not_named_and_found_eligible(
    break_it: Callable[[Json, Json], None],
) -> None:
    made = named_stages()
    assert broken({"code": "trade", "stages": made}) == []
    break_it(made[0], made[1])
    assert broken({"code": "trade", "stages": made})
