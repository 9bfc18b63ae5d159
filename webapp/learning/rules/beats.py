"""What a player's beat may look like; everything else is refused whole."""

from dataclasses import dataclass

from webapp.learning.errors import BadBeat
from webapp.learning.rules.watching import MAX_SPANS, Span

MAX_BEAT_BYTES = 16_384
LAST_SECOND = 1_000_000
"""No video is eleven days long."""


@dataclass(frozen=True)
class Sent:
    """A beat as it came. at_s: where the player stands, None when it does not say. Totals that a browser may add are not even read."""

    spans: tuple[Span, ...]
    at_s: int | None


def read_beat(body: object) -> Sent:
    """The beat in a decoded JSON body {"spans": [[start, end], ...], "at": second}.

    raise (BadBeat): not of this shape, a span that ends before it starts, negative or absurd seconds."""
    if not isinstance(body, dict) or not isinstance(body.get("spans", []), list):
        raise BadBeat
    spans = body.get("spans", [])
    if len(spans) > MAX_SPANS:
        raise BadBeat
    return Sent(tuple(_span(span) for span in spans), _second(body.get("at", 0)))


def read_number(body: object) -> int:
    """The number of the question that {"number": n} answers. raise (BadBeat)."""
    if not isinstance(body, dict):
        raise BadBeat
    return _second(body.get("number"))


def _span(span: object) -> Span:
    if not isinstance(span, list) or len(span) != 2:
        raise BadBeat
    start_s, end_s = _second(span[0]), _second(span[1])
    if end_s < start_s:
        raise BadBeat
    return start_s, end_s


def _second(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LAST_SECOND:
        raise BadBeat
    return value
