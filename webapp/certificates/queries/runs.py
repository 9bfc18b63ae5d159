"""How far an issuing is: of an event, of a stage, of a stage's decided awards."""

from dataclasses import dataclass

from sqlalchemy import select

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.certificates.errors import RunMissing
from webapp.certificates.models import CertificatePrint, CertificateRun
from webapp.certificates.rules.parts import Part, parts_from
from webapp.contests import queries as contests
from webapp.core import clock
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.leaderboard.queries.lists import may


@dataclass(frozen=True)
class PrintState:
    """The print file that an issuing has had made. state: as of a print file."""

    state: str
    done: int
    total: int


@dataclass(frozen=True)
class RunView:
    """One issuing. state: making | done | stopped | failed; done, total: people; issued: new certificates.

    phase: the part it is at, from 0. wants_print: a print file is made when all is issued; printed: that file;
    print_problem: the code of why there is none."""

    run_id: int
    scope: str
    event_id: int
    stage_id: int | None
    state: str
    done: int
    total: int
    issued: int
    parts: tuple[Part, ...]
    phase: int
    finished_at: datetime | None
    wants_print: bool
    print_problem: str
    printed: PrintState | None

    @property
    def part(self) -> Part | None:
        """What it is at; None: all parts are through."""
        return self.parts[self.phase] if self.phase < len(self.parts) else None

    @property
    def is_under_way(self) -> bool:
        """Whether it, or the print file that it asked for, is still being made."""
        return self.state == "making" or (self.printed is not None and self.printed.state == "making")


def newest_run(scope: str, event_id: int, stage_id: int | None = None) -> RunView | None:
    """The last issuing of this scope, the print file beside it. One statement."""
    found = db.session.execute(
        select(CertificateRun, CertificatePrint)
        .outerjoin(CertificatePrint, CertificatePrint.id == CertificateRun.print_id)
        .where(
            CertificateRun.event_id == event_id,
            CertificateRun.scope == scope,
            CertificateRun.stage_id.is_not_distinct_from(stage_id),
        )
        .order_by(CertificateRun.id.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else _view(found.CertificateRun, found.CertificatePrint)


def run_for(who: Principal, run_id: int) -> RunView:
    """One issuing that lies in this host's scope; a foreign one answers like a missing one. raise (RunMissing)."""
    row = db.session.get(CertificateRun, run_id)
    if row is None:
        raise RunMissing
    event = contests.event_by_id(row.event_id, clock.now())
    if not may(who, event.contest_id, event.event_id, event.organiser_id, Permission.MANAGE_CERTIFICATES):
        raise RunMissing
    return _view(row, None)


def _view(row: CertificateRun, printed: CertificatePrint | None) -> RunView:
    return RunView(
        run_id=row.id,
        scope=row.scope,
        event_id=row.event_id,
        stage_id=row.stage_id,
        state=row.state,
        done=row.done,
        total=row.total,
        issued=row.issued,
        parts=parts_from(row.parts),
        phase=row.phase,
        finished_at=row.finished_at,
        wants_print=bool(row.print_reason),
        print_problem=row.print_problem,
        printed=PrintState(printed.state, printed.done, printed.total) if printed else None,
    )
