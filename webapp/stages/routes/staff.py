"""The list of stages, and one stage's steps."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flask import Response, current_app, request

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests.queries import StageView, stage_by_id
from webapp.contests.rules.undecided import missing_to_post
from webapp.core import clock
from webapp.core.listing import asked
from webapp.core.paging import find
from webapp.core.render import render
from webapp.core.working_days import Lasting
from webapp.leaderboard.queries.kept import digest_of, rows_by_id
from webapp.stages.errors import ListMissing
from webapp.stages.forms import (
    AmendForm,
    DecideForm,
    DropForm,
    ExceptForm,
    FollowForm,
    FreezeForm,
    FurtherListForm,
    HourForm,
    ListExportForm,
    NominationForm,
    PostForm,
)
from webapp.stages.models import StageList
from webapp.stages.queries import notices, objections, recheck, runs
from webapp.stages.queries.admissions import followed, is_outside, stage_after, stage_before
from webapp.stages.queries.candidates import Outcome, outcome
from webapp.stages.queries.due import due_of
from webapp.stages.queries.exceptions import ExceptionView, covers, exceptions
from webapp.stages.queries.holding import Minimum, minimum
from webapp.stages.queries.lists import StageHead, are_awards_decided, head, heads, newest, pinned_rules
from webapp.stages.queries.notices import NoticeView
from webapp.stages.queries.recheck import GROUPS, RecheckTable
from webapp.stages.queries.steps import (
    Readiness,
    RegradeView,
    actions,
    readiness,
    regrade_of,
    tie_forecast,
)
from webapp.stages.queries.submissions import waiting_count
from webapp.stages.routes.blueprint import bp
from webapp.stages.rules.minimum import MIN_CONTESTANTS, Shortage
from webapp.stages.rules.states import DECIDING, POSTED, ListState
from webapp.stages.rules.ties import TieForecast
from webapp.stages.service.posting import ExtraDays, is_changed, planned

POSTING = {ListState.REGRADED, ListState.READY, ListState.POSTED}


@dataclass(frozen=True)
class ListPanel:
    """A list in work. tied: numbers of those tied across the line; is_changed: differs from the notice."""

    number: int
    state: ListState
    frozen_at: datetime
    frozen_digest: str
    frozen_people: int
    quota: int | None
    cut: str
    above: int
    going: int
    substitutes: int
    vacancies: int
    undecided: int
    tied: tuple[str, ...]
    substitutes_until: datetime | None
    reason: str
    may_decide: bool
    is_changed: bool
    regrade: RegradeView | None
    planned: Lasting | None
    starts_anew: bool
    working_days: int | None
    final_at: datetime | None


@dataclass(frozen=True)
class StagePage:
    """Everything the page of one stage shows. minimum: how many contestants the rules ask for before the first stage. is_nominated: units select outside, the list is brought in."""

    head: StageHead
    is_nominated: bool
    closes_alone: bool
    ready: Readiness
    panel: ListPanel | None
    table: RecheckTable | None
    notice: NoticeView | None
    former: tuple[NoticeView, ...]
    may: dict[str, bool]
    has_places_page: bool
    next_stage: StageView | None
    ties: TieForecast | None
    is_team: bool
    in_service_on: date | None
    submissions_waiting: int
    minimum: Minimum | None
    few: Shortage | None
    signed: tuple[ExceptionView, ...]


@bp.get("/staff/stages")
@requires(Permission.SEE_FULL_BOARDS)
def stage_list() -> Response:
    """Every stage, or with `show=due` those of which something is due."""
    every = heads(principal())
    wanted = due_of(every, clock.now())
    only_due = request.args.get("show") == "due"
    found = find(
        [one for one in every if one.stage_id in wanted] if only_due else every,
        lambda one: (one.event_title, one.stage_title, one.contest_title),
        *asked(),
    )
    return render(
        "stages/stages.html",
        found=found,
        due=wanted,
        only_due=only_due,
        has_stages=bool(every),
        all=len(every),
    )


@bp.get("/staff/stages/<int:stage_id>")
@requires(Permission.SEE_FULL_BOARDS)
def stage(stage_id: int) -> Response:
    return stage_page(in_scope(stage_id))


def in_scope(stage_id: int, permission: Permission = Permission.SEE_FULL_BOARDS) -> StageHead:
    """The stage, if a grant with this permission covers it; a foreign one answers like a missing one."""
    found = head(stage_id)
    if found is None or not found.allows(principal(), permission):
        raise ListMissing
    return found


def sees_names(found: StageHead) -> bool:
    """Whoever decides sees whole names; whoever only reads sees them masked."""
    return found.allows(principal(), Permission.RECHECK_ELIGIBILITY)


def stage_page(found: StageHead, status: int = 200, **forms: Any) -> Response:
    """The page of a stage; forms: those that were refused, by name. While a worker is at its list: how far that is."""
    now = clock.now()
    run = runs.worth_telling(found.stage_id, now)
    if run is not None and run.state == "making":
        return render("stages/running.html", head=found, run=run, now=now)
    view, one = stage_by_id(found.stage_id), newest(found.stage_id)
    made = outcome(view, one) if one else None
    versions = notices.versions(found.stage_id)
    ready = readiness(view, now)
    signed, asked_for = exceptions(found.stage_id), minimum(view, now)
    nominated = one.is_nominated if one is not None else is_outside(view)
    page = StagePage(
        head=found,
        is_nominated=nominated,
        closes_alone=view.rules.closes_alone,
        ready=replace(ready, missing=missing_to_post(view.rules)) if nominated else ready,
        panel=_panel(view, one, made, now) if one and made else None,
        table=recheck.table(made, _part_asked(), whole_names=sees_names(found)) if made else None,
        notice=versions[0] if versions else None,
        former=tuple(versions[1:]),
        may={
            "decide": found.allows(principal(), Permission.RECHECK_ELIGIBILITY),
            "post": found.allows(principal(), Permission.PUBLISH_RESULTS),
            "export": found.allows(principal(), Permission.EXPORT_LISTS),
            "names": found.allows(principal(), Permission.UNMASK_PEOPLE),
            "rules": found.allows(principal(), Permission.MANAGE_CONTESTS),
        },
        has_places_page=stage_before(view) is not None,
        next_stage=stage_after(view),
        ties=tie_forecast(view) if one is None and not ready.is_over else None,
        is_team=view.event_rules.is_team,
        submissions_waiting=waiting_count(found.stage_id) if nominated else 0,
        minimum=asked_for,
        few=_few(asked_for, signed) if one is None else None,
        signed=signed,
        in_service_on=view.profile.in_service_on(view.event_rules),
    )
    return render(
        "stages/stage.html",
        fragment="stages/_regrade.html" if status == 200 else None,
        status=status,
        page=page,
        run=run,
        actions=actions(found.stage_id),
        objections=objections.inbox(found.stage_id, with_senders=page.may["post"]),
        my_account_id=principal().account_id,
        two_person=current_app.config["TWO_PERSON"],
        problems=forms.pop("problems", ())[:200],
        may_replace=one is not None and one.state == ListState.FINAL and not followed(view),
        awards_decided=are_awards_decided(found.stage_id),
        **{"nomination_form": nomination_form(found, formdata=None), **_forms(forms)},
    )


def nomination_form(found: StageHead, **options: Any) -> NominationForm:
    """The form that takes a workbook; once a list is posted it asks why another one follows."""
    kind = FurtherListForm if found.state in POSTED else NominationForm
    return kind(prefix="nominations", **options)


def _few(asked_for: Minimum | None, signed: tuple[ExceptionView, ...]) -> Shortage | None:
    """Too few contestants, as long as nobody excepted so few."""
    few = asked_for.few if asked_for is not None else None
    is_covered = few is not None and covers(signed, MIN_CONTESTANTS, few.people, few.needed)
    return None if is_covered else few


def _forms(refused: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "freeze_form": FreezeForm(formdata=None, prefix="freeze"),
        "drop_form": DropForm(formdata=None, prefix="drop"),
        "decide_form": DecideForm(formdata=None),
        "hour_form": HourForm(formdata=None),
        "post_form": PostForm(formdata=None),
        "amend_form": AmendForm(formdata=None, prefix="amend"),
        "export_form": ListExportForm(formdata=None, prefix="export"),
        "follow_form": FollowForm(formdata=None, prefix="follow"),
        "except_form": ExceptForm(formdata=None, prefix="except"),
    }
    return {**made, **refused}


def _panel(view: StageView, one: StageList, made: Outcome, now: datetime) -> ListPanel:
    _contest, rules = pinned_rules(one, view)
    state = ListState(one.state)
    posts = rules.notice_working_days is not None and state in POSTING
    lasts, anew = planned(one, view, ExtraDays(), now) if posts else (None, True)
    rows = rows_by_id(one.snapshot_id)
    return ListPanel(
        number=one.number,
        state=state,
        frozen_at=one.frozen_at,
        frozen_digest=digest_of(one.snapshot_id),
        frozen_people=len(rows),
        quota=rules.quota,
        cut=rules.rank.cut,
        above=made.promotion.above,
        going=len(made.promotion.going_on),
        substitutes=len(made.promotion.substitutes),
        vacancies=made.promotion.vacancies,
        undecided=len(made.undecided),
        tied=tuple(made.rows[entry]["number"] for entry in made.promotion.straddling),
        substitutes_until=one.substitutes_until,
        reason=one.reason,
        may_decide=state in DECIDING,
        is_changed=state is ListState.POSTED and is_changed(view, one, made),
        regrade=regrade_of(one.id),
        planned=lasts,
        starts_anew=anew,
        working_days=rules.notice_working_days,
        final_at=one.final_at,
    )


def _part_asked() -> recheck.Asked:
    """The part of the re-check table that the address asks for."""
    group = request.args.get("show", "")
    number = request.args.get("number", "").strip()[:40]
    return recheck.Asked(group if group in GROUPS else "", number, request.args.get("page", 1, type=int))
