"""The tables of each view; pages and workbooks are made of them."""

from collections.abc import Callable, Mapping

from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.organisations.queries import names
from webapp.reports.queries import backlog, cells, scope
from webapp.reports.queries.cells import EVERYWHERE
from webapp.reports.queries.topics import count_topics, of_events
from webapp.reports.routes import tables
from webapp.reports.routes.choosing import Asked
from webapp.reports.routes.tables import Table


def funnel(asked: Asked) -> list[Table]:
    return [tables.funnel_table(asked.choice, asked.cell())]


def places(asked: Asked) -> list[Table]:
    below = scope.children(asked.choice.place)
    slice_, key = asked.choice.slice
    found = cells.read(asked.source, slice_, key, [asked.choice.place, *(one.place for one in below)])
    by_place = {one.place: one for one in found}
    own = by_place.pop(asked.choice.place, tables.NOBODY)
    return [tables.places_table(asked.choice, below, by_place, own, asked.link)]


def events(asked: Asked) -> list[Table]:
    chosen = asked.choice.event_id
    key = None if chosen is None else str(chosen)  # who may see one event sees no other here
    found = {one.key: one for one in cells.read(asked.source, "event", key, [asked.choice.place])}
    return [tables.events_table(asked.choice, found, asked.cell(), asked.link, asked.wanted)]


def industries(asked: Asked) -> list[Table]:
    choice = asked.choice
    whole = asked.cell()
    by_event = [
        one
        for one in cells.read(asked.source, "industry", None, [choice.place])
        if choice.industry in {None, one.key}
    ]
    by_unit = cells.of_units(asked.source, *choice.slice, choice.place)
    made = [tables.unit_industries_table(choice, by_unit, whole)]
    return made if choice.event_id is not None else [
        tables.industries_table(choice, by_event, whole, asked.link), *made
    ]  # fmt: skip


def review(asked: Asked) -> list[Table]:
    choice = asked.choice
    found = backlog.backlog(event_ids(asked), choice.place, clock.now())
    known = names(int(one.key) for one in found.by_node)
    return tables.backlog_tables(found, dict(known))


def learning(asked: Asked) -> list[Table]:
    choice = asked.choice
    if choice.event_id is None:
        titles = {str(event.event_id): pick(event.title) for event in choice.outline.events}
        wanted = {str(one) for one in event_ids(asked)}
        found = cells.read(asked.source, "event", None, [choice.place])
        rows = [(titles[one.key], one) for one in found if one.key in wanted]
        first = _("Event")
    else:
        below = {one.place: one.name for one in scope.children(choice.place)}
        rows = [
            (below[one.place], one) for one in cells.read(asked.source, *choice.slice, list(below))
        ]  # fmt: skip
        first = _("Region or unit")
    rows.sort(key=lambda row: (-row[1].people("learning-begun"), row[0]))
    made = [tables.learning_table(choice, rows, asked.cell(), first)]
    if choice.is_whole and choice.place == EVERYWHERE:
        kept = asked.source.topics if asked.source.report_id else count_topics(choice.outline.contest_id)
        made.append(tables.topics_table(of_events(kept, set(event_ids(asked)))))
    return made


def event_ids(asked: Asked) -> list[int]:
    """The events that are looked at."""
    choice = asked.choice
    return [
        event.event_id
        for event in choice.outline.events
        if choice.event_id in {None, event.event_id} and choice.industry in {None, event.industry}
    ]


VIEWS: Mapping[str, Callable[[Asked], list[Table]]] = {
    "contest": funnel,
    "places": places,
    "events": events,
    "industries": industries,
    "review": review,
    "learning": learning,
}
"""Endpoint -> its tables."""
