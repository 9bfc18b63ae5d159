"""A selection outside as it stands in the file of results: two lists, of which the second adds one person, and the places."""

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]


def named_stages() -> list[Json]:
    """The selection, and the stage after it in which two of the named have a place. The second one named was taken off."""
    names = [
        {"number": number, "person": f"p{number}", "nominated_by": "演练县"}
        for number in ("1001", "1002", "1003")
    ]
    said = [
        {"number": "1001", "decision": "eligible", "at": "2026-03-01T09:00:00+08:00"},
        {"number": "1002", "decision": "ineligible", "at": "2026-03-01T09:00:00+08:00"},
    ]
    more = {"number": "1003", "decision": "eligible", "at": "2026-03-11T09:00:00+08:00"}
    return [
        {
            **empty("selection"),
            "kind": "selection",
            "nominations": [
                named_list(1, "superseded", names[:2], said, "2026-03-02T09:00:00+08:00", ["1001"]),
                named_list(2, "final", names, [*said, more], "2026-03-12T09:00:00+08:00", ["1001", "1003"]),
            ],
        },
        {
            **empty("final"),
            "kind": "mixed",
            "nominations": [],
            "places": {
                "from_stage": "selection", "from_list": 2, "last_hour": None,
                "rows": [place("1001", 1), place("1003", 10)],
            },
        },
    ]  # fmt: skip


def named_list(
    number: int, state: str, names: list[Json], decisions: list[Json], posted_at: str, rows: list[str]
) -> Json:
    version = {
        "version": number, "posted_at": posted_at, "ends_at": posted_at, "digest": "x", "is_supplement": False,
        "rows": rows,
    }  # fmt: skip
    return {
        "number": number, "state": state, "quota": 2, "digest": "x", "names": names, "decisions": decisions,
        "versions": [version], "final": list(rows),
    }  # fmt: skip


def place(number: str, day: int) -> Json:
    return {
        "number": number, "origin": "nomination", "state": "admitted", "rank": None, "replaces": None,
        "given_at": f"2026-03-{day + 10}T09:00:00+08:00", "answer_by": None, "answered_at": None,
    }  # fmt: skip


def empty(code: str) -> Json:
    return {
        "code": code, "opens_at": None, "closes_at": None, "lists": [], "board": None, "final": None, "places": None,
        "awards": None, "certificates": None,
    }  # fmt: skip


FAULTS: tuple[tuple[Callable[[Json, Json], object], str], ...] = (
    (
        lambda first, _last: first["nominations"][1]["names"].append(first["nominations"][1]["names"][0]),
        "twice",
    ),
    (lambda first, _last: first["nominations"][1]["final"].append("1002"), "1002"),
    (lambda first, _last: first["nominations"][1]["versions"][0]["rows"].append("1002"), "1002"),
    (lambda first, _last: first["nominations"][1]["versions"][0]["rows"].reverse(), "order"),
    (lambda first, _last: first["nominations"][1].update(quota=1), "the quota is 1"),
    (lambda first, _last: first["nominations"][1].update(final=None), "final"),
    (lambda first, _last: first["nominations"][1]["names"].pop(0), "list before"),
    (lambda first, _last: first["nominations"][1]["decisions"][2].update(decision="withdrawn"), "1003"),
    (lambda first, _last: first["nominations"][0]["names"][0].update(person="p1002"), "twice"),
    (lambda _first, last: last["places"]["rows"].pop(), "1003"),
    (lambda _first, last: last["places"]["rows"].append(place("1002", 2)), "1002"),
    (lambda _first, last: last["places"]["rows"][0].update(origin="promotion"), "how the place came"),
    (lambda _first, last: last["places"]["rows"][0].update(rank=1), "rank of the place"),
    (lambda _first, last: last["places"].update(from_list=7), "not there or not final"),
)
"""Each breaks one thing; a word of what is said about it."""
