"""A small document whose every value can be followed by hand: seven people, quota three, two stages.

Two people are tied at the line, where none of them goes on; when the second is taken off, both fit and move up."""

import copy
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from webapp.contests.rules.schema import RankRule
from webapp.leaderboard.rules.rank import Ranked, last_key, sort_key

Json = dict[str, Any]
CONTEST = "cup"
RULES: Json = {
    "weights": [{"component": "theory", "weight_pct": "70"}, {"component": "learning", "weight_pct": "30"}],
    "display": "shared",
    "breakers": ["theory", "submitted_at"],
    "cut": "none_tied",
    "quota": 3,
}
FINAL_RULES: Json = {
    "weights": [
        {"component": "practical", "weight_pct": "60"},
        {"component": "carried:first", "weight_pct": "40"},
    ],
    "display": "ordinal",
    "breakers": ["practical", "time_used"],
    "cut": "ordinal",
    "quota": None,
}
SCORES = (  # theory, learning, combined by hand, rank
    ("1001", "95.0000", "80.0000", "90.50", 1),
    ("1002", "90.0000", "85.0000", "88.50", 2),
    ("1003", "88.3333", "60.0000", "79.83", 3),
    ("1004", "88.3333", "60.0000", "79.83", 3),
    ("1005", "70.0000", "70.0000", "70.00", 5),
    ("1006", "60.0000", "61.6667", "60.50", 6),
    ("1007", "10.0000", "0.0000", "7.00", 7),
)


def document() -> Json:
    """The document; the caller may change it."""
    return {
        "format": "jiangsai-results",
        "version": 1,
        "contest": {"code": CONTEST},
        "events": [{"code": "welding", "stages": [_first(), _final()]}],
    }


def key(number: str, combined: str, breakers: Sequence[str], **told: Any) -> str:
    """The order key as the program that wrote the file makes it."""
    entry = Ranked(Decimal(combined), last_key(CONTEST, number), **told)
    return sort_key(entry, RankRule("shared", tuple(breakers), "all_tied", "digest")).hex()


def _first() -> Json:
    handed_in = "2026-05-01T02:00:00+00:00"
    rows: list[Json] = [
        {
            "number": number, "person": f"p{number}", "rank": rank,
            "scores": {"theory": theory, "learning": learning}, "combined": combined,
            "time_used_s": None, "submitted_at": handed_in,
            "sort_key": key(
                number, combined, RULES["breakers"],
                components={"theory": Decimal(theory), "learning": Decimal(learning)},
                submitted_at=datetime.fromisoformat(handed_in).astimezone(UTC),
            ),
        }
        for number, theory, learning, combined, rank in SCORES
    ]  # fmt: skip
    rows[2:4] = sorted(rows[2:4], key=lambda row: row["sort_key"])
    third, fourth = rows[2]["number"], rows[3]["number"]
    listed = [("1001", 1, "90.50", False), (third, 3, "79.83", True), (fourth, 3, "79.83", True)]
    return {
        "code": "first", "kind": "online", "board": None, "final": None, "places": None, "certificates": None,
        "lists": [
            {
                "number": 1, "state": "final", "substitutes_until": "2026-05-20T00:00:00+00:00",
                "board": {"source": "frozen", "rules": RULES, "rows": rows},
                "decisions": [
                    {"number": "1002", "decision": "ineligible", "at": "2026-05-10T00:00:00+00:00"},
                    *(
                        {"number": number, "decision": "eligible", "at": "2026-05-11T00:00:00+00:00"}
                        for number in ("1001", "1003", "1004")
                    ),
                ],
                "versions": [
                    {
                        "version": 1, "posted_at": "2026-05-12T00:00:00+00:00", "is_supplement": False,
                        "rows": [
                            {"number": number, "rank": rank, "combined": combined, "is_substitute": is_new}
                            for number, rank, combined, is_new in listed
                        ],
                    }
                ],
                "final": {
                    "at": "2026-05-22T00:00:00+00:00", "digest": "first-final",
                    "rows": [
                        {"number": number, "rank": rank, "combined": combined, "promoted": True}
                        for number, rank, combined, _new in listed
                    ],
                },
            }
        ],
        "awards": None,
    }  # fmt: skip


def _final() -> Json:
    board, final = _final_board(), []
    for row in board:
        final.append(
            {"number": row["number"], "rank": row["rank"], "combined": row["combined"], "promoted": None}
        )
    held = {"1001": "technician", "1003": None, "1005": "senior-worker"}
    women = {"1001": False, "1003": True, "1005": None}
    under = {"1001": False, "1003": True, "1005": True}
    third, fourth = sorted(("1003", "1004"), key=lambda one: last_key(CONTEST, one))
    assert third == "1003", "the contestant who gives up the place is the fourth"
    places: list[Json] = [
        {"number": "1001", "origin": "promotion", "state": "confirmed", "rank": 1, "replaces": None},
        {"number": "1003", "origin": "promotion", "state": "confirmed", "rank": 3, "replaces": None},
        {"number": fourth, "origin": "promotion", "state": "replaced", "rank": 3, "replaces": None},
        {"number": "1005", "origin": "substitute", "state": "confirmed", "rank": 5, "replaces": fourth},
    ]
    return {
        "code": "final", "kind": "practical", "lists": [],
        "board": {"source": "final", "rules": FINAL_RULES, "rows": board},
        "final": {"digest": "last-final", "rows": final},
        "places": {
            "from_stage": "first", "from_list": 1, "last_hour": "2026-06-10T00:00:00+00:00",
            "rows": [{**place, "given_at": "2026-05-23T00:00:00+00:00"} for place in places],
        },
        "awards": {
            "state": "decided", "final_digest": "last-final", "local_only": False,
            "event": {"class": "one", "has_national_standard": True, "undecided": [], "on": "2026-07-01"},
            "prize_limit": {"force": "normal", "value": 5000},
            "named": {"prize": ["1003"]},
            "rules": [
                award("gold", "medal", 1, 1, national_standard=True),
                award("women", "honour", 1, 3, sex="female", reading="among"),
                award("young", "honour", 1, None, under_age=35),
                award("level", "level", 1, 3, level="technician", holders="senior-technician"),
                award("prize", "cash", 1, 3, amount=3000, ceiling=True, several=True),
                award("cash", "cash", 1, 2, amount=8000),
            ],
            "finalists": [
                {
                    "number": row["number"], "person": row["person"], "rank": row["rank"], "promoted": None,
                    "is_local": True, "is_team": False,
                    "facts": {
                        "is_woman": women[row["number"]], "under_age": {"35": under[row["number"]]},
                        "held_level": held[row["number"]],
                    },
                }
                for row in board
            ],
            "lines": copy.deepcopy(LINES),
        },
        "certificates": {
            "rules": [award("rank-certificate", "certificate", 1, 2)], "quota": None,
            "rows": [
                certificate("rank-certificate", "1003", 1),
                certificate("rank-certificate", "1001", 2),
                certificate("gold", "1003", 1),
            ],
        },
    }  # fmt: skip


def _final_board() -> list[Json]:
    told = (  # practical, carried, seconds, combined by hand
        ("1003", "99.0000", "79.83", 100, "91.33"),
        ("1001", "90.0000", "90.50", 90, "90.20"),
        ("1005", "80.0000", "70.00", 80, "76.00"),
    )
    return [
        {
            "number": number, "person": f"p{number}", "rank": rank, "combined": combined,
            "scores": {"practical": practical, "carried:first": carried},
            "time_used_s": used, "submitted_at": None,
            "sort_key": key(
                number, combined, FINAL_RULES["breakers"],
                components={"practical": Decimal(practical)}, time_used_s=used,
            ),
        }
        for rank, (number, practical, carried, used, combined) in enumerate(told, 1)
    ]  # fmt: skip


def award(
    code: str, kind: str, first: int, last: int | None, amount: int | None = None, **conditions: Any
) -> Json:
    """One award of the file."""
    return {
        "code": code, "kind": kind, "rank_from": first, "rank_to": last, "classes": [], "amount": amount,
        "conditions": conditions,
    }  # fmt: skip


def certificate(code: str, number: str, rank: int) -> Json:
    """One certificate given by the final list."""
    return {
        "award": code, "number": number, "issue": 1, "rank": rank, "goes_on": False, "is_revoked": False,
        "is_by_list": True,
    }  # fmt: skip


def line(code: str, number: str, rank: int, state: str, *reasons: str, **more: Any) -> Json:
    """One award line; a candidate is granted."""
    told: Json = {
        "award": code, "number": number, "rank": rank, "state": state, "reasons": list(reasons), "amount": None,
        "level": None, "granted_amount": None, "has_decision_reason": False,
        "decision": "granted" if state == "candidate" else None,
    }  # fmt: skip
    return told | more


LINES = [
    line("gold", "1003", 1, "candidate", "band-rank", "standard-yes"),
    line("women", "1003", 1, "candidate", "band-range", "sex-yes"),
    line("women", "1001", 2, "not-due", "band-range", "sex-no"),
    line("women", "1005", 3, "open", "band-range", "sex-unknown"),
    line("young", "1003", 1, "candidate", "band-everybody", "under-age-yes"),
    line("young", "1001", 2, "not-due", "band-everybody", "under-age-no"),
    line("young", "1005", 3, "candidate", "band-everybody", "under-age-yes"),
    line("level", "1003", 1, "candidate", "band-range", "level-promoted", level="technician"),
    line("level", "1001", 2, "candidate", "band-range", "level-holder-promoted", level="senior-technician"),
    line("level", "1005", 3, "candidate", "band-range", "level-promoted", level="technician"),
    line("prize", "1003", 1, "candidate", "named", "ceiling", amount=3000, granted_amount=2500),
    line("cash", "1003", 1, "candidate", "band-range", amount=8000, granted_amount=8000),
    line("cash", "1001", 2, "candidate", "band-range", amount=8000, granted_amount=8000),
]
