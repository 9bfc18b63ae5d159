"""View objects for the shape of a paper: its parts, its answer card, its tools."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.contests.rules.blueprint import Blueprint, Section
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.exam.queries.plans import plan
from webapp.exam.queries.sections import course
from webapp.exam.queries.sheets import SheetView
from webapp.exam.rules.sections import SectionStand, Stand, next_section
from webapp.exam.rules.timing import remaining_s


@dataclass(frozen=True)
class PartLine:
    """One part of a paper with section rules, as the list of parts shows it.

    stand: waiting | current | open | left | over. minutes: of its own, 0 = none. remaining_s: None = no
    time of its own, or not entered yet."""

    number: int
    title: str
    stand: str
    may_enter: bool
    forward_only: bool
    minutes: int
    remaining_s: int | None
    questions: int
    answered: int


@dataclass(frozen=True)
class PartsView:
    """The parts of a paper, and which is on the page. current and onward count from 0; None: no such part."""

    lines: tuple[PartLine, ...]
    current: int | None
    onward: int | None

    @property
    def here(self) -> PartLine | None:
        """The part on the page."""
        return None if self.current is None else self.lines[self.current]


@dataclass(frozen=True)
class CardPart:
    """A part of the answer card. cells: number, state and flag of each question."""

    title: str
    is_here: bool
    cells: tuple[tuple[int, str, bool], ...]


@dataclass(frozen=True)
class Tools:
    """What the contest file puts beside the questions."""

    calculator: bool
    formula_sheet: str


def parts_of(sheet: SheetView, at: datetime) -> PartsView | None:
    """The parts of a running paper; None when it has no section rules and is one page."""
    if not plan(sheet.exam_id).blueprint.has_section_rules:
        return None
    found = course(sheet.attempt_id).at(at)
    current = next((one.number for one in found if one.stand is Stand.CURRENT), None)
    lines = tuple(_line(sheet, one, at) for one in found)
    return PartsView(lines, current, next_section(found))


def _line(sheet: SheetView, found: SectionStand, at: datetime) -> PartLine:
    section = plan(sheet.exam_id).blueprint.sections[found.number]
    mine = [
        answer for part, answer in zip(sheet.sections, sheet.answers, strict=True) if part == found.number
    ]
    return PartLine(
        number=found.number,
        title=pick(section.title),
        stand=found.stand.value,
        may_enter=found.may_enter,
        forward_only=section.forward_only,
        minutes=(section.duration_s or 0) // 60,
        remaining_s=remaining_s(at, found.closes_at) if found.closes_at else None,
        questions=len(mine),
        answered=sum(1 for answer in mine if answer),
    )


def slots_on_page(sheet: SheetView, parts: PartsView | None) -> list[int]:
    """The questions that the page shows: all, or those of the part that is being written."""
    return [slot for slot, part in enumerate(sheet.sections) if parts is None or part == parts.current]


def card_of(sheet: SheetView, shown: Sequence[int]) -> tuple[CardPart, ...]:
    """The answer card in the order of the paper; only questions on the page can be gone to."""
    cells: dict[int, list[tuple[int, str, bool]]] = {}
    for slot, part in enumerate(sheet.sections):
        state = "saved" if sheet.answers[slot] else "empty"
        cells.setdefault(part, []).append((slot + 1, state, sheet.flags[slot]))
    here = {sheet.sections[slot] for slot in shown}
    sections = plan(sheet.exam_id).blueprint.sections
    return tuple(
        CardPart(pick(sections[part].title), part in here, tuple(found)) for part, found in cells.items()
    )


def section_notes(section: Section) -> str:
    """What a contestant has to know about entering and leaving a section, in plain words; '' = nothing."""
    notes = []
    if section.duration_s is not None:
        minutes = max(1, round(section.duration_s / 60))
        notes.append(_("It has a time of its own: %(n)s minutes from entering it.", n=minutes))
    if section.forward_only:
        notes.append(_("Once left it cannot be entered again."))
    return " ".join(notes)


def shape_notes(blueprint: Blueprint) -> tuple[str, ...]:
    """What a contestant has to know about the page, one sentence each."""
    notes = []
    if blueprint.layout == "single":
        notes.append(_("One question shows at a time. You can go back and forth as you like."))
    if blueprint.has_section_rules:
        notes.append(_("One part shows at a time. You say yourself when you go on to the next one."))
    if blueprint.tools:
        names = {"calculator": _("Calculator"), "formula_sheet": _("Formula sheet")}
        notes.append(
            _("On the page: %(tools)s.", tools=_(", ").join(names[tool] for tool in blueprint.tools))
        )
    return tuple(notes)


def tools_of(exam_id: int) -> Tools:
    """The tools of an exam."""
    blueprint = plan(exam_id).blueprint
    sheet = blueprint.formula_sheet
    return Tools(
        calculator="calculator" in blueprint.tools,
        formula_sheet=pick({"zh": sheet.zh, "en": sheet.en}) if sheet else "",
    )
