"""Print files: what goes into one, how far they are, and what stands on which page."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select, text

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.certificates.errors import PrintMissing
from webapp.certificates.models import CertificatePrint, CertificatePrintPart
from webapp.certificates.queries.certificates import CertificateView, by_ids
from webapp.certificates.rules.printing import Kind
from webapp.contests import queries as contests
from webapp.contests.queries import StageView
from webapp.core import clock
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.leaderboard.queries.lists import may

NEEDED = (Permission.EXPORT_LISTS, Permission.UNMASK_PEOPLE)
"""Both: a print file leaves the site with whole names."""
MOST = 20
BATCH = 2000

# As queries.certificates.everything orders a stage, stage after stage.
_ORDERED = text(
    """
    SELECT c.id, c.stage_id, c.award_code, c.template_version
    FROM certificates c JOIN stages s ON s.id = c.stage_id JOIN events e ON e.id = s.event_id
    WHERE e.contest_id = :contest_id AND (:event_id = 0 OR e.id = :event_id) AND (:stage_id = 0 OR s.id = :stage_id)
      AND NOT EXISTS (SELECT FROM certificate_revocations r WHERE r.certificate_id = c.id)
    ORDER BY e.position, e.id, s.position, s.id, c.award_code, c.facts->>'number' COLLATE "C", c.id
    """
)
_VALID = text(
    """
    SELECT count(*) FILTER (WHERE s.id = :stage_id) AS stage, count(*) FILTER (WHERE e.id = :event_id) AS event,
           count(*) AS contest
    FROM certificates c JOIN stages s ON s.id = c.stage_id JOIN events e ON e.id = s.event_id
    WHERE e.contest_id = :contest_id
      AND NOT EXISTS (SELECT FROM certificate_revocations r WHERE r.certificate_id = c.id)
    """
)
_HAS_VALID = text(
    """
    SELECT EXISTS (SELECT FROM certificates c JOIN stages s ON s.id = c.stage_id WHERE s.event_id = :event_id
                   AND NOT EXISTS (SELECT FROM certificate_revocations r WHERE r.certificate_id = c.id))
    """
)
_FIRST = text(
    """
    SELECT s.id FROM stages s JOIN events e ON e.id = s.event_id
    WHERE e.contest_id = :contest_id AND (:event_id = 0 OR e.id = :event_id) AND (:stage_id = 0 OR s.id = :stage_id)
    ORDER BY e.position, e.id, s.position, s.id LIMIT 1
    """
)
_REVOKED_SINCE = text(
    """
    SELECT p.print_id, count(*) AS revoked
    FROM certificate_print_parts p CROSS JOIN LATERAL unnest(p.pages) AS page(id)
    JOIN certificate_revocations r ON r.certificate_id = page.id
    WHERE p.print_id = ANY(:ids) GROUP BY p.print_id
    """
)


@dataclass(frozen=True)
class Scope:
    """A stage, with the event and contest around it: what a print file may be made of."""

    contest_id: int
    event_id: int | None = None
    stage_id: int | None = None

    def values(self) -> dict[str, int]:
        return {
            "contest_id": self.contest_id,
            "event_id": self.event_id or 0,
            "stage_id": self.stage_id or 0,
        }


@dataclass(frozen=True)
class PrintView:
    """One print file as its page shows it. revoked: so many of its certificates were revoked after they were set."""

    print_id: int
    scope: Scope
    state: str
    reason: str
    done: int
    total: int
    parts: int
    size_bytes: int
    digest: str
    asked_by: str
    asked_at: datetime
    made_at: datetime | None
    remove_after: datetime | None
    revoked: int

    @property
    def kind(self) -> str:
        """stage | event | contest: what it is of."""
        if self.scope.stage_id:
            return "stage"
        return "event" if self.scope.event_id else "contest"

    @property
    def is_being_put_together(self) -> bool:
        return self.state == "making" and self.done >= self.total


@dataclass(frozen=True)
class IndexRow:
    """One page of a print file."""

    part: int
    page: int
    event_code: str
    stage_code: str
    certificate: CertificateView


def scopes_for(who: Principal, stage: StageView) -> dict[str, Scope]:
    """What the person may have a print file made of that holds this stage, by kind, the smallest first."""
    may_event, may_contest = _may(who, stage.contest_id, stage.event_id), _may(who, stage.contest_id)
    found: dict[str, Scope] = {}
    if may_event:
        found["stage"] = Scope(stage.contest_id, stage.event_id, stage.stage_id)
        found["event"] = Scope(stage.contest_id, stage.event_id)
    if may_contest:
        found["contest"] = Scope(stage.contest_id)
    return found


def valid_numbers(stage: StageView) -> Mapping[str, int]:
    """How many valid certificates a stage, its event and its contest have."""
    values = {"contest_id": stage.contest_id, "event_id": stage.event_id, "stage_id": stage.stage_id}
    return dict(db.session.execute(_VALID, values).mappings().one())


def has_valid(event_id: int) -> bool:
    """Whether an event has a valid certificate, so that there is something to print."""
    return bool(db.session.scalar(_HAS_VALID, {"event_id": event_id}))


def ordered(scope: Scope) -> Iterator[tuple[Kind, int]]:
    """The valid certificates in the order of the pick-up list: (what its part is of, id)."""
    found = db.session.execute(_ORDERED, scope.values(), execution_options={"yield_per": BATCH})
    for row in found:
        yield Kind(row.stage_id, row.award_code, row.template_version), row.id


def prints_around(stage: StageView, kinds: Collection[str]) -> list[PrintView]:
    """The newest print files of these kinds that hold this stage."""
    query = select(CertificatePrint).where(
        CertificatePrint.contest_id == stage.contest_id,
        or_(
            CertificatePrint.stage_id == stage.stage_id,
            and_(CertificatePrint.stage_id.is_(None), CertificatePrint.event_id == stage.event_id),
            CertificatePrint.event_id.is_(None),
        ),
    )
    rows = db.session.scalars(query.order_by(CertificatePrint.id.desc()).limit(MOST)).all()
    return [one for one in _views(rows) if one.kind in kinds]


def first_stage(scope: Scope) -> int:
    """The first stage of what a print file is of. raise (PrintMissing): it has none any more."""
    found = db.session.scalar(_FIRST, scope.values())
    if found is None:
        raise PrintMissing
    return int(found)


def print_for(who: Principal, print_id: int) -> PrintView:
    """One print file that the person may take away. raise (PrintMissing)."""
    row = db.session.get(CertificatePrint, print_id)
    if row is None or not _may(who, row.contest_id, row.event_id):
        raise PrintMissing
    return _views([row])[0]


def index_rows(print_id: int) -> Iterator[IndexRow]:
    """Every page of a print file that is set, in order; a part is read at a time."""
    parts = db.session.execute(
        select(CertificatePrintPart.number, CertificatePrintPart.stage_id, CertificatePrintPart.pages)
        .where(CertificatePrintPart.print_id == print_id, CertificatePrintPart.pages.is_not(None))
        .order_by(CertificatePrintPart.number)
    ).all()
    stages: dict[int, StageView] = {}
    for part in parts:
        if part.stage_id not in stages:
            stages[part.stage_id] = contests.stage_by_id(part.stage_id)
        stage, found = stages[part.stage_id], by_ids(part.pages)
        for page, certificate_id in enumerate(part.pages, start=1):
            yield IndexRow(part.number, page, stage.event_code, stage.code, found[certificate_id])


def _may(who: Principal, contest_id: int, event_id: int | None = None) -> bool:
    if event_id is None:
        return all(who.allows(one, contest_id=contest_id) for one in NEEDED)
    organiser_id = contests.event_by_id(event_id, clock.now()).organiser_id
    return all(may(who, contest_id, event_id, organiser_id, one) for one in NEEDED)


def _views(rows: Sequence[CertificatePrint]) -> list[PrintView]:
    names = people.names_of_accounts(row.asked_by_account_id for row in rows)
    ready = [row.id for row in rows if row.state == "ready"]
    revoked: dict[int, int] = {}
    if ready:
        revoked = {row.print_id: row.revoked for row in db.session.execute(_REVOKED_SINCE, {"ids": ready})}
    return [_view(row, names, revoked) for row in rows]


def _view(row: CertificatePrint, names: Mapping[int, str], revoked: Mapping[int, int]) -> PrintView:
    same: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            "state", "reason", "done", "total", "parts", "size_bytes", "digest", "asked_at", "made_at", "remove_after",
        )
    }  # fmt: skip
    return PrintView(
        print_id=row.id,
        scope=Scope(row.contest_id, row.event_id, row.stage_id),
        asked_by=names.get(row.asked_by_account_id, ""),
        revoked=revoked.get(row.id, 0),
        **same,
    )
