"""Plays the online part of a contest with invented contestants, on the rules alone: no database, no clock.

Same file, bank, number and seed give the same result. It answers what a host asks before opening an
exam: can every paper be drawn, how many will tie at the cut, what will the board look like."""

import hashlib
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from webapp.banks.rules.answers import to_displayed
from webapp.banks.rules.schema import LETTERS, BankFile, QuestionType
from webapp.contests.rules.phases import online_stage
from webapp.contests.rules.schema import Contest, EventRules, Stage
from webapp.exam.rules.draw import (
    DRAW_VERSION,
    PoolQuestion,
    can_satisfy,
    draw_paper,
    option_order,
    paper_digest,
    paper_seed,
    shuffles_options,
)
from webapp.exam.rules.grading import MarkedQuestion, SheetInput, grade_sheet
from webapp.leaderboard.rules.combine import combine
from webapp.leaderboard.rules.rank import Ranked, cut_size, last_key, ranks, sort_key, tie_part
from webapp.learning.rules.score import learning_score


@dataclass(frozen=True)
class EventReport:
    """What one event brought. above_cut: who goes on, ties included; tied_at_cut: how many share the line's key."""

    event: str
    stage: str
    contestants: int
    shortages: tuple[str, ...]
    thin: int
    best: str
    median: str
    quota: int | None
    above_cut: int | None
    tied_at_cut: int
    shared_first: int
    digest: str


@dataclass(frozen=True)
class _Result:
    number: str
    combined: Decimal
    key: bytes


def rehearse(
    contest: Contest, banks: Mapping[str, BankFile], contestants: int, seed: int
) -> list[EventReport]:
    """Every event with an online stage, played by `contestants` invented people.

    banks: by code; an event whose bank is missing reports it as a shortage."""
    return [
        _event(contest, event, stage, banks, contestants, seed)
        for event in contest.events
        if (stage := online_stage(contest.profile_of(event))) is not None
    ]


def _event(
    contest: Contest,
    event: EventRules,
    stage: Stage,
    banks: Mapping[str, BankFile],
    contestants: int,
    seed: int,
) -> EventReport:
    blueprint = contest.blueprint(event, stage)
    assert blueprint is not None
    bank = banks.get(blueprint.bank)
    if bank is None:
        return _empty(event, stage, (f"bank {blueprint.bank} not found",))
    pool = _pool(bank)
    supply = can_satisfy(blueprint, Counter(question.kind for question in pool))
    if supply.shortages:
        return _empty(
            event,
            stage,
            tuple(f"{item.section}: {item.missing} of {item.wanted} missing" for item in supply.shortages),
        )
    results = [
        _person(contest, event, stage, bank, pool, number, seed) for number in range(1, contestants + 1)
    ]
    return _report(event, stage, sorted(results, key=lambda result: result.key), len(supply.warnings))


def _pool(bank: BankFile) -> list[PoolQuestion]:
    return [
        PoolQuestion(position, question.public.type.value, question.topic, question.difficulty.value)
        for position, question in enumerate(bank.questions)
    ]


def _person(
    contest: Contest,
    event: EventRules,
    stage: Stage,
    bank: BankFile,
    pool: Sequence[PoolQuestion],
    number: int,
    seed: int,
) -> _Result:
    """One invented contestant: learns, sits, is graded and combined, all from the seed."""
    chance = random.Random(f"{seed}:{event.code}:{number}")  # noqa: S311 - invented people
    skill = chance.triangular(0.35, 1.0, 0.8)
    scores = {"theory": _theory(contest, event, stage, bank, pool, number, seed, skill, chance)}
    profile = contest.profile_of(event)
    if profile.learning is not None and profile.learning.full_points is not None:
        points = Decimal(round(profile.learning.full_points * min(1.0, chance.uniform(0.2, 1.3))))
        scores["learning"] = learning_score(points, profile.learning.full_points)
    derivation = combine(scores, stage.components)
    assert derivation is not None
    identity = f"{number:06d}"
    ranked = Ranked(
        derivation.combined,
        last_key(contest.code, identity),
        scores,
        time_used_s=round((stage.exam.duration_s if stage.exam else 0) * chance.uniform(0.3, 1.0)),
    )
    return _Result(identity, derivation.combined, sort_key(ranked, stage.rank))


def _theory(
    contest: Contest,
    event: EventRules,
    stage: Stage,
    bank: BankFile,
    pool: Sequence[PoolQuestion],
    number: int,
    seed: int,
    skill: float,
    chance: random.Random,
) -> Decimal:
    blueprint = contest.blueprint(event, stage)
    assert blueprint is not None
    secret = hashlib.sha256(f"rehearsal {contest.code} {event.code} {seed} {DRAW_VERSION}".encode()).digest()
    own = paper_seed(secret, number, 1)
    slots = draw_paper(blueprint, pool, own)
    places = {section.key: at for at, section in enumerate(blueprint.sections)}
    questions = {
        slot.version_id: MarkedQuestion(
            slot.version_id, bank.questions[slot.version_id].public, bank.questions[slot.version_id].secret
        )
        for slot in slots
    }
    answers = []
    for slot in slots:
        section = blueprint.sections[places[slot.section]]
        question = questions[slot.version_id]
        order = option_order(
            own, slot.number, len(question.public.options), shuffle=shuffles_options(section)
        )
        answers.append(answer_for(question, order, chance.random() < skill, chance))
    sheet = SheetInput(
        number,
        [slot.version_id for slot in slots],
        [places[slot.section] for slot in slots],
        own,
        paper_digest(slots, own),
        answers,
    )
    return grade_sheet(sheet, blueprint.sections, questions).paper.score


def answer_for(
    question: MarkedQuestion, order: tuple[int, ...], is_right: bool, chance: random.Random
) -> str:
    """The right answer, or a believable wrong one, in the form a browser sends (displayed letters)."""
    key, kind = question.key, question.public.type
    if kind == QuestionType.TRUE_FALSE:
        return "T" if bool(key.truth) == is_right else "F"
    if kind == QuestionType.FILL:
        texts = [blank.accepted[0] if is_right else "不清楚" for blank in key.blanks]
        return '["' + '","'.join(texts) + '"]'
    if is_right:
        return to_displayed(key.letters, order)
    if kind == QuestionType.MULTIPLE:
        return to_displayed(key.letters[: max(1, len(key.letters) - 1)], order)
    letters = LETTERS[: len(question.public.options)]
    return to_displayed(chance.choice([letter for letter in letters if letter != key.letters]), order)


def _report(event: EventRules, stage: Stage, ordered: list[_Result], thin: int) -> EventReport:
    ties = [tie_part(result.key) for result in ordered]
    shown = ranks(ties, stage.rank.display)
    above = tied = None
    if stage.quota is not None and ordered:
        line = ties[min(stage.quota, len(ties)) - 1]
        better, tied = sum(key < line for key in ties), ties.count(line)
        above = cut_size(len(ties), stage.quota, better, tied, stage.rank.cut)
    rows = "\n".join(
        f"{rank}\t{result.number}\t{result.combined}" for rank, result in zip(shown, ordered, strict=True)
    )
    middle = ordered[len(ordered) // 2].combined if ordered else Decimal(0)
    cents = Decimal("0.01")
    return EventReport(
        event=event.code,
        stage=stage.code,
        contestants=len(ordered),
        shortages=(),
        thin=thin,
        best=str(ordered[0].combined.quantize(cents, ROUND_HALF_UP)) if ordered else "",
        median=str(middle.quantize(cents, ROUND_HALF_UP)),
        quota=stage.quota,
        above_cut=above,
        tied_at_cut=tied or 0,
        shared_first=shown.count(1),
        digest=hashlib.sha256(rows.encode()).hexdigest(),
    )


def _empty(event: EventRules, stage: Stage, shortages: tuple[str, ...]) -> EventReport:
    return EventReport(event.code, stage.code, 0, shortages, 0, "", "", stage.quota, None, 0, 0, "")
