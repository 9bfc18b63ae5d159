"""Final standing and the ladder of the contest file → who is due which award, and why. People decide."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from webapp.awards.rules.conditions import UNDECIDED, Judged, Verdict, judge
from webapp.awards.rules.levels import SkillLevel, level_named, raised
from webapp.awards.rules.standing import EventFacts, Finalist, among
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
    ranked = tuple(sorted(ranked, key=lambda row: (row.rank, row.entry_id)))
    return tuple(
        line
        for award in awards
        if not award.classes or event.event_class in award.classes
        for line in _lines(award, event, ranked, (assigned or {}).get(award.code, ()))
    )


def _lines(
    award: Award, event: EventFacts, rows: Sequence[Finalist], assigned: Collection[int]
) -> Iterator[AwardLine]:
    if award.conditions.get("several"):
        for row in rows:
            if row.entry_id in assigned:
                yield _line(award, event, row, Message(N_("Named for this prize by the organiser's list.")))
        return
    for row in _ranked_for(award, rows):
        if award.rank_from <= row.rank <= award.rank_to:
            yield _line(award, event, row, _band(award, row.rank))


def _ranked_for(award: Award, rows: Sequence[Finalist]) -> Sequence[Finalist]:
    """The rows with the ranks that the award goes by."""
    if award.conditions.get("sex") and award.conditions.get("reading") == BEST:
        wanted = award.conditions["sex"]
        return among(rows, lambda row: row.sex == wanted)
    return rows


def _band(award: Award, rank: int) -> Message:
    if award.rank_from == 1 and award.rank_to >= LAST_RANK:
        return Message(N_("Rank %(rank)d; the award is for everybody on the final list."), {"rank": rank})
    params = {"rank": rank, "first": award.rank_from, "last": award.rank_to}
    if award.rank_from == award.rank_to:
        return Message(N_("Rank %(rank)d, as the award asks."), params)
    return Message(N_("Rank %(rank)d, within ranks %(first)d to %(last)d."), params)


def _line(award: Award, event: EventFacts, row: Finalist, band: Message) -> AwardLine:
    steps = [Judged(Verdict.MET, band), *judge(award.conditions, event, row), *_open_readings(award)]
    if row.is_team:
        steps.append(
            Judged(Verdict.MET, Message(N_("A team: its leader bears the award.")))
            if award.conditions.get("team_leader", True)
            else Judged(Verdict.MISSED, Message(N_("The award is not given to teams.")))
        )
    level, by_level = _level(award, row)
    steps.extend(by_level)
    steps.extend(_money(award))
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


def _open_readings(award: Award) -> Iterator[Judged]:
    if award.conditions.get("sex") and award.conditions.get("reading") == UNDECIDED:
        yield Judged(
            Verdict.OPEN,
            Message(
                N_("The host has yet to say whether the best women are meant, or women among these ranks.")
            ),
        )


def _level(award: Award, row: Finalist) -> tuple[SkillLevel | None, list[Judged]]:
    if award.kind != "level":
        return None, []
    target = level_named(award.conditions.get("level"))
    if target is None:
        return None, [Judged(Verdict.OPEN, Message(N_("The host has yet to name the skill level.")))]
    made = raised(target, row.held, level_named(award.conditions.get("holders")))
    return made.to, [Judged(Verdict.MISSED if made.to is None else Verdict.MET, made.why)]


def _money(award: Award) -> Iterator[Judged]:
    if award.kind != "cash":
        return
    if award.amount is None:
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
