"""Which seconds of a video count as watched (RELIABILITY 18), and when presence is asked for.

A span is half-open, in whole seconds of the video: (10, 25) is fifteen of them. Every second counts once.
The browser claims spans; what is taken of them is bounded by the server's clock: the time since the last
beat, times the allowed speed, with SLACK_S seconds to spare over the whole session. The one statement of
service/watching works the same out in SQL; a test compares the two."""

import hmac
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

Span = tuple[int, int]
Spans = tuple[Span, ...]

SLACK_S = 5
"""What a session may count beyond its time: the first beat's way to the server, and jitter."""

EXPIRES_S = 1_800
"""A session that was silent for longer is over; a longer tunnel needs a new session."""

QUIET_END_S = 10
"""Nobody is asked during the last seconds of a video."""

MAX_SPANS = 200
"""A beat with more spans than this is no beat of our page."""


def union(*many: Iterable[Span]) -> Spans:
    """The seconds of all spans, each once: sorted, apart, none empty. Spans may overlap, in any order.

    raise (ValueError): a span ends before it starts."""
    joined: list[list[int]] = []
    for start_s, end_s in sorted(span for spans in many for span in spans):
        if end_s < start_s:
            raise ValueError(f"a span ends before it starts: {start_s}, {end_s}")
        if start_s == end_s:
            continue
        if joined and start_s <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end_s)
        else:
            joined.append([start_s, end_s])
    return tuple((start_s, end_s) for start_s, end_s in joined)


def cut(spans: Iterable[Span], length_s: int) -> Spans:
    """The part of the spans inside a video of `length_s` seconds."""
    return tuple(
        (max(start_s, 0), min(end_s, length_s))
        for start_s, end_s in union(spans)
        if min(end_s, length_s) > max(start_s, 0)
    )


def without(spans: Iterable[Span], taken: Iterable[Span]) -> Spans:
    """The seconds of `spans` that are not in `taken`."""
    gone = union(taken)
    left: list[Span] = []
    for start_s, end_s in union(spans):
        at = start_s
        for gone_start_s, gone_end_s in gone:
            if gone_end_s <= at or gone_start_s >= end_s:
                continue
            if gone_start_s > at:
                left.append((at, gone_start_s))
            at = gone_end_s
        if at < end_s:
            left.append((at, end_s))
    return tuple(left)


def seconds_of(spans: Iterable[Span]) -> int:
    """How many seconds the spans hold, each once."""
    return sum(end_s - start_s for start_s, end_s in union(spans))


def first_seconds(spans: Iterable[Span], most_s: int) -> Spans:
    """At most `most_s` seconds of the spans, from the beginning of the video on."""
    taken: list[Span] = []
    left_s = most_s
    for start_s, end_s in union(spans):
        if left_s <= 0:
            break
        taken.append((start_s, min(end_s, start_s + left_s)))
        left_s -= end_s - start_s
    return tuple(taken)


def credited_seconds(spans: Iterable[Span], length_s: int) -> int:
    """Seconds of a video that count as watched, each second once.

    spans: half-open, any order, may overlap; cut at 0 and length_s.
    raise (ValueError): a span ends before it starts."""
    return seconds_of(cut(spans, length_s))


def bounded(
    claimed: Iterable[Span], elapsed_s: Decimal, speed: Decimal, slack_s: Decimal = Decimal(SLACK_S)
) -> Spans:
    """What of the claimed spans can have been played in `elapsed_s` seconds of the server's clock.

    speed: the fastest that counts (the contest's rule). The result is rounded down to whole seconds;
    elapsed time below 0 (a request that was overtaken) counts as 0."""
    return first_seconds(claimed, int(max(elapsed_s, Decimal(0)) * speed + slack_s))


def enough_seconds(length_s: int, enough_pct: int) -> int:
    """The seconds that must be watched, rounded up; at least 1. enough_pct: 1 to 100, from the contest."""
    return max(1, -(-length_s * enough_pct // 100))


def is_enough(credited_s: int, length_s: int, enough_pct: int) -> bool:
    """Whether the lesson counts as watched."""
    return credited_s >= enough_seconds(length_s, enough_pct)


def reading_seconds(length_s: int, enough_pct: int, max_speed: Decimal) -> int:
    """The shortest time for the text version of a video, in seconds rounded up: as long as the honest
    viewer at full speed needs, so that neither way is the quicker one."""
    return max(1, math.ceil(enough_seconds(length_s, enough_pct) / max_speed))


def presence_gap(secret: bytes, session: str, number: int, from_s: int, to_s: int) -> int:
    """After how many counted seconds the question of presence comes: from_s to to_s, both included.

    The same session and number give the same gap; without the secret nobody can tell it.
    number: 0 for the first question of a session. raise (ValueError): the range is empty."""
    if not 0 < from_s <= to_s:
        raise ValueError(f"no gap between {from_s} and {to_s} seconds")
    drawn = hmac.digest(secret, f"{session}\0{number}".encode(), "sha256")
    return from_s + int.from_bytes(drawn[:8], "big") % (to_s - from_s + 1)


@dataclass(frozen=True)
class Watched:
    """Where a session stands. spans: counted; held: played after the open question, not yet counted.

    budget_s: seconds that may still count (at most SLACK_S between two beats). presence_left_s: counted
    seconds until the next question, None when the contest asks none; is_asked: a question is open."""

    spans: Spans = ()
    held: Spans = ()
    budget_s: Decimal = Decimal(SLACK_S)
    presence_left_s: int | None = None
    is_asked: bool = False


def beat(
    before: Watched, claimed: Sequence[Span], elapsed_s: Decimal, length_s: int, speed: Decimal, in_time: bool
) -> Watched:
    """The session after a beat that claims to have played these spans since the last one.

    in_time: an open question can still be answered in time. Then what is played goes to `held`; later
    it is dropped. Nothing ever counts past an open question."""
    budget_s = before.budget_s + max(elapsed_s, Decimal(0)) * speed
    fresh = without(cut(claimed, length_s), union(before.spans, before.held))
    gain = bounded(fresh, Decimal(0), speed, budget_s)
    after = replace(before, budget_s=min(budget_s - seconds_of(gain), Decimal(SLACK_S)))
    if before.is_asked:
        return replace(after, held=union(before.held, gain)) if in_time else after
    left_s = before.presence_left_s
    if left_s is None:
        return replace(after, spans=union(before.spans, gain))
    if left_s > seconds_of(gain):
        return replace(after, spans=union(before.spans, gain), presence_left_s=left_s - seconds_of(gain))
    if seconds_of(before.spans) + left_s > length_s - QUIET_END_S:
        return replace(after, spans=union(before.spans, gain), presence_left_s=QUIET_END_S)
    counted = first_seconds(gain, left_s)
    return replace(
        after,
        spans=union(before.spans, counted),
        held=without(gain, counted),
        presence_left_s=0,
        is_asked=True,
    )


def answered(before: Watched, gap_s: int, in_time: bool) -> Watched:
    """The session after the question was answered: in time what was held counts, else it is gone."""
    spans = union(before.spans, before.held) if in_time else before.spans
    return replace(before, spans=spans, held=(), presence_left_s=gap_s, is_asked=False)
