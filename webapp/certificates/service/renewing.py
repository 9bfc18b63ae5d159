"""Issuing anew what was revoked, with what is true now: the name, the unit, the rank of the list that counts."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from webapp.certificates.errors import NotDue
from webapp.certificates.models import Certificate
from webapp.certificates.rules.award import needs_list
from webapp.certificates.service.grounds import grounds
from webapp.certificates.service.issuing import By, Place, awards_of, issue, issue_given
from webapp.contests.queries import stage_by_id
from webapp.contests.rules.schema import Award
from webapp.leaderboard.queries.finals import final_list, newest_final


def renew(olds: Sequence[Certificate], account_id: int, now: datetime) -> list[int]:
    """Issue these revoked certificates anew as far as they are due now; return the ids of the new ones."""
    made: list[int] = []
    ordered = sorted(olds, key=_kind)
    for (stage_id, code), group in groupby(ordered, key=_kind):
        entries = {one.entry_id for one in group}
        award = next((one for one in awards_of(stage_by_id(stage_id)) if one.code == code), None)
        if award is not None:
            made += _due(stage_id, award, entries, account_id, now)
        else:
            made += _given(stage_id, code, entries, account_id, now)
    return made


def _kind(one: Certificate) -> tuple[int, str]:
    return one.stage_id, one.award_code


def _due(stage_id: int, award: Award, entries: set[int], account_id: int, now: datetime) -> list[int]:
    """By the file and the newest final list."""
    snapshot_id = newest_final(stage_id) if needs_list(award) else None
    rows = final_list(snapshot_id).rows if snapshot_id else ()
    places = {row.entry_id: Place(row.rank, row.goes_on) for row in rows if row.entry_id in entries}
    try:
        return issue(stage_id, entries, award.code, places, now, By(account_id, snapshot_id, again=True))
    except NotDue:
        return []


def _given(stage_id: int, code: str, entries: set[int], account_id: int, now: datetime) -> list[int]:
    """By the list that people decided."""
    known = grounds()
    ground = known.ground(stage_id, code, entries) if known else None
    if ground is None:
        return []
    rows = final_list(ground.snapshot_id).rows
    places = {row.entry_id: Place(row.rank) for row in rows if row.entry_id in ground.entry_ids}
    by = By(account_id, ground.snapshot_id, again=True, contest_version_id=ground.contest_version_id)
    return issue_given(stage_id, ground.award, places, now, by)
