"""What a change of dates moves along, before anybody decides on it: for the pages of dates and for the second person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from webapp.contests.formats.edits import with_followed, with_windows
from webapp.contests.queries import event_ids
from webapp.contests.rules.alike import Alike, Found, alike
from webapp.contests.rules.along import applied, moved_along
from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.effects import effect
from webapp.contests.rules.moving_windows import Span, with_spans
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.schema import Contest
from webapp.contests.service.checking import check_definition
from webapp.contests.service.moves import foresee
from webapp.contests.service.proposing import people_of
from webapp.core.problems import Problem


@dataclass(frozen=True)
class Dates:
    """A definition with other windows. rules: what it says, whether or not it fits together; text: the same, written."""

    rules: Contest
    text: str


@dataclass(frozen=True)
class MovedGroup:
    """Events that move alike. titles: of them, in the order of the file; people: who take part and are told."""

    titles: tuple[Text, ...]
    people: int
    moves: Alike

    @property
    def hangs(self) -> bool:
        """Whether anything hangs on these dates: hours, or what people have to see to."""
        return bool(self.moves.instants or self.moves.notes)


def with_dates(text: str, spans: Mapping[str, Span], event_code: str, now: datetime) -> Dates:
    """A sound definition with these windows, of the contest or of one event, and with everything in it that moves along.

    raise (KeyError): no such event."""
    old = parse_contest(text)
    new = with_spans(old, spans, event_code)
    followed = moved_along(old, new, now)
    return Dates(applied(new, followed), with_followed(with_windows(text, spans, event_code), followed))


def moved_groups(contest_id: int, old: Contest, new: Contest, now: datetime) -> tuple[MovedGroup, ...]:
    """What moves with every event whose windows are others in `new`, those that move alike together. A few statements,
    however many events."""
    moved = effect(old, new, now).moved
    touched = {code for one in moved for code in one.event_codes}
    codes = [event.code for event in old.events if event.code in touched]
    foreseen = foresee(contest_id, codes, old, new, now)
    ids = event_ids(contest_id) if foreseen else {}
    people = people_of([ids[code] for code in foreseen]) if foreseen else {}
    found = {code: Found(one.said, one.known, one.notes) for code, one in foreseen.items()}
    return tuple(
        MovedGroup(
            tuple(old.event(code).title for code in group.event_codes),
            sum(people.get(ids[code], 0) for code in group.event_codes),
            group,
        )
        for group in alike(moved, found)
    )


def new_problems(before: str, after: str) -> tuple[Problem, ...]:
    """What is wrong or doubtful in the later definition and was not in the earlier one."""
    known = {(one.column, one.code) for one in check_definition(before).problems}
    return tuple(one for one in check_definition(after).problems if (one.column, one.code) not in known)
