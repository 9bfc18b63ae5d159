"""What a reader of reports may see: whole contests, single events, or a place with all below it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import text

from webapp.access.permissions import Permission, Role, ScopeKind
from webapp.access.principal import Principal
from webapp.core.db import db
from webapp.organisations import queries as organisations
from webapp.reports.errors import ReportMissing
from webapp.reports.queries.cells import EVERYWHERE, NO_UNIT
from webapp.reports.queries.outline import Outline

SEE = Permission.SEE_REPORTS

_CHILDREN = text(
    """
    SELECT o.id, o.name, o.kind, EXISTS (SELECT FROM organisations c WHERE c.parent_id = o.id) AS has_below
    FROM organisations o
    WHERE (CAST(:place AS bigint) = 0 AND o.parent_id IS NULL) OR o.parent_id = :place
    ORDER BY CASE WHEN o.kind = 'unit' THEN 1 ELSE 0 END, o.pinyin, o.id
    """
)


@dataclass(frozen=True)
class Choice:
    """What is looked at. place: cells.EVERYWHERE or an organisation. is_whole: the reader may see all places of it;
    others are not told numbers of one or two people. above: (id, name) of the places above that the reader may see."""

    outline: Outline
    event_id: int | None
    industry: str | None
    place: int
    is_whole: bool
    place_name: str = ""
    above: tuple[tuple[int, str], ...] = ()

    @property
    def slice(self) -> tuple[str, str]:
        """Slice and key of the cells."""
        if self.event_id is not None:
            return "event", str(self.event_id)
        if self.industry is not None:
            return "industry", self.industry
        return "contest", str(self.outline.contest_id)


@dataclass(frozen=True)
class Child:
    """What stands directly below a place."""

    place: int
    name: str
    kind: str
    has_below: bool


def choose(
    who: Principal, outline: Outline, event_id: int | None, industry: str | None, place: int | None
) -> Choice:
    """What the reader asked for, or what they may see where they asked for nothing. raise (ReportMissing)."""
    if event_id is not None:
        outline.event(event_id)
        industry = None
    elif industry is not None and industry not in outline.industries:
        raise ReportMissing
    asked = Choice(outline, event_id, industry, place or EVERYWHERE, True)
    if place is None and not _is_whole(who, asked):
        asked = _own(who, asked)
    whole = _is_whole(who, asked)
    if asked.place == EVERYWHERE:
        if not whole:
            raise ReportMissing
        return asked
    if asked.place == NO_UNIT:
        raise ReportMissing
    above = organisations.ancestors(asked.place)
    mine = set(_places(who))
    path = [row.id for row in above]
    if not path or not (whole or mine & set(path)):
        raise ReportMissing
    last = len(path) if whole else max(at for at, one in enumerate(path) if one in mine) + 1
    shown = tuple((row.id, row.name) for row in reversed(above[1:last]))
    return replace(asked, is_whole=whole, place_name=above[0].name, above=shown)


def _own(who: Principal, asked: Choice) -> Choice:
    """The reader's own event or place, where the address names none."""
    if asked.event_id is None:
        own = own_events(who, asked.outline)
        mine = [event.event_id for event in asked.outline.events if event.event_id in own]
        if mine:
            return replace(asked, event_id=mine[0], industry=None)
    for place in _places(who):
        return replace(asked, place=place)
    raise ReportMissing


def _places(who: Principal) -> list[int]:
    """The places that the reader is over. An organiser is over events, not over people of a place."""
    return [
        grant.scope_id
        for grant in who.scopes(SEE)
        if grant.scope_kind is ScopeKind.ORGANISATION and grant.role is not Role.ORGANISER
    ]


def own_events(who: Principal, outline: Outline) -> set[int]:
    """The events of a contest that the reader hosts singly or organises. One statement at most."""
    grants = who.scopes(SEE)
    hosted = {grant.scope_id for grant in grants if grant.scope_kind is ScopeKind.EVENT}
    organisers = {grant.scope_id for grant in grants if grant.role is Role.ORGANISER}
    paths = (
        organisations.paths(
            {event.organiser_id for event in outline.events if event.organiser_id is not None}
        )
        if organisers
        else {}
    )
    return {
        event.event_id
        for event in outline.events
        if event.event_id in hosted or organisers & set(paths.get(event.organiser_id or 0, ()))
    }


def _is_whole(who: Principal, asked: Choice) -> bool:
    """Whether a grant over everything, the contest or the event covers it: then all places are open.

    A host whose grant is over an organiser hosts that organiser's events; an organiser sees the own ones."""
    for grant in who.scopes(SEE):
        match grant.scope_kind:
            case ScopeKind.EVERYTHING:
                return True
            case ScopeKind.CONTEST if grant.scope_id == asked.outline.contest_id:
                return True
            case ScopeKind.EVENT if grant.scope_id == asked.event_id:
                return True
            case ScopeKind.ORGANISATION if (
                grant.role in (Role.HOST, Role.ORGANISER) and asked.event_id is not None
            ):
                organiser = asked.outline.event(asked.event_id).organiser_id
                if organiser is not None and organisations.covers(grant.scope_id, organiser):
                    return True
            case _:
                pass
    return False


def visible(who: Principal, many: Sequence[Outline]) -> list[Outline]:
    """The contests of which the reader may see anything."""
    grants = who.scopes(SEE)
    if _places(who) or any(grant.scope_kind is ScopeKind.EVERYTHING for grant in grants):
        return list(many)
    contests = {grant.scope_id for grant in grants if grant.scope_kind is ScopeKind.CONTEST}
    return [one for one in many if one.contest_id in contests or own_events(who, one)]


def wholly(who: Principal, outline: Outline) -> bool:
    """Whether the reader may see the whole contest: all events, all places."""
    return _is_whole(who, Choice(outline, None, None, EVERYWHERE, True))


def children(place: int) -> list[Child]:
    """What stands directly below a place (EVERYWHERE: the tops of the tree), unions before units."""
    return [
        Child(row.id, row.name, row.kind, row.has_below)
        for row in db.session.execute(_CHILDREN, {"place": place})
    ]


def place_for(who: Principal, place: int | None, *, is_whole: bool) -> tuple[int, str]:
    """(id, name) of the place that is asked for, else of the reader's own; (EVERYWHERE, "") for all.

    is_whole: the reader sees whole contests, and so every place. raise (ReportMissing)."""
    mine = _places(who)
    if place is None:
        place = EVERYWHERE if is_whole or not mine else mine[0]
    if place == EVERYWHERE:
        if mine and not is_whole:
            raise ReportMissing
        return EVERYWHERE, ""
    path = organisations.path(place)
    if not path or not (is_whole or set(path) & set(mine)):
        raise ReportMissing
    return place, organisations.names([place])[place]
