"""Final standing and the ladder of the contest file → who is due which award, and why. People decide."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from webapp.awards.rules.conditions import judge, undecided_class
from webapp.awards.rules.levels import SkillLevel, level_named, raised
from webapp.awards.rules.standing import EventFacts, Finalist, among
from webapp.awards.rules.verdict import UNDECIDED, Judged, Verdict
from webapp.contests.rules.schema import Award
from webapp.core.words import N_, Message

LAST_RANK = 1_000_000
"""What a file's reader puts where a band has no end."""
WOMEN = "female"
BEST, AMONG = "best", "among"
"""How “the first three women” is read: the best three women, or women among the first three."""


class LineState(StrEnum):
    """CANDIDATE: due by the rules, an authority decides. OPEN: something has to be decided or known first.
    NOT_DUE: stands in the band, but a condition is not met."""

    CANDIDATE = "candidate"
    OPEN = "open"
    NOT_DUE = "not-due"


@dataclass(frozen=True)
class AwardLine:
    """One award and one finalist in its band. rank: among those whom the award ranks. amount: yuan, None where
    the award is no money or the host has not decided. level: what the bearer is promoted to. why: each step,
    the reason for the state last."""

    award_code: str
    entry_id: int
    person_id: int
    rank: int
    state: LineState
    amount: int | None
    level: SkillLevel | None
    why: tuple[Message, ...]


def derive(
    awards: Sequence[Award],
    event: EventFacts,
    rows: Sequence[Finalist],
    assigned: Mapping[str, Collection[int]] | None = None,
    *,
    local_only: bool = False,
) -> tuple[AwardLine, ...]:
    """The award lines of one final list, by award in the order of the file, then by rank and entry.

    awards: those of this stage; others are the caller's matter. assigned: award code -> entries that the
    organiser's list names, for prizes without a band of ranks (condition `several`). local_only: a joint event,
    whose local contestants are re-ranked among themselves first.
    At most one line per award and entry; the outcome does not hang on the order of `rows`.
    Source: CONTESTS 1, 2, 4 and 5 (awards)."""
    ranked = among(rows, lambda row: row.is_local) if local_only else tuple(rows)
    ranked = tuple(sorted(ranked, key=_in_order))
    return tuple(
        line
        for award in awards
        if not award.classes or event.event_class in award.classes
        for line in _lines(award, event, ranked, (assigned or {}).get(award.code, ()))
    )


def _in_order(row: Finalist) -> tuple[int, int]:
    return row.rank, row.entry_id


def _lines(
    award: Award, event: EventFacts, rows: Sequence[Finalist], assigned: Collection[int]
) -> Iterator[AwardLine]:
    chosen = _ranked_for(award, rows)
    if award.conditions.get("several"):
        for row in chosen:
            if row.entry_id in assigned:
                yield _line(award, event, row, Message(N_("Named for this prize by the organiser's list.")))
        return
    for row in chosen:
        if award.rank_from <= row.rank <= award.rank_to:
            yield _line(award, event, row, _band(award, row.rank))


def _ranked_for(award: Award, rows: Sequence[Finalist]) -> Sequence[Finalist]:
    """The rows with the ranks that the award goes by: of a locality, then of the best women or men."""
    place = award.conditions.get("locality")
    if place:
        rows = among(rows, lambda row: place in row.places)
    if award.conditions.get("sex") and award.conditions.get("reading") == BEST:
        wanted = award.conditions["sex"]
        rows = among(rows, lambda row: row.sex == wanted)
    return sorted(rows, key=_in_order)


def _band(award: Award, rank: int) -> Message:
    if award.rank_from == 1 and award.rank_to >= LAST_RANK:
        return Message(N_("Rank %(rank)d; the award is for everybody on the final list."), {"rank": rank})
    params = {"rank": rank, "first": award.rank_from, "last": award.rank_to}
    if award.rank_from == award.rank_to:
        return Message(N_("Rank %(rank)d, as the award asks."), params)
    return Message(N_("Rank %(rank)d, within ranks %(first)d to %(last)d."), params)


def _line(award: Award, event: EventFacts, row: Finalist, band: Message) -> AwardLine:
    level, by_level = _level(award, row)
    steps = [
        Judged(Verdict.MET, band),
        *_counted_anew(award),
        *undecided_class(award.kind, event),
        *judge(award.conditions, event, row),
        *_team(award, row),
        *by_level,
        *_money(award),
    ]
    state = _state(steps)
    return AwardLine(
        award_code=award.code,
        entry_id=row.entry_id,
        person_id=row.person_id,
        rank=row.rank,
        state=state,
        amount=award.amount if award.kind == "cash" and state == LineState.CANDIDATE else None,
        level=level if state == LineState.CANDIDATE else None,
        why=tuple(step.why for step in sorted(steps, key=lambda step: _WEIGHT[step.verdict])),
    )


_WEIGHT = {Verdict.MET: 0, Verdict.OPEN: 1, Verdict.MISSED: 2}


def _counted_anew(award: Award) -> Iterator[Judged]:
    """Whose ranks these are, where they are not those of the final list; and what is open about it."""
    conditions = award.conditions
    if conditions.get("locality"):
        text = N_("Ranks are counted among the contestants of %(place)s.")
        yield Judged(Verdict.MET, Message(text, {"place": conditions["locality"]}))
    reading = conditions.get("reading") if conditions.get("sex") else None
    if reading == BEST:
        yield Judged(Verdict.MET, Message(N_("Ranks are counted among women only, or among men only.")))
    elif reading == UNDECIDED:
        text = N_("The host has yet to say whether the best women are meant, or women among these ranks.")
        yield Judged(Verdict.OPEN, Message(text))


def _team(award: Award, row: Finalist) -> Iterator[Judged]:
    """Source: CONTESTS 1 (the project leader bears the award)."""
    if not row.is_team:
        return
    if award.conditions.get("team_leader", True):
        yield Judged(Verdict.MET, Message(N_("A team: its leader bears the award.")))
    else:
        yield Judged(Verdict.MISSED, Message(N_("The award is not given to teams.")))


def _level(award: Award, row: Finalist) -> tuple[SkillLevel | None, list[Judged]]:
    if award.kind != "level":
        return None, []
    target = level_named(award.conditions.get("level"))
    if target is None:
        return None, [Judged(Verdict.OPEN, Message(N_("The host has yet to name the skill level.")))]
    if row.held == target and UNDECIDED in (
        award.conditions.get("holders"), award.conditions.get("repeated"),
    ):  # fmt: skip
        text = N_("Holds this level already; the host has yet to say what holders are given.")
        return None, [Judged(Verdict.OPEN, Message(text))]
    made = raised(
        target,
        row.held,
        level_named(award.conditions.get("holders")),
        is_repeated=award.conditions.get("repeated") is True,
    )
    return made.to, [Judged(Verdict.MISSED if made.to is None else Verdict.MET, made.why)]


def _money(award: Award) -> Iterator[Judged]:
    if award.kind != "cash":
        return
    if award.amount is None and award.conditions.get("by"):
        text = N_("The amount goes by class and rank; the host has yet to decide it.")
        yield Judged(Verdict.OPEN, Message(text))
    elif award.amount is None:
        yield Judged(Verdict.OPEN, Message(N_("The host has yet to decide the amount.")))
    elif award.conditions.get("ceiling"):
        yield Judged(
            Verdict.MET, Message(N_("At most %(amount)d yuan by the rules."), {"amount": award.amount})
        )


def _state(steps: Sequence[Judged]) -> LineState:
    verdicts = {step.verdict for step in steps}
    if Verdict.MISSED in verdicts:
        return LineState.NOT_DUE
    return LineState.OPEN if Verdict.OPEN in verdicts else LineState.CANDIDATE
