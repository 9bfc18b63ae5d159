"""A contest with other windows, as somebody typed them: what it would say before anything is written."""

from collections.abc import Mapping
from dataclasses import replace

from webapp.contests.rules.reader import UNDECIDED
from webapp.contests.rules.schema import Contest, EventRules, Window
from webapp.contests.rules.windows import window_of

Span = tuple[str, str] | str | None
"""First and last day or instant as written; "undecided"; None: taken out."""


def with_spans(contest: Contest, spans: Mapping[str, Span], event_code: str = "") -> Contest:
    """The contest with these windows, of all or of one event; what is no span of time changes nothing: the check of the
    file says so."""
    if not event_code:
        windows = dict(contest.windows)
        for name, span in spans.items():
            _put(windows, name, span)
        return replace(contest, windows=windows)
    return replace(
        contest,
        events=tuple(_event(one, spans) if one.code == event_code else one for one in contest.events),
    )


def _event(event: EventRules, spans: Mapping[str, Span]) -> EventRules:
    windows, undecided = dict(event.windows), set(event.undecided_windows)
    for name, span in spans.items():
        _put(windows, name, span)
        (undecided.add if span == UNDECIDED else undecided.discard)(name)
    return replace(event, windows=windows, undecided_windows=frozenset(undecided))


def _put(windows: dict[str, Window], name: str, span: Span) -> None:
    if isinstance(span, tuple):
        made = window_of(list(span))
        if made is not None and made.opens_at < made.closes_at:
            windows[name] = made
    else:
        windows.pop(name, None)
