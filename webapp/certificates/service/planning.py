"""What stages owe at present, and what waits: read before anybody asks for it, and once more before an issuing ends."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from webapp.certificates.queries.due import ByRank, Due, ForFinishing, due_by_rank, due_for_finishing
from webapp.certificates.rules import award as rules
from webapp.certificates.rules.parts import Kind, Part, people_in
from webapp.certificates.service.asking import needed_points
from webapp.certificates.service.grounds import GivenList, Title, Waiting, grounds
from webapp.certificates.service.issuing import awards_of
from webapp.contests.queries import StageView, rules_of, stages_of_event, stages_of_events
from webapp.contests.rules.schema import Award, Contest
from webapp.core.words import N_, Message
from webapp.leaderboard.queries.finals import Newest, newest_finals, size_of

_NO_LIST = N_("The stage has no final list yet.")


@dataclass(frozen=True)
class Owed:
    """One part with what a page says about it. codes: of the awards it issues; due: certificates that nobody has yet."""

    part: Part
    stage: StageView
    codes: tuple[str, ...]
    titles: tuple[Title, ...]
    due: int


@dataclass(frozen=True)
class Wait:
    """What cannot be issued yet, by name. is_given: people decide about it."""

    stage: StageView
    titles: tuple[Title, ...]
    why: Message
    is_given: bool = False


@dataclass(frozen=True)
class Plan:
    """What is owed, in the order in which it is issued, and what waits. stages: all that were asked about."""

    stages: tuple[StageView, ...]
    owed: tuple[Owed, ...]
    waits: tuple[Wait, ...]

    def by_event(self) -> dict[int, "Plan"]:
        """The same of each event, in the order of the stages."""
        found: dict[int, tuple[list[StageView], list[Owed], list[Wait]]] = {}
        for stage in self.stages:
            found.setdefault(stage.event_id, ([], [], []))[0].append(stage)
        for due in self.owed:
            found[due.stage.event_id][1].append(due)
        for wait in self.waits:
            found[wait.stage.event_id][2].append(wait)
        return {
            event_id: Plan(tuple(stages), tuple(owed), tuple(waits))
            for event_id, (stages, owed, waits) in found.items()
        }

    @property
    def due(self) -> int:
        """How many certificates are due now."""
        return sum(one.due for one in self.owed)

    @property
    def parts(self) -> tuple[Part, ...]:
        """What an issuing looks at: parts in which something is due."""
        return tuple(one.part for one in self.owed if one.due)

    @property
    def total(self) -> int:
        """How many people these parts look at."""
        return people_in(self.parts)


def plan_of_event(event_id: int) -> Plan:
    """Everything an event owes: of every stage the certificates of the file, then those of its decided awards."""
    return plan_of(stages_of_event(event_id))


def plan_of_events(event_ids: Collection[int]) -> Plan:
    """Everything these events of one contest owe; those that were withdrawn owe nothing."""
    return plan_of(stages_of_events(event_ids))


def plan_of(stages: Sequence[StageView]) -> Plan:
    """Everything these stages of one contest owe. As many statements for a hundred stages as for one."""
    if not stages:
        return Plan((), (), ())
    contest = rules_of(stages[0].contest_id)
    finals = newest_finals(one.stage_id for one in stages)
    by_file = _by_file(stages, contest, finals)
    known = grounds()
    lists = known.lists(stages) if known else {}
    owed: list[Owed] = []
    waits: list[Wait] = []
    for stage in stages:
        given = lists.get(stage.stage_id, GivenList())
        owed += [*by_file[stage.stage_id], *_given(stage, given)]
        waits += [
            *_waits(stage, contest, stage.stage_id in finals),
            *(Wait(stage, one.titles, one.why, is_given=True) for one in given.waits),
        ]
    return Plan(tuple(stages), tuple(owed), tuple(waits))


def owed_by_file(stage: StageView, snapshot_id: int | None) -> list[Owed]:
    """What a stage owes without anybody deciding about it: for finishing, and by this final list."""
    finals = {} if snapshot_id is None else {stage.stage_id: Newest(snapshot_id, size_of(snapshot_id))}
    return _by_file([stage], rules_of(stage.contest_id), finals)[stage.stage_id]


def _by_file(
    stages: Sequence[StageView], contest: Contest, finals: Mapping[int, Newest]
) -> dict[int, list[Owed]]:
    awards = {one.stage_id: awards_of(one, contest) for one in stages}
    due = due_for_finishing(
        [
            ForFinishing(stage.stage_id, award.code, needed_points(stage, award))
            for stage in stages
            for award in awards[stage.stage_id]
            if not rules.needs_list(award)
        ]
    )
    due |= due_by_rank(
        [
            _by_rank(stage, award, finals[stage.stage_id])
            for stage in stages
            if stage.stage_id in finals
            for award in awards[stage.stage_id]
            if rules.needs_list(award)
        ]
    )
    return {one.stage_id: _owed(one, awards[one.stage_id], finals.get(one.stage_id), due) for one in stages}


def _by_rank(stage: StageView, award: Award, final: Newest) -> ByRank:
    goes_on = rules.is_for_going_on(award, stage.rules.quota)
    return ByRank(stage.stage_id, award.code, final.snapshot_id, award.rank_from, award.rank_to, goes_on)


def _owed(stage: StageView, awards: Sequence[Award], final: Newest | None, due: Due) -> list[Owed]:
    found = []
    for award in awards:
        if not rules.needs_list(award):
            many = due.get((stage.stage_id, award.code), 0)
            part = Part(Kind.FINISHED, stage.stage_id, many, award.code)
            found.append(Owed(part, stage, (award.code,), _titles([award]), many))
    ranked = [award for award in awards if rules.needs_list(award)]
    if ranked and final is not None:
        part = Part(Kind.RANKED, stage.stage_id, final.size, source_id=final.snapshot_id)
        codes = tuple(one.code for one in ranked)
        many = sum(due.get((stage.stage_id, code), 0) for code in codes)
        found.append(Owed(part, stage, codes, _titles(ranked), many))
    return found


def _given(stage: StageView, given: GivenList) -> list[Owed]:
    return [
        Owed(
            Part(Kind.GIVEN, stage.stage_id, one.given, one.code, given.list_id),
            stage,
            (one.code,),
            (one.title,),
            one.due,
        )
        for one in given.awards
    ]


def _waits(stage: StageView, contest: Contest, has_final: bool) -> list[Wait]:
    """Certificates of the file whose values are undecided, and those that wait for the final list."""
    classes = {one.code: one for one in contest.classes}
    mine = classes.get(stage.event_rules.event_class)
    here = [
        award
        for award in rules.certificates(stage.profile, stage.code)
        if rules.applies_to(award, stage.event_rules.event_class)
    ]
    found = [
        Waiting(_titles([award]), why)
        for award in here
        for why in rules.obstacles(award, stage.profile.learning, mine)
    ]
    ranked = [award for award in awards_of(stage, contest) if rules.needs_list(award)]
    if ranked and not has_final:
        found.append(Waiting(_titles(ranked), Message(_NO_LIST)))
    return [Wait(stage, one.titles, one.why) for one in found]


def _titles(awards: Sequence[Award]) -> tuple[Title, ...]:
    return tuple({"zh": award.title.zh, "en": award.title.en} for award in awards)
