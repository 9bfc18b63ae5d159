"""The digest of one signed sheet: what was given, by whom, for which number."""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal


def sheet_digest(
    place: tuple[str, str, str, str],
    number: int,
    judge_id: int,
    values: Mapping[str, str],
    score: Decimal,
    *,
    is_disqualified: bool,
) -> str:
    """SHA-256 in hexadecimal over the JSON (UTF-8, no spaces) of [place, number, judge, values by item, points, out].

    place: codes of contest, event, stage, module. values: by item, without those left empty; the order does not
    matter. score: with four places. Equal sheets give equal digests; any other value gives another one."""
    given = [[item, value] for item, value in sorted(values.items()) if value]
    said = [list(place), number, judge_id, given, f"{score:.4f}", is_disqualified]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
