"""Everybody above the line of a frozen board, what was decided of them, and who moves up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Row, text

from webapp.accounts import queries as people
from webapp.contests.queries import StageView
from webapp.core import progress
from webapp.core.db import db
from webapp.core.weighed import Weighed
from webapp.leaderboard.queries.kept import MOST_LINES, rows_by_id
from webapp.leaderboard.rules.masking import STAR, masked_name
from webapp.leaderboard.rules.rank import tie_part
from webapp.organisations import queries as organisations
from webapp.stages.models import StageList
from webapp.stages.queries.lists import pinned_rules
from webapp.stages.rules.notice import NoticeRow
from webapp.stages.rules.promotion import Promotion, Ranked, promote
from webapp.stages.rules.states import Decision

_INACTIVE = text(
    """
    SELECT e.id FROM entries e JOIN participations p ON p.id = e.participation_id
    WHERE e.event_id = :event_id AND p.state <> 'active'
    """
)
_DECISIONS = text(
    """
    SELECT entry_id, decision, reason, by_account_id, at FROM stage_decisions
    WHERE list_id = :list_id AND (CAST(:entry_id AS bigint) IS NULL OR entry_id = :entry_id) ORDER BY id
    """
)
_DETAILS = text(
    """
    SELECT e.id AS entry_id, p.id AS participation_id, p.person_id, p.unit_id, p.state
    FROM entries e JOIN participations p ON p.id = e.participation_id WHERE e.id = ANY(:ids)
    """
)


@dataclass(frozen=True)
class Decided:
    """The newest word on one entry. since: when it was first taken off without a break; None while it is in."""

    decision: Decision
    reason: str
    by_account_id: int | None
    at: datetime
    since: datetime | None


@dataclass(frozen=True)
class Outcome:
    """A list as it would be posted now. rows: of the frozen board by entry; left: entries whose person takes
    part no longer."""

    promotion: Promotion
    rows: dict[int, dict[str, Any]]
    decided: dict[int, Decided]
    left: frozenset[int]

    @cached_property
    def going(self) -> frozenset[int]:
        """Who is on the list, to look somebody up."""
        return frozenset(self.promotion.going_on)

    @cached_property
    def moved_up(self) -> frozenset[int]:
        """Who is on the list for somebody else, to look somebody up."""
        return frozenset(self.promotion.substitutes)

    def standing(self, entry_id: int) -> str:
        """in, substitute, off, or next: would move up."""
        if entry_id in self.moved_up:
            return "substitute"
        if entry_id in self.going:
            return "in"
        return "off" if self.is_off(entry_id) else "next"

    @property
    def undecided(self) -> tuple[int, ...]:
        """Entries of the list about which nobody has decided yet."""
        return tuple(entry for entry in self.promotion.going_on if entry not in self.decided)

    @property
    def taken_off(self) -> tuple[int, ...]:
        """Entries that stood above the line and are not on the list, in rank order."""
        order = list(self.rows)
        chosen = {entry for entry in order if self.is_off(entry)} | set(order[: self.promotion.above])
        return tuple(entry for entry in order if entry in chosen and entry not in self.going)

    def is_off(self, entry_id: int) -> bool:
        """Whether an entry was taken off by a decision or because the person left."""
        found = self.decided.get(entry_id)
        return entry_id in self.left or (found is not None and found.decision.takes_off)


@dataclass(frozen=True)
class Candidate:
    """One line of the re-check table. standing: in, substitute, off, next (would move up).

    unit_then: at registration; unit_now: at the re-check; is_here: still takes part. Of a list of nominated people rank is
    None, combined empty, and nominated_by says who named them."""

    entry_id: int
    participation_id: int
    person_id: int
    number: str
    name: str
    document_mask: str
    rank: int | None
    position: int
    combined: str
    scores: dict[str, str]
    unit_then_id: int | None
    unit_now_id: int | None
    unit_then: str
    unit_now: str
    standing: str
    decision: Decision | None
    reason: str
    decided_by: str
    decided_at: datetime | None
    is_here: bool
    nominated_by: str

    @property
    def unit_changed(self) -> bool:
        return self.unit_then_id != self.unit_now_id


def outcome(stage: StageView, one: StageList) -> Outcome:
    """Who goes on by the frozen board and the decisions so far."""
    _contest, rules = pinned_rules(one, stage)
    rows = {row["entry_id"]: row for row in rows_by_id(one.snapshot_id)}
    decided = decisions(one.id)
    gone = frozenset(db.session.scalars(_INACTIVE, {"event_id": stage.event_id}))
    late_from = one.substitutes_until
    late = {
        entry
        for entry, word in decided.items()
        if word.since is not None and late_from is not None and word.since >= late_from
    }
    off = {entry for entry, word in decided.items() if word.decision.takes_off} | (gone & set(rows))
    quota = (
        None if one.is_nominated else rules.quota
    )  # how many may be named is asked when they are brought in
    return Outcome(
        promote(_ranked(one.snapshot_id), quota, rules.rank.cut, off - late, late),
        rows,
        decided,
        gone & frozenset(rows),
    )


def _read_ranked(snapshot_id: int) -> tuple[Ranked, ...]:
    return tuple(
        Ranked(row["entry_id"], tie_part(bytes.fromhex(row["sort_key"]))) for row in rows_by_id(snapshot_id)
    )


_ranked = Weighed(_read_ranked, len, MOST_LINES)
"""A frozen board never changes; of a hundred thousand lines this takes a second."""


def decisions(list_id: int, entry_id: int | None = None) -> dict[int, Decided]:
    """The newest decision of each entry, or of one."""
    found: dict[int, Decided] = {}
    for row in db.session.execute(_DECISIONS, {"list_id": list_id, "entry_id": entry_id}):
        word = Decision(row.decision)
        before = found.get(row.entry_id)
        since = (before.since if before and before.since else row.at) if word.takes_off else None
        found[row.entry_id] = Decided(word, row.reason, row.by_account_id, row.at, since)
    return found


def candidates(made: Outcome, only: Collection[int], *, whole_names: bool) -> list[Candidate]:
    """Lines of the re-check table for these entries, in rank order."""
    chosen = set(only)
    details = details_of(chosen)
    cards = people.cards(row.person_id for row in details.values())
    units = organisations.names(
        unit
        for row in details.values()
        for unit in (row.unit_id, cards[row.person_id].unit_id)
        if unit is not None
    )
    names = people.names_of_accounts(
        word.by_account_id for word in made.decided.values() if word.by_account_id
    )
    return [
        _candidate(made, details[entry], cards[details[entry].person_id], units, names, whole_names)
        for entry in made.rows
        if entry in chosen and entry in details
    ]


def _candidate(
    made: Outcome,
    detail: Row[Any],
    card: people.PersonCard,
    units: Mapping[int, str],
    names: dict[int, str],
    whole_names: bool,
) -> Candidate:
    row, word = made.rows[detail.entry_id], made.decided.get(detail.entry_id)
    return Candidate(
        entry_id=detail.entry_id,
        participation_id=detail.participation_id,
        person_id=detail.person_id,
        number=row["number"],
        name=card.name if whole_names else masked_name(card.name),
        document_mask=card.document_mask if whole_names else "",
        rank=row["rank"],
        position=row["position"],
        combined=row["combined"],
        scores=row["scores"],
        unit_then_id=detail.unit_id,
        unit_now_id=card.unit_id,
        unit_then=units.get(detail.unit_id or 0, ""),
        unit_now=units.get(card.unit_id or 0, ""),
        standing=made.standing(detail.entry_id),
        decision=word.decision if word else None,
        reason=word.reason if word else "",
        decided_by=names.get(word.by_account_id or 0, "") if word else "",
        decided_at=word.at if word else None,
        is_here=detail.state == "active",
        nominated_by=row.get("nominated_by", ""),
    )


def details_of(entry_ids: Collection[int]) -> dict[int, Row[Any]]:
    """(participation_id, person_id, unit_id, state) of the participation behind each entry."""
    return {row.entry_id: row for row in db.session.execute(_DETAILS, {"ids": list(entry_ids)})}


def public_rows(made: Outcome, mask: str) -> list[NoticeRow]:
    """The rows of the notice: names by the file's rule; who has not agreed to publication stands by number
    only (RELIABILITY 35)."""
    going = made.promotion.going_on
    progress.tell("rows", 0, len(going))
    details = details_of(going)
    cards = people.cards(row.person_id for row in details.values())
    agreed = people.may_publish(cards)
    return [
        NoticeRow(
            rank=made.rows[entry]["rank"],
            number=made.rows[entry]["number"],
            name=masked_name(cards[details[entry].person_id].name, mask)
            if details[entry].person_id in agreed
            else STAR,
            unit=made.rows[entry]["unit"],
            combined=made.rows[entry]["combined"],
            is_substitute=entry in made.moved_up,
            nominated_by=made.rows[entry].get("nominated_by", ""),
        )
        for entry in going
    ]


def person_ids(entry_ids: Sequence[int]) -> dict[int, int]:
    """The person behind each entry."""
    return {entry: row.person_id for entry, row in details_of(entry_ids).items()}
