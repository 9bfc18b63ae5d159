"""A unit's people confirmed as a whole with a sealed list, and the spot checks of the level above."""

import secrets
from dataclasses import dataclass

from sqlalchemy import BigInteger, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.audit.service import record
from webapp.contests.rules.entry import SpotRule
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.media import service as media
from webapp.organisations import queries as organisations
from webapp.registration.errors import ListEmpty, ListNotChecked, ListOpened, ListOwn, ScanWrong
from webapp.registration.models import Application, UnitList
from webapp.registration.queries import events, scope
from webapp.registration.queries import unit_lists as queries
from webapp.registration.queries.roster import units
from webapp.registration.rules.spot_checks import commitment, digest, drawn
from webapp.registration.service import bulk

SCAN_MOST_MB = 10
SCANS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
"""How a file of each kind begins: what it calls itself does not count."""


@dataclass(frozen=True)
class Sealed:
    """What sealing has done: the list, and how many are left for a look of their own."""

    list_id: int
    confirmed: int
    left: int


def seal(who: Principal, unit_id: int, contest_id: int, scan: bytes, now: datetime) -> Sealed:
    """Confirm everybody of a unit who waits at its own link with a sealed list, in the caller's transaction.

    What needs a look of its own (a warning, an interest, the liaison's own registration) is left to the unit's
    reviewer. Raise NotFound: not a unit of this liaison; ScanWrong; ListEmpty."""
    if unit_id not in units(who):
        raise NotFound
    media_type = _media_type(scan)
    rows = list(
        db.session.execute(
            select(*bulk.columns(who, now))
            .where(
                queries.waits_for(unit_id),
                Application.contest_id == contest_id,
                Application.person_id != who.person_id,
            )
            .order_by(Application.id)
            .limit(bulk.MOST)
            .with_for_update(skip_locked=True)
        )
    )
    contexts = events.contexts({row.event_id for row in rows})
    rules = {one: event.sealed_lists for one, event in contexts.items() if event.sealed_lists is not None}
    rows = [row for row in rows if row.event_id in rules]
    left = bulk.causes(who, rows)
    chosen = [row for row in rows if row.id not in left]
    if not chosen:
        raise ListEmpty
    ids = [row.id for row in chosen]
    strictest = max((rules[row.event_id] for row in chosen), key=lambda rule: (rule.pct, rule.least))
    seed = secrets.token_hex(16)
    made = UnitList(
        unit_id=unit_id,
        contest_id=contest_id,
        file_id=media.store(scan, media_type),
        application_ids=ids,
        digest=digest(ids),
        seed=seed,
        commitment=commitment(seed),
        pct=strictest.pct,
        least=strictest.least,
        sealed_by_account_id=who.account_id,
        sealed_at=now,
    )
    db.session.add(made)
    db.session.flush()
    bulk.carry_out(chosen, who, "", now)
    record(
        "unit-list.seal", "organisation", unit_id, list_id=made.id, contest_id=contest_id, people=len(ids),
        left=len(left), digest=made.digest, commitment=made.commitment,
    )  # fmt: skip
    return Sealed(made.id, len(ids), len(left))


def open_checks(who: Principal, list_id: int, now: datetime) -> UnitList:
    """Open the seed of a list and draw who is looked at. Raise NotFound, ListOwn or ListOpened."""
    row = _for_check(who, list_id)
    if row.opened_at is not None:
        raise ListOpened
    row.spot_ids = list(drawn(row.application_ids, row.seed, SpotRule(row.pct, row.least)))
    row.opened_at, row.opened_by_account_id = now, who.account_id
    db.session.flush()
    record("unit-list.open", "organisation", row.unit_id, list_id=row.id, seed=row.seed, ids=row.spot_ids)
    return row


def confirm_rest(who: Principal, list_id: int, now: datetime) -> bulk.Batch:
    """Confirm the rest of a list, once every drawn registration was confirmed.

    Raise NotFound, ListOwn, or ListNotChecked: not open, not all looked at, or one was not right."""
    row = _for_check(who, list_id)
    if not queries.row_of(row).is_checked:
        raise ListNotChecked
    decided = queries.verdicts(row.application_ids)
    rest = [one for one in row.application_ids if one not in decided]
    rows = list(
        db.session.execute(
            select(*bulk.columns(who, now))
            .where(
                Application.id == any_(literal(rest, ARRAY(BigInteger))),
                scope.decidable(who),
            )
            .order_by(Application.id)
            .with_for_update(skip_locked=True)
        )
    )
    left = bulk.causes(who, rows)
    chosen = [one for one in rows if one.id not in left]
    completed = bulk.carry_out(chosen, who, "", now)
    record(
        "unit-list.confirm-rest", "organisation", row.unit_id, list_id=row.id,
        ids=[one.id for one in chosen], left=len(rest) - len(chosen),
    )  # fmt: skip
    return bulk.Batch(len(chosen) - len(completed), len(completed), len(rest) - len(chosen))


def _for_check(who: Principal, list_id: int) -> UnitList:
    row = queries.one(who, list_id, lock=True)
    if not _is_above(who, row):
        raise NotFound
    if row.sealed_by_account_id == who.account_id:
        raise ListOwn
    return row


def may_check(who: Principal, row: UnitList) -> bool:
    """Whether this person may open the spot checks of a list and confirm its rest."""
    return _is_above(who, row) and row.sealed_by_account_id != who.account_id


def _is_above(who: Principal, row: UnitList) -> bool:
    """Reviews for something that stands above the unit: the unit itself does not check its own list."""
    path = organisations.path(row.unit_id)[1:]
    return who.allows(Permission.REVIEW_APPLICATIONS, organisation_path=path)


def _media_type(scan: bytes) -> str:
    found = next((kind for start, kind in SCANS if scan.startswith(start)), None)
    if found is None or len(scan) > SCAN_MOST_MB * 1024 * 1024:
        raise ScanWrong(most=SCAN_MOST_MB)
    return found
