"""How far an issuing is: of a contest, of an event, of a stage, of a stage's decided awards."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Select, case, func, select, text

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.certificates.errors import RunMissing
from webapp.certificates.models import CertificatePrint, CertificateRun
from webapp.certificates.queries.contests import contest_in_scope
from webapp.certificates.rules.parts import Broken, Part, Why, broken_from, parts_from
from webapp.contests import queries as contests
from webapp.contests.errors import ContestInvalid
from webapp.core import clock
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.leaderboard.queries.lists import may

_RUNS = select(CertificateRun, CertificatePrint).outerjoin(
    CertificatePrint, CertificatePrint.id == CertificateRun.print_id
)
_TITLES = text(
    """
    SELECT e.contest_id, e.code, e.title AS event, st.title AS stage
    FROM stages st JOIN events e ON e.id = st.event_id WHERE st.id = :stage_id
    """
)


@dataclass(frozen=True)
class PrintState:
    """The print file that an issuing has had made. state: as of a print file."""

    state: str
    done: int
    total: int


@dataclass(frozen=True)
class RunView:
    """One issuing. state: making | done | stopped | failed; done, total: people; issued: new certificates.

    contest_id, event_ids: of a contest's, which events. problems: parts that could not go on. phase: the part it is at, from 0. wants_print: a print file is made when all is issued; printed: that file;
    print_problem: the code of why there is none."""

    run_id: int
    scope: str
    contest_id: int | None
    event_ids: tuple[int, ...]
    event_id: int | None
    stage_id: int | None
    state: str
    done: int
    total: int
    issued: int
    parts: tuple[Part, ...]
    phase: int
    problems: tuple[Broken, ...]
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
    return _first(
        _RUNS.where(
            CertificateRun.event_id == event_id,
            CertificateRun.scope == scope,
            CertificateRun.stage_id.is_not_distinct_from(stage_id),
        ).order_by(CertificateRun.id.desc())
    )


def newest_run_of_contest(contest_id: int, event_ids: Collection[int]) -> RunView | None:
    """The last issuing of a contest that concerns none but these events; before it one that is under way, that of the most
    events first. One statement."""
    is_making = CertificateRun.state == "making"
    return _first(
        _RUNS.where(
            CertificateRun.contest_id == contest_id, CertificateRun.event_ids.contained_by(list(event_ids))
        ).order_by(
            is_making.desc(),
            case((is_making, func.cardinality(CertificateRun.event_ids)), else_=0).desc(),
            CertificateRun.id.desc(),
        )
    )


def run_for(who: Principal, run_id: int) -> RunView:
    """One issuing all of which lies in this host's scope; a foreign one answers like a missing one. raise (RunMissing)."""
    row = db.session.get(CertificateRun, run_id)
    if row is None or not _covers(who, row):
        raise RunMissing
    return _view(row, None)


def named(part: Part, why: Why) -> Broken:
    """A part that cannot go on, with the titles by which people know it."""
    row = db.session.execute(_TITLES, {"stage_id": part.stage_id}).one()
    award: dict[str, str] = {}
    with suppress(ContestInvalid, KeyError, NotFound):
        contest = contests.rules_of(row.contest_id)
        profile = contest.profile_of(contest.event(row.code))
        titles = {one.code: {"zh": one.title.zh, "en": one.title.en} for one in profile.awards}
        award = titles.get(part.award_code, {})
    return Broken(part, why, row.event, row.stage, award)


def _covers(who: Principal, row: CertificateRun) -> bool:
    if row.event_id is None:
        with suppress(NotFound):
            found = contest_in_scope(who, row.contest_id or 0)
            return found.may_issue_all(row.event_ids)
        return False
    event = contests.event_by_id(row.event_id, clock.now())
    return may(who, event.contest_id, event.event_id, event.organiser_id, Permission.MANAGE_CERTIFICATES)


def _first(query: Select[CertificateRun, CertificatePrint]) -> RunView | None:
    found = db.session.execute(query.limit(1)).one_or_none()
    return None if found is None else _view(found.CertificateRun, found.CertificatePrint)


def _view(row: CertificateRun, printed: CertificatePrint | None) -> RunView:
    return RunView(
        run_id=row.id,
        scope=row.scope,
        contest_id=row.contest_id,
        event_ids=tuple(row.event_ids),
        event_id=row.event_id,
        stage_id=row.stage_id,
        state=row.state,
        done=row.done,
        total=row.total,
        issued=row.issued,
        parts=parts_from(row.parts),
        phase=row.phase,
        problems=broken_from(row.problems),
        finished_at=row.finished_at,
        wants_print=bool(row.print_reason),
        print_problem=row.print_problem,
        printed=PrintState(printed.state, printed.done, printed.total) if printed else None,
    )
