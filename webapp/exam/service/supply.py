"""Whether the banks in force can serve the exams that contest files ask for."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from webapp.banks import queries as banks
from webapp.contests import queries as contests
from webapp.contests.rules.blueprint import Blueprint
from webapp.core.clock import datetime
from webapp.exam.queries.plans import tree_of
from webapp.exam.rules.draw import Shortage, SupplyCheck, ThinCell
from webapp.exam.service.exams import supply


@dataclass(frozen=True)
class SupplyRow:
    """One event's exam against its bank. check None: the bank has no approved version."""

    event_id: int
    event_title: dict[str, str]
    contest_title: dict[str, str]
    stage_title: dict[str, str]
    blueprint: Blueprint
    bank_version: int | None
    check: SupplyCheck | None

    @property
    def is_ready(self) -> bool:
        return self.check is not None and self.check.is_satisfiable

    @property
    def shortages(self) -> tuple[Shortage, ...]:
        return self.check.shortages if self.check else ()

    @property
    def warnings(self) -> tuple[ThinCell, ...]:
        return self.check.warnings if self.check else ()


def supply_rows(now: datetime, is_seen: Callable[[int, int], bool]) -> list[SupplyRow]:
    """Every event with an online exam that the reader may see, in the order of its contest; each bank is read
    once. is_seen: asked with the ids of contest and event."""
    found: list[SupplyRow] = []
    checks: dict[tuple[str, Blueprint], SupplyCheck | None] = {}
    trees: dict[int, tuple[tuple[str, str], ...]] = {}
    versions: dict[str, int | None] = {}
    for contest in contests.listed_contests(now):
        for event in contest.events:
            stage = event.online_stage
            blueprint = contest.rules.blueprint(event.rules, stage) if stage else None
            if stage is None or blueprint is None or not is_seen(contest.contest_id, event.event_id):
                continue
            if blueprint.bank not in versions:
                versions[blueprint.bank] = banks.approved_version_id(blueprint.bank)
            version_id = versions[blueprint.bank]
            key = (blueprint.bank, blueprint)
            if key not in checks:
                if version_id and version_id not in trees:
                    trees[version_id] = tree_of(version_id)
                told = replace(blueprint, below=trees.get(version_id or 0, ()))
                checks[key] = supply(told, version_id) if version_id else None
            title = {"zh": stage.title.zh, "en": stage.title.en}
            found.append(
                SupplyRow(
                    event.event_id, event.title, contest.title, title, blueprint, version_id, checks[key]
                )
            )
    return found
