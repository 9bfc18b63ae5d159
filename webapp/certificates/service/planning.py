"""What a stage or an event owes at present, and what waits: read before anybody asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.certificates.queries.reached import owed_count
from webapp.certificates.rules import award as rules
from webapp.certificates.rules.parts import Kind, Part, people_in
from webapp.certificates.service.asking import needed_points
from webapp.certificates.service.grounds import GivenList, Title, Waiting, grounds
from webapp.certificates.service.issuing import awards_of
from webapp.contests.queries import StageView, rules_of, stages_of_event
from webapp.contests.rules.schema import Award
from webapp.core.words import N_, Message
from webapp.leaderboard.queries.finals import newest_final, size_of

_NO_LIST = N_("The stage has no final list yet.")


@dataclass(frozen=True)
class Owed:
    """One part with what a page says about it. codes: of the awards it issues."""

    part: Part
    stage: StageView
    codes: tuple[str, ...]
    titles: tuple[Title, ...]


@dataclass(frozen=True)
class Wait:
    """What cannot be issued yet, by name. is_given: people decide about it."""

    stage: StageView
    titles: tuple[Title, ...]
    why: Message
    is_given: bool = False


@dataclass(frozen=True)
class Plan:
    """What is owed, in the order in which it is issued, and what waits. stages: all of the event."""

    stages: tuple[StageView, ...]
    owed: tuple[Owed, ...]
    waits: tuple[Wait, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(one.part for one in self.owed)

    @property
    def total(self) -> int:
        return people_in(self.parts)


def plan_of_event(event_id: int) -> Plan:
    """Everything an event owes: of every stage the certificates of the file, then those of its decided awards."""
    stages = stages_of_event(event_id)
    known = grounds()
    lists = known.lists(stages) if known else {}
    owed: list[Owed] = []
    waits: list[Wait] = []
    for stage in stages:
        given = lists.get(stage.stage_id, GivenList())
        snapshot_id = newest_final(stage.stage_id)
        owed += [*owed_by_file(stage, snapshot_id), *_given(stage, given)]
        waits += [
            *_waits(stage, snapshot_id),
            *(Wait(stage, one.titles, one.why, is_given=True) for one in given.waits),
        ]
    return Plan(tuple(stages), tuple(owed), tuple(waits))


def owed_by_file(stage: StageView, snapshot_id: int | None) -> list[Owed]:
    """What a stage owes without anybody deciding about it: for finishing, and by this final list."""
    awards = awards_of(stage)
    found = [_finished(stage, award) for award in awards if not rules.needs_list(award)]
    ranked = [award for award in awards if rules.needs_list(award)]
    if ranked and snapshot_id is not None:
        part = Part(Kind.RANKED, stage.stage_id, size_of(snapshot_id), source_id=snapshot_id)
        found.append(Owed(part, stage, tuple(one.code for one in ranked), _titles(ranked)))
    return found


def _finished(stage: StageView, award: Award) -> Owed:
    many = owed_count(stage.stage_id, award.code, needed_points(stage, award))
    part = Part(Kind.FINISHED, stage.stage_id, many, award.code)
    return Owed(part, stage, (award.code,), _titles([award]))


def _given(stage: StageView, given: GivenList) -> list[Owed]:
    return [
        Owed(
            Part(Kind.GIVEN, stage.stage_id, one.given, one.code, given.list_id),
            stage,
            (one.code,),
            (one.title,),
        )
        for one in given.awards
    ]


def _waits(stage: StageView, snapshot_id: int | None) -> list[Wait]:
    """Certificates of the file whose values are undecided, and those that wait for the final list."""
    classes = {one.code: one for one in rules_of(stage.contest_id).classes}
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
    ranked = [award for award in awards_of(stage) if rules.needs_list(award)]
    if ranked and snapshot_id is None:
        found.append(Waiting(_titles(ranked), Message(_NO_LIST)))
    return [Wait(stage, one.titles, one.why) for one in found]


def _titles(awards: Sequence[Award]) -> tuple[Title, ...]:
    return tuple({"zh": award.title.zh, "en": award.title.en} for award in awards)
