"""A contest file against the banks in force: a blueprint that no bank can meet, a bank that nobody has."""

from collections.abc import Iterator
from dataclasses import replace

from webapp.banks import queries as banks
from webapp.contests.rules.blueprint import Blueprint
from webapp.contests.rules.schema import Contest
from webapp.contests.service.checking import Finding
from webapp.core.problems import WARNING, Problem
from webapp.core.words import N_, Message
from webapp.exam.queries.plans import tree_of
from webapp.exam.rules.draw import Shortage, SupplyCheck
from webapp.exam.service.exams import supply


def banks_in_force(contest: Contest) -> list[Finding]:
    """What the approved versions of the banks cannot serve: each blueprint once, at the exam or at the event
    that brings its own bank."""
    found: list[Finding] = []
    for path, blueprint in _blueprints(contest).items():
        version_id = banks.approved_version_id(blueprint.bank)
        if version_id is None:
            reason = Message(N_("This bank has no approved version: nothing can be drawn from it."))
            problem = Problem("no-bank", reason, WARNING, value=blueprint.bank)
            found.append(Finding(path, problem))
            continue
        told = replace(blueprint, below=tree_of(version_id))
        found += (Finding(path, problem) for problem in _problems(supply(told, version_id), blueprint))
    return found


def _blueprints(contest: Contest) -> dict[str, Blueprint]:
    """Path -> blueprint, each blueprint at the first place that asks for it."""
    numbers = {profile.code: number for number, profile in enumerate(contest.profiles)}
    found: dict[Blueprint, str] = {}
    for position, event in enumerate(contest.events):
        number = numbers[event.profile]
        for at, stage in enumerate(contest.profiles[number].stages):
            blueprint = contest.blueprint(event, stage)
            if blueprint is None:
                continue
            if stage.code in event.exams:
                path = f"events[{position}].exam.{stage.code}"
            elif event.bank:
                path = f"events[{position}].bank"
            else:
                path = f"profiles[{number}].stages[{at}].exam"
            found.setdefault(blueprint, path)
    return {path: blueprint for blueprint, path in found.items()}


def _problems(check: SupplyCheck, blueprint: Blueprint) -> Iterator[Problem]:
    for shortage in check.shortages:
        yield Problem("bank-too-small", _too_few(shortage), value=blueprint.bank)
    for cell in check.too_exposed:
        reason = Message(
            N_(
                "Section “%(section)s”: %(available)s questions are too few for the exposure that the file allows."
            ),
            {"section": cell.section, "available": cell.available},
        )
        yield Problem("bank-too-exposed", reason, value=blueprint.bank)


def _too_few(shortage: Shortage) -> Message:
    return Message(
        N_("Section “%(section)s”: the bank lacks %(missing)s of %(wanted)s questions%(cell)s."),
        {
            "section": shortage.section,
            "missing": shortage.missing,
            "wanted": shortage.wanted,
            "cell": "".join(f" · {part}" for part in (shortage.cell.topic, shortage.cell.difficulty) if part),
        },
    )
