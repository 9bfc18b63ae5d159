"""Pages of reports: contests side by side, and the views of one contest."""

from typing import Any

from flask import Response, request

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.core.paging import LONG_LIST, Pages
from webapp.core.render import render
from webapp.reports.forms import TakeForm
from webapp.reports.queries import cells, scope
from webapp.reports.queries.outline import EventLine, contest_ids, outlines
from webapp.reports.queries.scope import own_events
from webapp.reports.routes import choosing, tables
from webapp.reports.routes.blueprint import bp
from webapp.reports.routes.choosing import Asked
from webapp.reports.routes.views import VIEWS


@bp.get("")
@requires(Permission.SEE_REPORTS)
def index() -> Response:
    return index_page()


def index_page(status: int = 200, form: TakeForm | None = None) -> Response:
    """The contests that the reader may see, side by side."""
    table, place = side_by_side()
    return render(
        "reports/index.html",
        status=status,
        table=table,
        place=place,
        form=form or TakeForm(formdata=None),
    )


def side_by_side() -> tuple[tables.Table, tuple[int, str]]:
    """The table of contests, and (id, name) of the place it is about; (EVERYWHERE, "") for all. raise (ReportMissing)."""
    who = principal()
    mine = scope.visible(who, outlines(contest_ids()))
    whole = [one for one in mine if scope.wholly(who, one)]
    place = scope.place_for(who, choosing.number("place"), is_whole=bool(whole))
    # Whoever is over single events only finds their numbers on the contest's page.
    counted = whole or (mine if place[0] != cells.EVERYWHERE else [])
    sources = cells.sources(counted)
    numbers = cells.side_by_side(sources, place[0])
    ready = {source.outline.contest_id for source in sources if source.is_ready}
    rows = [
        (
            one,
            numbers.get(one.contest_id, tables.NOBODY) if one.contest_id in ready else None,
            choosing.plain_address("reports.contest", one.contest_id, place[0]),
        )
        for one in mine
    ]
    return tables.editions_table(rows, is_whole=bool(whole)), place


@bp.get("/<int:contest_id>")
@requires(Permission.SEE_REPORTS)
def contest(contest_id: int) -> Response:
    return view_page(contest_id, "contest")


@bp.get("/<int:contest_id>/places")
@requires(Permission.SEE_REPORTS)
def places(contest_id: int) -> Response:
    return view_page(contest_id, "places")


@bp.get("/<int:contest_id>/events")
@requires(Permission.SEE_REPORTS)
def events(contest_id: int) -> Response:
    return view_page(contest_id, "events")


@bp.get("/<int:contest_id>/industries")
@requires(Permission.SEE_REPORTS)
def industries(contest_id: int) -> Response:
    return view_page(contest_id, "industries")


@bp.get("/<int:contest_id>/review")
@requires(Permission.SEE_REPORTS)
def review(contest_id: int) -> Response:
    return view_page(contest_id, "review")


@bp.get("/<int:contest_id>/learning")
@requires(Permission.SEE_REPORTS)
def learning(contest_id: int) -> Response:
    return view_page(contest_id, "learning")


def view_page(contest_id: int, view: str, status: int = 200, form: TakeForm | None = None) -> Response:
    """One view of a contest's report; form: one that was refused."""
    asked = choosing.asked(contest_id)
    made = VIEWS[view](asked) if asked.source.is_ready or view == "review" else []
    return render(
        "reports/contest.html",
        status=status,
        asked=asked,
        view=view,
        tables=[_cut(table) for table in made],
        steps=tables.steps_for(asked.choice) if view != "review" else [],
        names=[(table.key, table.title) for table in made if table.rows],
        form=form or TakeForm(formdata=None),
        **_around(asked, view),
    )


def _around(asked: Asked, view: str) -> dict[str, Any]:
    choice = asked.choice
    titles = {
        "contest": _("Funnel"),
        "places": _("Regions"),
        "events": _("Events"),
        "industries": _("Industries"),
        "review": _("Reviewers' backlog"),
        "learning": _("Learning"),
    }
    return {
        "tabs": [
            (asked.link(f"reports.{name}"), words, name == view)
            for name, words in titles.items()
            if not (name == "events" and choice.event_id is not None)
        ],
        "view_title": titles[view],
        "event_title": pick(choice.outline.event(choice.event_id).title) if choice.event_id else "",
        "up": [
            (name, choosing.address(f"reports.{view}", choice, place=place)) for place, name in choice.above
        ],
        "top": choosing.address(f"reports.{view}", choice, place=None) if choice.is_whole else "",
        "is_being_made": cells.is_being_made(choice.outline.contest_id),
        "has_failed": cells.last_failed(choice.outline.contest_id),
        "shown_events": _shown_events(asked),
        "may_count": scope.wholly(principal(), choice.outline) and not asked.source.is_live,
    }


def _shown_events(asked: Asked) -> list[EventLine]:
    """The events to choose from: those that the reader may see."""
    who, outline = principal(), asked.choice.outline
    own = own_events(who, outline) if asked.choice.is_whole and not scope.wholly(who, outline) else None
    return [one for one in outline.events if not one.is_withdrawn and (own is None or one.event_id in own)]


def _cut(table: tables.Table) -> tuple[tables.Table, tuple[tables.Row, ...], Pages]:
    """A table with the rows of the page that the address asks for."""
    page = request.args.get(f"page-{table.key}", 1, type=int)
    pages = Pages.of(page, len(table.rows), LONG_LIST)
    return table, tuple(pages.cut(table.rows)), pages
