"""The public notice: posting it, amending it, and the final list. Two people where the setting asks."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from webapp.audit.service import record
from webapp.calendars.queries import work_calendar
from webapp.certificates.service.running import follow_list
from webapp.contests import service as contests
from webapp.contests.queries import StageView, stage_by_id
from webapp.core.db import db
from webapp.core.errors import Conflict
from webapp.core.i18n import until
from webapp.core.working_days import Lasting, lasting
from webapp.leaderboard.queries.kept import NOMINATED, rows_by_id
from webapp.leaderboard.service.keeping import keep
from webapp.stages.errors import (
    AmendFirst,
    ListChanged,
    ListMissing,
    ListUndecided,
    NotAllDecided,
    NotConfirmed,
    NothingChanged,
    NoticeRunning,
    ObjectionsOpen,
    OwnAction,
    ReasonNeeded,
    StepRefused,
)
from webapp.stages.models import StageAction, StageList, StageNotice, StageObjection
from webapp.stages.queries import notices
from webapp.stages.queries.admissions import stage_after
from webapp.stages.queries.candidates import Outcome, outcome, public_rows
from webapp.stages.queries.lists import pinned_rules
from webapp.stages.queries.notices import NoticeView
from webapp.stages.queries.steps import regrade_of
from webapp.stages.rules.digest import canonical, digest
from webapp.stages.rules.notice import Span, body
from webapp.stages.rules.states import ListState
from webapp.stages.service import telling
from webapp.stages.service.freezing import move
from webapp.stages.service.opening import list_before
from webapp.stages.service.rechecking import working_list
from webapp.stages.service.supplementing import supplement
from webapp.stages.service.versions import heading_of, keep_published

FINAL = "final"
"""The kind of snapshot that certificates are issued from."""


@dataclass(frozen=True)
class ExtraDays:
    """Days that the host adds to the table of holidays. off: not worked; work: worked."""

    off: tuple[date, ...] = ()
    work: tuple[date, ...] = ()


@dataclass(frozen=True)
class Asked:
    """Who asks, when, and whether a second person has to agree."""

    account_id: int
    at: datetime
    two_person: bool


def ask_post(stage_id: int, extra: ExtraDays, asked: Asked) -> StageAction:
    """Post the list: at once, or when a second person has agreed.

    raise (NotConfirmed): the second computation has not agreed; (NotAllDecided); (StepRefused)."""
    one = working_list(stage_id)
    if one.state != ListState.REGRADED:
        raise NotConfirmed if one.state == ListState.RECHECKED else StepRefused
    made = _checked(stage_by_id(stage_id), one)
    move(one, ListState.READY)
    return _ask(one, "post", made, "", extra, asked)


def ask_amend(stage_id: int, reason: str, extra: ExtraDays, asked: Asked) -> StageAction:
    """Post the next version of the notice, after decisions or answers that change the list.

    raise (ReasonNeeded); (NothingChanged): nobody comes or goes; (NotAllDecided)."""
    one = working_list(stage_id)
    if one.state != ListState.POSTED:
        raise StepRefused
    if not reason.strip():
        raise ReasonNeeded
    stage = stage_by_id(stage_id)
    made = _checked(stage, one)
    if not is_changed(stage, one, made):
        raise NothingChanged
    return _ask(one, "amend", made, reason.strip()[:500], extra, asked)


def ask_finalise(stage_id: int, asked: Asked) -> StageAction:
    """Make the posted list final, after its notice has ended and every objection is answered."""
    one = working_list(stage_id)
    made = outcome(stage_by_id(one.stage_id), one)
    _require_final(one, made, asked.at)
    return _ask(one, "finalise", made, "", ExtraDays(), asked)


def ask_supplement(next_stage_id: int, reason: str, extra: ExtraDays, asked: Asked) -> StageAction:
    """Post who moved up after the list was final, as the next version of the notice it was posted by.

    next_stage_id: the stage that the places are in. raise (ReasonNeeded); (NothingSupplementary)."""
    one = list_before(stage_by_id(next_stage_id))
    if not reason.strip():
        raise ReasonNeeded
    made = supplement(one, next_stage_id)
    return _ask(one, "supplement", made, reason.strip()[:500], extra, asked)


def decide(action_id: int, account_id: int, agree: bool, now: datetime) -> StageAction:
    """The second person's word. raise (OwnAction): asker and decider are one; (ListChanged): what was asked for
    is no longer what would be posted; (Conflict): decided already."""
    action = db.session.scalars(
        select(StageAction).where(StageAction.id == action_id).with_for_update()
    ).one_or_none()
    if action is None:
        raise ListMissing
    if action.state != "waiting":
        raise Conflict
    if action.asked_by_account_id == account_id:
        raise OwnAction
    one = db.session.scalars(select(StageList).where(StageList.id == action.list_id).with_for_update()).one()
    action.decided_by_account_id = account_id
    action.decided_at = now
    word = "agree" if agree else "refuse"
    record(f"list.{action.kind}.{word}", "stage", one.stage_id, why=action.reason, action_id=action.id)
    if agree:
        _agreed(action, one, now)
    else:
        action.state = "refused"
        if action.kind == "post":
            move(one, ListState.REGRADED)
    db.session.flush()
    return action


def is_changed(stage: StageView, one: StageList, made: Outcome) -> bool:
    """Whether the list would be posted otherwise than it stands on the present notice."""
    posted = notices.current(stage.stage_id)
    if posted is None or posted.list_id != one.id:
        return True
    return tuple(public_rows(made, pinned_rules(one, stage)[1].board.mask)) != posted.rows


def planned(one: StageList, stage: StageView, extra: ExtraDays, now: datetime) -> tuple[Lasting, bool]:
    """(how long a notice posted now would last, whether its clock starts anew).

    The first version runs for the file's working days. An amended one starts the clock anew, so that those
    whom it concerns have the whole time to object, unless the file says amended_notice = "keep"."""
    _contest, rules = pinned_rules(one, stage)
    if rules.notice_working_days is None:
        raise ListUndecided(what="notice_working_days")
    calendar = work_calendar().with_days(extra.off, extra.work)
    before = notices.current(stage.stage_id)
    if before is not None and rules.amended_notice == "keep" and before.ends_at > now:
        return Lasting(before.ends_at, before.days, before.without_table), False
    return lasting(now, rules.notice_working_days, calendar), True


def _checked(stage: StageView, one: StageList) -> Outcome:
    made = outcome(stage, one)
    if made.undecided:
        raise NotAllDecided(count=len(made.undecided))
    found = None if one.is_nominated else regrade_of(one.id)
    if not one.is_nominated and (found is None or not found.agrees):
        raise NotConfirmed
    return made


def _ask(
    one: StageList, kind: str, made: Outcome, reason: str, extra: ExtraDays, asked: Asked
) -> StageAction:
    waiting = db.session.scalar(
        select(func.count()).where(StageAction.list_id == one.id, StageAction.state == "waiting")
    )
    if waiting:
        raise StepRefused
    action = StageAction(
        list_id=one.id,
        kind=kind,
        payload={
            "entries": _digest(made),
            "off": [day.isoformat() for day in extra.off],
            "work": [day.isoformat() for day in extra.work],
        },
        reason=reason,
        state="waiting",
        asked_by_account_id=asked.account_id,
        asked_at=asked.at,
    )
    db.session.add(action)
    db.session.flush()
    record(f"list.{kind}.ask", "stage", one.stage_id, why=reason, list_id=one.id, action_id=action.id)
    if not asked.two_person:
        _do(action, one, made, asked.at)
    return action


def _agreed(action: StageAction, one: StageList, now: datetime) -> None:
    """Do what was asked for, when it still is what would be done."""
    stage = stage_by_id(one.stage_id)
    after = stage_after(stage) if action.kind == "supplement" else None
    made = supplement(one, after.stage_id) if after is not None else outcome(stage, one)
    if _digest(made) != action.payload["entries"]:
        raise ListChanged
    if action.kind == "finalise":
        _require_final(one, made, now)
    _do(action, one, made, now)


def _do(action: StageAction, one: StageList, made: Outcome, now: datetime) -> None:
    action.state = "done"
    if action.kind == "finalise":
        _finalise(one, action.asked_by_account_id, now)
    else:
        _post(action, one, made, now)


def _post(action: StageAction, one: StageList, made: Outcome, now: datetime) -> None:
    stage = stage_by_id(one.stage_id)
    before = notices.current(stage.stage_id)
    extra = ExtraDays(
        tuple(date.fromisoformat(day) for day in action.payload["off"]),
        tuple(date.fromisoformat(day) for day in action.payload["work"]),
    )
    span, _is_new = planned(one, stage, extra, now)
    rows = public_rows(made, pinned_rules(one, stage)[1].board.mask)
    heading = heading_of(stage, one, before, action.reason)
    told = canonical(body(heading, Span(now, span.ends_at, span.days), rows))
    kept = keep_published(stage, one, made, rows, action.asked_by_account_id)
    notice = StageNotice(
        stage_id=stage.stage_id,
        list_id=one.id,
        version=heading.version,
        snapshot_id=kept.id,
        body=told,
        digest=digest(told),
        working_days=len(span.days),
        calendar={
            "off": action.payload["off"],
            "work": action.payload["work"],
            "without_table": list(span.without_table),
        },
        reason=action.reason,
        posted_at=now,
        ends_at=span.ends_at,
        posted_by_account_id=action.asked_by_account_id,
        agreed_by_account_id=action.decided_by_account_id,
    )
    db.session.add(notice)
    is_final = one.state == ListState.FINAL
    if not is_final:
        _take_place(one, before)
        if not one.is_nominated:
            contests.mark_published(stage.stage_id, now)
    record(
        f"list.{action.kind}", "stage", stage.stage_id, why=action.reason, list_id=one.id,
        version=notice.version, people=len(rows), digest=notice.digest, ends_at=span.ends_at.isoformat(),
    )  # fmt: skip
    db.session.flush()
    if is_final:
        telling.supplemented(stage, made, until(span.ends_at))
    else:
        telling.posted(stage, made, before, notice.version, until(span.ends_at))


def _take_place(one: StageList, before: NoticeView | None) -> None:
    """The list is posted; an earlier list of the stage that was posted is superseded."""
    if one.state != ListState.POSTED:
        if one.state == ListState.REGRADED:
            move(one, ListState.READY)
        move(one, ListState.POSTED)
    if before is not None and before.list_id != one.id:
        earlier = db.session.get_one(StageList, before.list_id)
        if earlier.state in (ListState.POSTED, ListState.FINAL):
            move(earlier, ListState.SUPERSEDED)


def _require_final(one: StageList, made: Outcome, now: datetime) -> None:
    if one.state != ListState.POSTED:
        raise StepRefused
    posted = notices.current(one.stage_id)
    if posted is None or posted.list_id != one.id:
        raise StepRefused
    if now < posted.ends_at:
        raise NoticeRunning(until=until(posted.ends_at))
    unanswered = db.session.scalar(
        select(func.count()).where(
            StageObjection.stage_id == one.stage_id, StageObjection.state == "received"
        )
    )
    if unanswered:
        raise ObjectionsOpen(count=unanswered)
    if is_changed(stage_by_id(one.stage_id), one, made):
        raise AmendFirst


def _finalise(one: StageList, account_id: int, now: datetime) -> None:
    """Certificates are issued from the snapshot of kind 'final': the posted rows, all of whom go on.

    A list of people nominated outside has no ranks that a certificate could be issued for."""
    posted = notices.current(one.stage_id)
    assert posted is not None
    move(one, ListState.FINAL)
    rows = [{**row, "promoted": True} for row in rows_by_id(posted.snapshot_id)]
    kind = NOMINATED if one.is_nominated else FINAL
    kept = keep(one.stage_id, kind, rows, digest(canonical(rows)), account_id)
    one.final_at = now
    one.final_snapshot_id = kept.id
    record(
        "list.final", "stage", one.stage_id, list_id=one.id, version=posted.version, digest=posted.digest,
        people=len(posted.rows),
    )  # fmt: skip
    if not one.is_nominated:
        follow_list(one.stage_id, kept.id, account_id, now)
    telling.final(stage_by_id(one.stage_id), posted, _told_before(one))


def _told_before(one: StageList) -> frozenset[int]:
    """Entries whose people know already that the list with them is final: of an earlier list of nominated people."""
    if not one.is_nominated:
        return frozenset()
    earlier = db.session.scalars(
        select(StageList.final_snapshot_id).where(
            StageList.stage_id == one.stage_id,
            StageList.id != one.id,
            StageList.final_snapshot_id.is_not(None),
        )
    )
    return frozenset(row["entry_id"] for snapshot in earlier if snapshot for row in rows_by_id(snapshot))


def _digest(made: Outcome) -> str:
    """Of who goes on: what the second person agrees to."""
    return digest(canonical(list(made.promotion.going_on)))
