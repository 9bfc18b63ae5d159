#!/usr/bin/env python3
"""Recompute a contest's results from the file that `jiangsai results export CONTEST` writes, without Jiangsai.

    python3 recompute.py RESULTS.json

Every combined score, order key, rank, cut, list, place, award and certificate by rank is worked out anew from
the rules, component scores and facts in the file, and compared with what the file states. Needs Python 3.11 or
later and nothing else; the format and every rule are described in results-format.md.

Exit status: 0 everything agrees, 1 there are differences (one a line), 2 the file cannot be read."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from pathlib import Path
from typing import Any

Json = dict[str, Any]
UNDECIDED = "undecided"
HIGHEST = (1 << 63) - 1
MISSING = b"\xff" * 8
LAST_BYTES = 16
NO_END = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COMPETING = ("confirmed", "admitted")
LIST_STATES = (
    "frozen", "rechecking", "rechecked", "regraded", "ready", "posted", "final", "superseded",
)  # fmt: skip
PLACE_STATES = ("invited", "confirmed", "declined", "silent", "replaced", "admitted", "ended")
AWARD_STATES = ("proposed", "waiting", "decided")
DECISIONS = (None, "granted", "declined")
LEVELS = (
    "apprentice", "junior-worker", "intermediate-worker", "senior-worker", "technician", "senior-technician",
    "special-technician", "chief-technician",
)  # fmt: skip
LEVEL_OF_NUMBER = {5: LEVELS[1], 4: LEVELS[2], 3: LEVELS[3], 2: LEVELS[4], 1: LEVELS[5]}


class Unreadable(ValueError):
    """The file is not what it should be."""


def differences(document: Json) -> Iterator[str]:
    """Everything in the document that does not follow from the rest of it, one sentence each."""
    contest = document["contest"]["code"]
    for event in document["events"]:
        earlier: dict[str, Json] = {}
        for stage in event["stages"]:
            where = f"{event['code']}/{stage['code']}"
            for said in stage_differences(contest, stage, earlier):
                yield f"{where}: {said}"
            earlier[stage["code"]] = stage


def stage_differences(contest: str, stage: Json, earlier: dict[str, Json]) -> Iterator[str]:
    """What does not hold in one stage. earlier: the stages of the event before it, by code."""
    for board in boards(stage):
        yield from board_differences(contest, board, earlier)
        yield from competitors_differences(stage, board)
    for one in stage["lists"]:
        yield from list_differences(one)
    yield from nominations_differences(stage.get("nominations", []))
    if stage["final"] is not None and stage["board"] is not None:
        yield from against_board("final list", stage["final"]["rows"], stage["board"]["rows"])
    if stage["places"] is not None:
        yield from places_differences(stage["places"], earlier)
    if stage["awards"] is not None:
        yield from finalists_differences(stage)
        yield from award_differences(stage["awards"])
    if stage["certificates"] is not None:
        yield from certificate_differences(stage)


def boards(stage: Json) -> list[Json]:
    found = [one["board"] for one in stage["lists"]]
    return found if stage["board"] is None else [*found, stage["board"]]


def differs(what: str, stated: object, computed: object) -> Iterator[str]:
    if stated != computed:
        yield f"{what} is {shown(stated)}, computed {shown(computed)}"


def known(what: str, stated: object, allowed: tuple[object, ...]) -> Iterator[str]:
    if stated not in allowed:
        yield f"{what} is {shown(stated)}, which is no such word"


def shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


# --- combined scores, order and ranks -------------------------------------------------------------------------


def board_differences(contest: str, board: Json, earlier: dict[str, Json]) -> Iterator[str]:
    """Combined scores, order keys, order and ranks of one board."""
    rules, rows = board["rules"], board["rows"]
    weights = [(part["component"], Decimal(part["weight_pct"])) for part in rules["weights"]]
    if sum(weight for _name, weight in weights) != 100:
        yield "the weights of the components do not add up to 100"
    keys: list[bytes] = []
    numbers: set[str] = set()
    people: set[str] = set()
    for row in rows:
        who = f"contestant {row['number']}"
        if row["number"] in numbers:
            yield f"{who} stands on the board twice"
        numbers.add(row["number"])
        if row["person"] in people:
            yield f"{who} is a person who stands on the board already"
        people.add(row["person"])
        if set(row["scores"]) != {name for name, _weight in weights}:
            yield f"{who}: the scores are not those of the components"
            continue
        total = combined(row["scores"], weights)
        yield from differs(f"{who}: combined score", row["combined"], f"{total:.2f}")
        key = order_key(contest, row, rules["breakers"], Decimal(row["combined"]))
        yield from differs(f"{who}: order key", row["sort_key"], key.hex())
        if keys and key <= keys[-1]:
            yield f"{who} stands on the wrong place of the board"
        keys.append(key)
        yield from carried_differences(who, row, earlier)
    if len(keys) == len(rows):
        for row, rank in zip(rows, ranks(keys, rules["display"]), strict=True):
            yield from differs(f"contestant {row['number']}: rank", row["rank"], rank)


def combined(scores: Json, weights: list[tuple[str, Decimal]]) -> Decimal:
    """The sum of score x weight / 100, rounded half up to two places once, at the end."""
    with localcontext(Context(prec=60)):
        total = sum((Decimal(scores[name]) * weight / 100 for name, weight in weights), Decimal(0))
        return total.quantize(Decimal("0.01"), ROUND_HALF_UP)


def order_key(contest: str, row: Json, breakers: list[str], total: Decimal) -> bytes:
    """Eight bytes a field, then sixteen bytes of a digest; smaller bytes stand higher."""
    last = hashlib.sha256(f"{contest}:{row['number']}".encode()).digest()[:LAST_BYTES]
    return descending(total, 2) + b"".join(breaker(row, name) for name in breakers) + last


def breaker(row: Json, name: str) -> bytes:
    if name == "time_used":
        used = row["time_used_s"]
        return MISSING if used is None else int(used).to_bytes(8, "big")
    if name == "submitted_at":
        if row["submitted_at"] is None:
            return MISSING
        since = datetime.fromisoformat(row["submitted_at"]) - EPOCH
        return (since // timedelta(microseconds=1)).to_bytes(8, "big")
    score = row["scores"].get(name)
    return MISSING if score is None else descending(Decimal(score), 4)


def descending(score: Decimal, places: int) -> bytes:
    return (HIGHEST - int(score.scaleb(places))).to_bytes(8, "big")


def ranks(keys: list[bytes], display: str) -> list[int]:
    """shared: tied entries share the first one's rank (1, 2, 2, 4); ordinal: 1, 2, 3, 4."""
    found: list[int] = []
    for at, key in enumerate(keys):
        is_tied = at > 0 and display == "shared" and key[:-LAST_BYTES] == keys[at - 1][:-LAST_BYTES]
        found.append(found[-1] if is_tied else at + 1)
    return found


def carried_differences(who: str, row: Json, earlier: dict[str, Json]) -> Iterator[str]:
    """What is carried over is the combined score of the frozen board of the earlier stage."""
    for name, score in row["scores"].items():
        kind, _, code = name.partition(":")
        if kind != "carried":
            continue
        before = earlier.get(code, {"lists": []})["lists"]
        scores = {each["number"]: each["combined"] for each in before[-1]["board"]["rows"]} if before else {}
        stated = scores.get(row["number"])
        if stated is None or Decimal(stated) != Decimal(score):
            yield from differs(f"{who}: {name}", score, stated)


def competitors_differences(stage: Json, board: Json) -> Iterator[str]:
    """Where places were given, only those who hold one are ranked; members of a team are not ranked alone."""
    held = None
    if stage["places"] is not None:
        held = {row["number"] for row in stage["places"]["rows"] if row["state"] in COMPETING}
    for row in board["rows"]:
        if held is not None and row["number"] not in held:
            yield f"contestant {row['number']} is ranked without a place in the stage"
        if row.get("member"):
            yield f"contestant {row['number']} is ranked, but only the leader of a team is"


# --- lists ----------------------------------------------------------------------------------------------------


def list_differences(one: Json) -> Iterator[str]:
    """The posted versions and the final list of one frozen board."""
    name = f"list {one['number']}"
    yield from known(f"{name}: state", one["state"], LIST_STATES)
    posted = [version for version in one["versions"] if not version["is_supplement"]]
    for version in posted:
        wanted = listed(one, version["posted_at"], {row["number"] for row in version["rows"]})
        yield from rows_differences(f"{name}, version {version['version']}", version["rows"], wanted)
    for version in one["versions"]:
        if version["is_supplement"]:
            said = f"{name}, supplementary version {version['version']}"
            yield from against_board(said, version["rows"], one["board"]["rows"])
    if one["final"] is None:
        if one["state"] == "final":
            yield f"{name} is final, but there is no final list"
        return
    wanted = [{**row, "promoted": True} for row in (posted[-1]["rows"] if posted else [])]
    yield from rows_differences(
        f"{name}, final list", one["final"]["rows"],
        [{key: row[key] for key in ("number", "rank", "combined", "promoted")} for row in wanted],
    )  # fmt: skip
    again = listed(one, one["final"]["at"], {row["number"] for row in one["final"]["rows"]})
    yield from rows_differences(
        f"{name}, final list by the decisions until then", one["final"]["rows"],
        [{**{key: row[key] for key in ("number", "rank", "combined")}, "promoted": True} for row in again],
    )  # fmt: skip


def rows_differences(name: str, stated: list[Json], wanted: list[Json]) -> Iterator[str]:
    have, due = [row["number"] for row in stated], [row["number"] for row in wanted]
    for number in due:
        if number not in set(have):
            yield f"{name}: contestant {number} is missing"
    for number in have:
        if number not in set(due):
            yield f"{name}: contestant {number} should not be on it"
    if have != due and set(have) == set(due):
        yield f"{name}: the order is wrong, or somebody stands on it twice"
    by_number = {row["number"]: row for row in wanted}
    for row in stated:
        for key, value in by_number.get(row["number"], {}).items():
            yield from differs(f"{name}: contestant {row['number']}: {key}", row.get(key), value)


def against_board(name: str, rows: list[Json], board: list[Json]) -> Iterator[str]:
    """The rows stand on the board with these ranks and scores, in its order."""
    places = {row["number"]: at for at, row in enumerate(board)}
    at = -1
    for row in rows:
        found = places.get(row["number"])
        if found is None:
            yield f"{name}: contestant {row['number']} does not stand on the board"
            continue
        if found <= at:
            yield f"{name}: contestant {row['number']} stands on the wrong place"
        at = found
        for key in ("rank", "combined"):
            if key in row:
                yield from differs(f"{name}: contestant {row['number']}: {key}", row[key], board[found][key])


def listed(one: Json, until: str, listed_then: set[str]) -> list[Json]:
    """The list as the rules make it from the frozen board and the decisions until an instant.

    Who takes part no longer is off the list from then on; when that was shows in the list itself: whoever stood
    on it was still there."""
    off, late = taken_off(one, until)
    off |= {
        row["number"] for row in one["board"]["rows"] if row.get("left") and row["number"] not in listed_then
    }
    going, above = promoted(one["board"], off - late, late)
    return [
        {
            "number": row["number"],
            "rank": row["rank"],
            "combined": row["combined"],
            "is_substitute": row["number"] not in above,
        }
        for row in going
    ]


def taken_off(one: Json, until: str | None) -> tuple[set[str], set[str]]:
    """(taken off, those of them so late that their place stays empty) by the decisions until an instant."""
    since: dict[str, str] = {}
    for said in one["decisions"]:
        if until is not None and moment(said["at"]) > moment(until):
            continue
        if said["decision"] == "eligible":
            since.pop(said["number"], None)
        else:
            since.setdefault(said["number"], said["at"])
    hour = one.get("substitutes_until")
    late = {number for number, at in since.items() if hour is not None and moment(at) >= moment(hour)}
    return set(since), late


def promoted(board: Json, off: set[str], late: set[str]) -> tuple[list[Json], set[str]]:
    """(who goes on, in order; who stood above the line before anybody was taken off)."""
    rows, rules = board["rows"], board["rules"]
    above = {row["number"] for row in rows[: inside(rows, rules)]}
    left = [row for row in rows if row["number"] not in off]
    chosen = left[: inside(left, rules)]
    return [row for row in chosen if row["number"] not in late], above


def inside(rows: list[Json], rules: Json) -> int:
    """How many stand above the line. A tie across it: all_tied lets all of them through, none_tied none, ordinal
    exactly the quota."""
    quota: int | None = rules["quota"]
    if quota is None or len(rows) <= quota or rules["cut"] == "ordinal":
        return len(rows) if quota is None else min(len(rows), quota)
    ties = [bytes.fromhex(row["sort_key"])[:-LAST_BYTES] for row in rows]
    line = ties[quota - 1]
    better, tied = sum(tie < line for tie in ties), ties.count(line)
    if rules["cut"] == "all_tied":
        return better + tied
    return better + tied if better + tied == quota else better


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- people named outside --------------------------------------------------------------------------------------


def nominations_differences(lists: list[Json]) -> Iterator[str]:
    """Lists of people whom units named: nobody twice, not more than may go on, and each posted list is everybody named
    but those taken off or gone by then, in the order in which they were named. A further list begins with the one before."""
    earlier: list[str] = []
    for one in lists:
        name = f"list of the named {one['number']}"
        yield from known(f"{name}: state", one["state"], LIST_STATES)
        numbers = [row["number"] for row in one["names"]]
        if len(set(numbers)) != len(numbers) or len({row["person"] for row in one["names"]}) != len(numbers):
            yield f"{name}: somebody stands on it twice"
        if numbers[: len(earlier)] != earlier:
            yield f"{name} does not begin with those of the list before"
        earlier = numbers
        for version in one["versions"]:
            wanted = still_named(one, version["posted_at"], version["rows"])
            yield from numbers_differ(f"{name}, version {version['version']}", version["rows"], wanted)
            if one["quota"] is not None and len(version["rows"]) > one["quota"]:
                yield f"{name}: {len(version['rows'])} go on, the quota is {one['quota']}"
        if one["final"] is None:
            if one["state"] == "final":
                yield f"{name} is final, but there is no final list"
            continue
        yield from numbers_differ(
            f"{name}, final list", one["final"], one["versions"][-1]["rows"] if one["versions"] else []
        )


def still_named(one: Json, until: str, listed_then: list[str]) -> list[str]:
    """Everybody named but those taken off until an instant, and those who have left and were not listed then."""
    off, _late = taken_off(one, until)
    gone = {row["number"] for row in one["names"] if row.get("left")} - set(listed_then)
    return [row["number"] for row in one["names"] if row["number"] not in off | gone]


def numbers_differ(name: str, stated: list[str], wanted: list[str]) -> Iterator[str]:
    for number in sorted(set(wanted) - set(stated)):
        yield f"{name}: contestant {number} is missing"
    for number in sorted(set(stated) - set(wanted)):
        yield f"{name}: contestant {number} should not be on it"
    if stated != wanted and set(stated) == set(wanted):
        yield f"{name}: the order is wrong, or somebody stands on it twice"


def places_of_the_named(rows: list[Json], number: int | None, lists: list[Json]) -> Iterator[str]:
    """Everybody on the final list that the places come from has one, and nobody who stood on no final list."""
    finals = {one["number"]: one["final"] for one in lists if one["final"] is not None}
    if number not in finals:
        yield "places were given from a list of the named that is not there or not final"
        return
    held = [row["number"] for row in rows]
    for one in sorted(set(finals[number]) - set(held)):
        yield f"contestant {one} stands on the final list of the named and has no place"
    for one in sorted(set(held) - {each for final in finals.values() for each in final}):
        yield f"contestant {one} has a place and stands on no final list of the named"
    for row in rows:
        yield from differs(f"contestant {row['number']}: how the place came", row["origin"], "nomination")
        yield from differs(f"contestant {row['number']}: rank of the place", row["rank"], None)
        if row["state"] == "ended" and row["number"] in finals[number]:
            yield f"contestant {row['number']}: the place was ended, and the final list names the person"


# --- places ---------------------------------------------------------------------------------------------------


def places_differences(places: Json, earlier: dict[str, Json]) -> Iterator[str]:
    """Who was promoted, and that every place given up was offered to the next in rank, once."""
    rows: list[Json] = places["rows"]
    by_number = {row["number"]: row for row in rows}
    if len(by_number) != len(rows):
        yield "somebody has two places"
    replacing = [row for row in rows if row["replaces"] is not None]
    given_on = [row["replaces"] for row in replacing]
    for number in sorted(set(given_on)):
        if given_on.count(number) > 1:
            yield f"the place of contestant {number} was given on more than once"
    for row in rows:
        yield from known(f"contestant {row['number']}: state of the place", row["state"], PLACE_STATES)
        is_given_on = row["number"] in given_on
        if is_given_on != (row["state"] == "replaced"):
            yield f"contestant {row['number']}: the place is {row['state']}, but given on: {is_given_on}"
        if (row["origin"] == "substitute") != (row["replaces"] is not None):
            yield f"contestant {row['number']}: a substitute takes the place of somebody, nobody else does"
    for row in replacing:
        if row["replaces"] not in by_number:
            yield f"contestant {row['number']} takes the place of somebody who had none"
        if places["last_hour"] is not None and moment(row["given_at"]) >= moment(places["last_hour"]):
            yield f"contestant {row['number']} moved up after the last hour"
    named = earlier.get(places["from_stage"] or "", {}).get("nominations", [])
    if named:
        yield from places_of_the_named(rows, places["from_list"], named)
    elif places["from_stage"] is not None:
        yield from order_of_places(places, earlier)


def order_of_places(places: Json, earlier: dict[str, Json]) -> Iterator[str]:
    """Promoted: exactly the final list. Substitutes: each the best of those who had no place and were not off."""
    lists = {one["number"]: one for one in earlier.get(places["from_stage"], {"lists": []})["lists"]}
    one = lists.get(places["from_list"])
    if one is None or one["final"] is None:
        yield "places were given from a list that is not there or not final"
        return
    first = [row["number"] for row in places["rows"] if row["origin"] == "promotion"]
    wanted = [row["number"] for row in one["final"]["rows"]]
    if first != wanted:
        missing = ", ".join(sorted(set(wanted) - set(first))) or "none"
        added = ", ".join(sorted(set(first) - set(wanted))) or "none"
        yield f"the places are not those of the final list: missing {missing}, added {added}"
    off, _late = taken_off(one, None)
    rank = {row["number"]: row["rank"] for row in one["board"]["rows"]}
    gone = {row["number"] for row in one["board"]["rows"] if row.get("left")}
    order = [row["number"] for row in one["board"]["rows"] if row["number"] not in off]
    seated = set(wanted)
    for row in places["rows"]:
        if row["origin"] not in ("promotion", "substitute"):
            continue
        yield from differs(
            f"contestant {row['number']}: rank of the place", row["rank"], rank.get(row["number"])
        )
        if row["origin"] == "promotion":
            continue
        due = [number for number in order if number not in seated]
        skipped = [number for number in due[: due.index(row["number"])] if number not in gone] if (
            row["number"] in due
        ) else due[:1]  # fmt: skip
        if skipped:
            yield f"contestant {row['number']} moved up before contestant {skipped[0]}"
        seated.add(row["number"])


# --- awards ---------------------------------------------------------------------------------------------------


def finalists_differences(stage: Json) -> Iterator[str]:
    """The finalists that awards go by are the rows of the final list with the digest that the awards name."""
    finals = [one["final"] for one in stage["lists"] if one["final"]] + [stage["final"] or {}]
    wanted = next(
        (one["rows"] for one in finals if one.get("digest") == stage["awards"]["final_digest"]), None
    )
    if wanted is None:
        yield "the awards go by a final list that is not in the file"
        return
    have = [(row["number"], row["rank"], row["promoted"]) for row in stage["awards"]["finalists"]]
    due = [(row["number"], row["rank"], row.get("promoted")) for row in wanted]
    for stated, computed in zip(have, due, strict=False):
        yield from differs("awards: a finalist with rank", stated, computed)
    if len(have) != len(due):
        yield "the finalists of the awards are not those of the final list"


def award_differences(awards: Json) -> Iterator[str]:
    """Lines derived anew, and decisions within what the rules allow."""
    yield from known("awards: state", awards["state"], AWARD_STATES)
    have = {(line["award"], line["number"]): line for line in awards["lines"]}
    if len(have) != len(awards["lines"]):
        yield "awards: somebody has two lines of one award"
    due = {(line["award"], line["number"]): line for line in derived(awards)}
    for award, number in sorted(set(due) - set(have)):
        yield f"awards: {award} for contestant {number} is missing"
    for award, number in sorted(set(have) - set(due)):
        yield f"awards: {award} for contestant {number} does not follow from the rules"
    for key, wanted in due.items():
        name = f"awards: {key[0]} for contestant {key[1]}"
        for field, value in wanted.items():
            if key in have:
                yield from differs(f"{name}: {field}", have[key][field], value)
    rules = {award["code"]: award for award in awards["rules"]}
    for key, line in have.items():
        name = f"awards: {key[0]} for contestant {key[1]}"
        yield from decision_differences(name, line, rules.get(key[0]), awards)


def decision_differences(name: str, line: Json, award: Json | None, awards: Json) -> Iterator[str]:
    """Only candidates are granted; the sum is the award's, or at most its ceiling without an exception."""
    yield from known(f"{name}: decision", line["decision"], DECISIONS)
    if award is None:
        return
    if awards["state"] == "decided" and line["state"] == "candidate" and line["decision"] is None:
        yield f"{name} is not decided, but the list is"
    if line["decision"] == "granted" and line["state"] != "candidate":
        yield f"{name} is granted, but the line is {line['state']}"
    if line["decision"] == "declined" and not line["has_decision_reason"]:
        yield f"{name} is declined without a reason"
    paid = line["granted_amount"]
    if line["decision"] != "granted" or line["amount"] is None:
        yield from differs(f"{name}: sum", paid, None)
    elif not award["conditions"].get("ceiling"):
        yield from differs(f"{name}: sum", paid, line["amount"])
    elif paid is None or paid <= 0 or (paid > line["amount"] and not may_exceed(line, awards["prize_limit"])):
        yield f"{name}: the sum {paid} lies outside 1 to {line['amount']}"


def may_exceed(line: Json, limit: Json | None) -> bool:
    return limit is not None and limit["force"] != "hard" and bool(line["has_decision_reason"])


def derived(awards: Json) -> Iterator[Json]:
    """The award lines that follow from the rules and the finalists."""
    rows: list[Json] = awards["finalists"]
    if awards["local_only"]:
        rows = among(rows, [row["is_local"] for row in rows])
    rows = sorted(rows, key=lambda row: int(row["rank"]))
    for award in awards["rules"]:
        if award["classes"] and awards["event"]["class"] not in award["classes"]:
            continue
        named = awards["named"].get(award["code"], [])
        for row in ranked_for(award, rows):
            if award["conditions"].get("several"):
                if row["number"] in named:
                    yield line_of(award, awards["event"], row, "named")
            elif award["rank_from"] <= row["rank"] <= (award["rank_to"] or NO_END):
                yield line_of(award, awards["event"], row, band(award))


def among(rows: list[Json], belongs: list[bool]) -> list[Json]:
    """Those who belong, ranked among themselves; a rank is one more than how many of them stand before."""
    chosen = sorted(
        (row for row, does in zip(rows, belongs, strict=True) if does), key=lambda row: int(row["rank"])
    )
    made: list[Json] = []
    for at, row in enumerate(chosen):
        is_tied = at > 0 and row["rank"] == chosen[at - 1]["rank"]
        made.append({**row, "rank": made[-1]["rank"] if is_tied else at + 1})
    return made


def ranked_for(award: Json, rows: list[Json]) -> list[Json]:
    conditions = award["conditions"]
    place = conditions.get("locality")
    if place:
        rows = among(rows, [row["facts"]["localities"][place] for row in rows])
    if conditions.get("sex") and conditions.get("reading") == "best":
        rows = among(rows, [is_of(conditions["sex"], row) is True for row in rows])
    return rows


def is_of(sex: str, row: Json) -> bool | None:
    is_woman = row["facts"]["is_woman"]
    return None if is_woman is None else is_woman == (sex == "female")


def band(award: Json) -> str:
    if award["rank_from"] == 1 and award["rank_to"] is None:
        return "band-everybody"
    return "band-rank" if award["rank_from"] == award["rank_to"] else "band-range"


MET, OPEN, MISSED = 0, 1, 2
Said = tuple[int, str]


def line_of(award: Json, event: Json, row: Json, why_here: str) -> Json:
    """One line: what is met first, then what is open, then what is missed."""
    level, by_level = level_of(award, row)
    said: list[Said] = [
        (MET, why_here),
        *counted_anew(award),
        *undecided_class(award, event),
        *conditions_of(award["conditions"], event, row),
        *team(award, row),
        *by_level,
        *money(award),
    ]
    worst = max(verdict for verdict, _code in said)
    is_due = worst == MET
    return {
        "award": award["code"],
        "number": row["number"],
        "rank": row["rank"],
        "state": ("candidate", "open", "not-due")[worst],
        "amount": award["amount"] if award["kind"] == "cash" and is_due else None,
        "level": level if is_due else None,
        "reasons": [code for _verdict, code in sorted(said, key=lambda one: one[0])],
    }


def counted_anew(award: Json) -> Iterator[Said]:
    conditions = award["conditions"]
    if conditions.get("locality"):
        yield MET, "ranks-locality"
    reading = conditions.get("reading") if conditions.get("sex") else None
    if reading == "best":
        yield MET, "ranks-sex"
    elif reading == UNDECIDED:
        yield OPEN, "reading-open"


def undecided_class(award: Json, event: Json) -> Iterator[Said]:
    if "awards" in event["undecided"]:
        yield OPEN, "class-awards-open"
    elif award["kind"] in event["undecided"]:
        yield OPEN, "class-kind-open"


def conditions_of(conditions: Json, event: Json, row: Json) -> Iterator[Said]:
    facts = row["facts"]
    if conditions.get("national_standard"):
        yield standard(conditions["national_standard"], event["has_national_standard"])
    if "sex" in conditions:
        found = is_of(conditions["sex"], row)
        yield (OPEN, "sex-unknown") if found is None else (MET, "sex-yes") if found else (MISSED, "sex-no")
    if "born_after" in conditions:
        limit = str(conditions["born_after"])
        yield born_after(limit, conditions.get("may_counts", UNDECIDED), facts["born_after"][limit])
    if "under_age" in conditions:
        limit_age = conditions["under_age"]
        if isinstance(limit_age, int):
            under = facts["under_age"][str(limit_age)]
            yield (
                (OPEN, "age-unknown") if under is None
                else (MET, "under-age-yes") if under else (MISSED, "under-age-no")
            )  # fmt: skip
        else:
            yield OPEN, "age-open"
    if conditions.get("promoted"):
        yield goes_on(conditions["promoted"], row["promoted"])
    for name in ("learning", "exam"):
        if name in conditions:
            is_met = facts["finished"][name]
            yield (MET, f"{name}-yes") if is_met else (MISSED, f"{name}-no")
    if "reviewed" in conditions:
        yield MET, f"reviewed-{conditions['reviewed']}"


def standard(needed: object, has_one: bool | None) -> Said:
    if has_one:
        return MET, "standard-yes"
    if has_one is None:
        return OPEN, "standard-unknown"
    return (OPEN, "standard-open") if needed == UNDECIDED else (MISSED, "standard-no")


def born_after(limit: str, limit_counts: object, born: str | None) -> Said:
    if limit == UNDECIDED:
        return OPEN, "age-open"
    if born is None:
        return OPEN, "age-unknown"
    if born == "after" or (born == "within" and limit_counts is True):
        return MET, "born-after-yes"
    if born == "within" and len(limit) == len("1990-05") and limit_counts == UNDECIDED:
        return OPEN, "born-after-open"
    return MISSED, "born-after-no"


def goes_on(needed: object, does: bool | None) -> Said:
    if does:
        return MET, "promoted-yes"
    if does is None:
        return OPEN, "promoted-unknown"
    return (OPEN, "promoted-open") if needed == UNDECIDED else (MISSED, "promoted-no")


def team(award: Json, row: Json) -> Iterator[Said]:
    if row["is_team"]:
        is_given = award["conditions"].get("team_leader", True)
        yield (MET, "team-leader") if is_given else (MISSED, "team-no")


def level_of(award: Json, row: Json) -> tuple[str | None, list[Said]]:
    """A level is not given twice and never taken down; the file may name what holders get."""
    if award["kind"] != "level":
        return None, []
    conditions, held = award["conditions"], row["facts"]["held_level"]
    target, holders = level_named(conditions.get("level")), level_named(conditions.get("holders"))
    if target is None:
        return None, [(OPEN, "level-open")]
    if held == target and UNDECIDED in (conditions.get("holders"), conditions.get("repeated")):
        return None, [(OPEN, "level-holders-open")]
    if held is None or LEVELS.index(held) < LEVELS.index(target):
        return target, [(MET, "level-promoted")]
    if held == target and holders is not None and LEVELS.index(holders) > LEVELS.index(held):
        return holders, [(MET, "level-holder-promoted")]
    if held == target and conditions.get("repeated") is True:
        return target, [(MET, "level-repeated")]
    return None, [(MISSED, "level-held")]


def level_named(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return LEVEL_OF_NUMBER.get(value)
    return str(value) if value in LEVELS else None


def money(award: Json) -> Iterator[Said]:
    if award["kind"] != "cash":
        return
    if award["amount"] is None:
        yield OPEN, "amount-by-open" if award["conditions"].get("by") else "amount-open"
    elif award["conditions"].get("ceiling"):
        yield MET, "ceiling"


# --- certificates ---------------------------------------------------------------------------------------------


def certificate_differences(stage: Json) -> Iterator[str]:
    """Certificates that a final list gives say the rank of that list, and stand within their band."""
    rules = {award["code"]: award for award in stage["certificates"]["rules"]}
    finals = [one["final"] for one in stage["lists"] if one["final"]] + (
        [stage["final"]] if stage["final"] else []
    )
    listed_as = {row["number"]: row for final in finals for row in final["rows"]}
    granted = {
        (line["award"], line["number"])
        for line in (stage["awards"] or {"lines": []})["lines"] if line["decision"] == "granted"
    }  # fmt: skip
    issued: set[tuple[str, str, int]] = set()
    valid: set[tuple[str, str]] = set()
    for row in stage["certificates"]["rows"]:
        name = f"certificates: {row['award']} for contestant {row['number']}"
        if (row["award"], row["number"], row["issue"]) in issued:
            yield f"{name} was issued twice under one number"
        issued.add((row["award"], row["number"], row["issue"]))
        if not row["is_revoked"]:
            if (row["award"], row["number"]) in valid:
                yield f"{name}: two of them are valid"
            valid.add((row["award"], row["number"]))
        if (
            not row["is_by_list"] or row["is_revoked"]
        ):  # a list that was replaced may have given a revoked one
            continue
        on_list = listed_as.get(row["number"])
        if on_list is None:
            yield f"{name}: the contestant is not on the final list"
            continue
        yield from differs(f"{name}: rank", row["rank"], on_list["rank"])
        award = rules.get(row["award"])
        if award is None:
            if (row["award"], row["number"]) not in granted:
                yield f"{name}: the award was not granted"
        elif not is_within(award, on_list, stage["certificates"]["quota"]):
            yield f"{name}: the rank {on_list['rank']} lies outside its band"


def is_within(award: Json, row: Json, quota: int | None) -> bool:
    is_quota = quota is not None and award["rank_from"] == 1 and award["rank_to"] == quota
    if is_quota and row.get("promoted") is not None:
        return bool(row["promoted"])
    return bool(award["rank_from"] <= row["rank"] <= (award["rank_to"] or NO_END))


# --- the file -------------------------------------------------------------------------------------------------


def opened(file: Path) -> tuple[Json, int]:
    """(heading, how many lines it has) after the digest was found right. raise (Unreadable)."""
    digest, count, last = hashlib.sha256(), 0, b""
    with file.open("rb") as lines:
        first = lines.readline()
        digest.update(first)
        for line in lines:
            if last:
                digest.update(last)
            last, count = line, count + 1
    try:
        heading = json.loads(first.rstrip() + last)
    except ValueError as error:
        raise Unreadable(f"the file is not one of results, or is cut off: {error}") from error
    if (heading.get("format"), heading.get("version")) != ("jiangsai-results", 1):
        raise Unreadable("this is not a file of results of version 1")
    if digest.hexdigest() != heading["sha256"]:
        raise Unreadable(f"the digest is {digest.hexdigest()}, but the file says {heading['sha256']}")
    return heading, count - 1


def events(file: Path, count: int) -> Iterator[Json]:
    """One event after the other: never more than one in memory."""
    with file.open("rb") as lines:
        lines.readline()
        for _ in range(count):
            yield json.loads(lines.readline().lstrip(b","))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("file", type=Path)
    file = parser.parse_args().file
    found = 0
    try:
        heading, count = opened(file)
        for event in events(file, count):
            for said in differences({**heading, "events": [event]}):
                found += 1
                print(said)
    except (OSError, Unreadable, ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        print(f"the file cannot be read: {error!r}", file=sys.stderr)
        return 2
    print(
        f"{found} differences in {count} events, contest {heading['contest']['code']}, digest {heading['sha256']}"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
