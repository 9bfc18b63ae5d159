"""What must hold of every event, however it was played: pure functions over its part of the file of results.

They share no code with the program that made the results, nor with scripts/recompute.py: whole fractions, their
own order. Each yields sentences about what is broken."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

Json = Mapping[str, Any]
HUNDREDTHS = 100


def broken(event: Json) -> list[str]:
    """Everything that does not hold in one event."""
    found = []
    for stage in event["stages"]:
        where = f"{event['code']}/{stage['code']}"
        found += [f"{where}: {said}" for check in CHECKS for said in check(stage)]
    for before, after in pairwise(event["stages"]):
        where = f"{event['code']}/{after['code']}"
        found += [f"{where}: {said}" for check in BETWEEN for said in check(before, after)]
    return found


def sums(stage: Json) -> Iterator[str]:
    """Every combined score is the sum of its parts, rounded half up."""
    for board in boards_of(stage):
        weights = {one["component"]: Fraction(one["weight_pct"]) for one in board["rules"]["weights"]}
        for row in board["rows"]:
            exact = sum(
                (Fraction(row["scores"][name]) * weight for name, weight in weights.items()), Fraction(0)
            )
            rounded = Fraction(int(exact + Fraction(1, 2)), HUNDREDTHS)
            if rounded != Fraction(row["combined"]):
                yield f"the parts of contestant {row['number']} are not the combined score {row['combined']}"


def order_is_total(stage: Json) -> Iterator[str]:
    """Nobody stands twice, nobody level with another, and the better score stands higher."""
    for board in boards_of(stage):
        rows = board["rows"]
        yield from (f"contestant {number} stands twice" for number in _twice(row["number"] for row in rows))
        for above, below in pairwise(rows):
            if above["sort_key"] >= below["sort_key"] or Fraction(above["combined"]) < Fraction(
                below["combined"]
            ):
                yield f"contestant {below['number']} should not stand below contestant {above['number']}"


def ranks_are_right(stage: Json) -> Iterator[str]:
    """shared: one more than how many are strictly better; ordinal: the place."""
    for board in boards_of(stage):
        ties = [_tie(row) for row in board["rows"]]
        first = {tie: at + 1 for at, tie in reversed(list(enumerate(ties)))}
        for at, row in enumerate(board["rows"]):
            wanted = at + 1 if board["rules"]["display"] == "ordinal" else first[ties[at]]
            if row["rank"] != wanted:
                yield f"contestant {row['number']} has rank {row['rank']}, not {wanted}"


def quota_is_kept(stage: Json) -> Iterator[str]:
    """Not more go on than the quota, but for those tied with the last one where the file lets all of them through."""
    for one in stage["lists"]:
        quota, cut = one["board"]["rules"]["quota"], one["board"]["rules"]["cut"]
        for version in one["versions"]:
            if version["is_supplement"] or quota is None or len(version["rows"]) <= quota:
                continue
            ties = {row["number"]: _tie(row) for row in one["board"]["rows"]}
            beyond = {ties[row["number"]] for row in version["rows"][quota - 1 :]}
            if cut != "all_tied" or len(beyond) > 1:
                yield f"{len(version['rows'])} go on with version {version['version']}, the quota is {quota}"


def nobody_is_passed_over(stage: Json) -> Iterator[str]:
    """Below an eligible person who does not go on nobody goes on, but those a tie at the line shut out together."""
    for one in stage["lists"]:
        if not one["versions"]:
            continue
        rows = one["board"]["rows"]
        posted = [version for version in one["versions"] if not version["is_supplement"]][-1]
        going = {row["number"] for row in posted["rows"]}
        last: dict[str, str] = {}
        for said in one["decisions"]:
            last[said["number"]] = said["decision"]
        off = {number for number, said in last.items() if said != "eligible"}
        passed = [
            row
            for row in rows
            if row["number"] not in going and row["number"] not in off and not row.get("left")
        ]
        if passed:
            below = {row["number"] for row in rows if row["sort_key"] > passed[0]["sort_key"]} & going
            yield from (
                f"contestant {n} goes on, contestant {passed[0]['number']} does not" for n in sorted(below)
            )
        yield from (f"contestant {number} goes on though taken off" for number in sorted(going & off))


def named_lists_are_kept(stage: Json) -> Iterator[str]:
    """From a list of people named outside nobody goes on twice, nobody taken off, and not more than the quota."""
    for one in stage.get("nominations", ()):
        final = one["final"] or ()
        last = {said["number"]: said["decision"] for said in one["decisions"]}
        known = {row["number"] for row in one["names"]}
        yield from (f"contestant {number} goes on twice" for number in _twice(final))
        for number in final:
            if number not in known:
                yield f"contestant {number} goes on and was not named"
            if last.get(number) != "eligible":
                yield f"contestant {number} goes on and is {last.get(number, 'undecided')}"
        if one["quota"] is not None and len(final) > one["quota"]:
            yield f"{len(final)} go on, the quota is {one['quota']}"


def only_the_named_come(before: Json, after: Json) -> Iterator[str]:
    """After a selection outside only those on its final lists have places."""
    lists = before.get("nominations", ())
    if not lists or not after["places"]:
        return
    named = {number for one in lists for number in one["final"] or ()}
    for row in after["places"]["rows"]:
        if row["number"] not in named:
            yield f"contestant {row['number']} has a place and was not named"


def places_are_once(stage: Json) -> Iterator[str]:
    """Nobody has two places, no place is given on twice, and nobody who comes was replaced."""
    rows = stage["places"]["rows"] if stage["places"] else []
    yield from (f"contestant {number} has two places" for number in _twice(row["number"] for row in rows))
    given = [row["replaces"] for row in rows if row["replaces"] is not None]
    yield from (f"the place of contestant {number} was given on twice" for number in _twice(given))
    for row in rows:
        if (row["number"] in given) != (row["state"] == "replaced"):
            yield f"contestant {row['number']} is {row['state']}, given on: {row['number'] in given}"


def one_award_each(stage: Json) -> Iterator[str]:
    """One line for each award and person; nothing is granted that is not due; nothing stays undecided at the end."""
    if stage["awards"] is None:
        return
    lines = stage["awards"]["lines"]
    for award, number in _twice((line["award"], line["number"]) for line in lines):
        yield f"contestant {number} has the award {award} twice"
    for line in lines:
        if line["decision"] == "granted" and line["state"] != "candidate":
            yield f"{line['award']} was given to contestant {line['number']}, who is not due it"
        if (
            stage["awards"]["state"] == "decided"
            and line["state"] == "candidate"
            and line["decision"] is None
        ):
            yield f"{line['award']} for contestant {line['number']} was never decided"


def caps_are_kept(stage: Json) -> Iterator[str]:
    """No more money than the award names, and no award beyond its band of ranks."""
    if stage["awards"] is None:
        return
    rules = {one["code"]: one for one in stage["awards"]["rules"]}
    for line in stage["awards"]["lines"]:
        rule = rules[line["award"]]
        paid = line["granted_amount"] or 0
        if paid > (rule["amount"] or 0) and not line["has_decision_reason"]:
            yield f"contestant {line['number']} is paid {paid}, the award {line['award']} names {rule['amount']}"
        is_within = rule["rank_from"] <= line["rank"] <= (rule["rank_to"] or line["rank"])
        if not is_within and not rule["conditions"].get("several"):
            yield f"contestant {line['number']} with rank {line['rank']} has a line of the award {line['award']}"


CHECKS: tuple[Callable[[Json], Iterator[str]], ...] = (
    sums, order_is_total, ranks_are_right, quota_is_kept, nobody_is_passed_over, named_lists_are_kept, places_are_once,
    one_award_each, caps_are_kept,
)  # fmt: skip

BETWEEN: tuple[Callable[[Json, Json], Iterator[str]], ...] = (only_the_named_come,)
"""Checks of a stage and the one after it."""


def boards_of(stage: Json) -> list[Json]:
    """Every board of a stage."""
    found = [one["board"] for one in stage["lists"]]
    return found if stage["board"] is None else [*found, stage["board"]]


def _tie(row: Json) -> str:
    return str(row["sort_key"])[:-32]


def _twice(values: Any) -> Sequence[Any]:
    return [value for value, count in Counter(values).items() if count > 1]
