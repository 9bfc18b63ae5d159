"""Skill levels of workers, and which level a contest promotes somebody to."""

from dataclasses import dataclass
from enum import StrEnum

from webapp.core.words import N_, Message


class SkillLevel(StrEnum):
    """The levels of the national system, lowest first.

    Source: Ministry of Human Resources and Social Security, opinions on the system of skill levels, 2022
    (eight levels: the five of the national occupational standards, one below and two above them)."""

    APPRENTICE = "apprentice"
    JUNIOR = "junior-worker"
    INTERMEDIATE = "intermediate-worker"
    SENIOR = "senior-worker"
    TECHNICIAN = "technician"
    SENIOR_TECHNICIAN = "senior-technician"
    SPECIAL_TECHNICIAN = "special-technician"
    CHIEF_TECHNICIAN = "chief-technician"


ORDER = tuple(SkillLevel)
LEVEL_WORDS = {
    SkillLevel.APPRENTICE: N_("Apprentice"),
    SkillLevel.JUNIOR: N_("Junior worker (level 5)"),
    SkillLevel.INTERMEDIATE: N_("Intermediate worker (level 4)"),
    SkillLevel.SENIOR: N_("Senior worker (level 3)"),
    SkillLevel.TECHNICIAN: N_("Technician (level 2)"),
    SkillLevel.SENIOR_TECHNICIAN: N_("Senior technician (level 1)"),
    SkillLevel.SPECIAL_TECHNICIAN: N_("Special technician"),
    SkillLevel.CHIEF_TECHNICIAN: N_("Chief technician"),
}
_BY_NUMBER = {5: SkillLevel.JUNIOR, 4: SkillLevel.INTERMEDIATE, 3: SkillLevel.SENIOR, 2: SkillLevel.TECHNICIAN,
              1: SkillLevel.SENIOR_TECHNICIAN}  # fmt: skip


@dataclass(frozen=True)
class Raised:
    """The outcome: `to` is the new level, None when nothing is due; `why` says it either way."""

    to: SkillLevel | None
    why: Message


def level_named(value: object) -> SkillLevel | None:
    """A level as contest files name it: its code, or its number 5 (lowest) to 1. None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return _BY_NUMBER.get(value)
    return next((level for level in ORDER if level == value), None)


def raised(
    target: SkillLevel,
    held: SkillLevel | None,
    holders: SkillLevel | None = None,
    *,
    is_repeated: bool = False,
) -> Raised:
    """What an award of `target` gives to somebody who holds `held` (None: no level known).

    holders: what those get who hold `target` already; is_repeated: they get `target` once more. Without either,
    or for those above, nothing is due: a level is not given twice and never taken down. Source: CONTESTS 1 (ranks 1-3: technician, holders of it senior
    technician; ranks 4-10: senior worker, not repeated for holders)."""
    if held is None or _height(held) < _height(target):
        return Raised(target, Message(N_("Promoted to %(level)s."), {"level": _words(target)}))
    if held == target and holders is not None and _height(holders) > _height(held):
        params = {"held": _words(held), "level": _words(holders)}
        return Raised(holders, Message(N_("Holds %(held)s already: promoted to %(level)s."), params))
    if held == target and is_repeated:
        text = N_("Holds %(held)s already: the rules give it once more.")
        return Raised(target, Message(text, {"held": _words(held)}))
    return Raised(
        None, Message(N_("Holds %(held)s already: no further promotion is due."), {"held": _words(held)})
    )


def _height(level: SkillLevel) -> int:
    return ORDER.index(level)


def _words(level: SkillLevel) -> Message:
    return Message(LEVEL_WORDS[level])
