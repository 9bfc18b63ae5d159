"""What an exam is made of, as a contest file says it. Plain values; the exam package draws from them."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from webapp.contests.rules.essay_marking import EssayMarking


@dataclass(frozen=True)
class Text:
    """A text in both languages."""

    zh: str
    en: str = ""


@dataclass(frozen=True)
class Cell:
    """`count` questions of one topic and difficulty; None means any."""

    topic: str | None
    difficulty: str | None
    count: int


@dataclass(frozen=True)
class Section:
    """Questions of one type with one mark each.

    marking_rule: all_or_nothing | half_for_subset | per_pick | proportional | weights (FORMATS section 14).
    wrong_true_false_mark: taken off for a wrong true/false answer, 0 or negative.
    forward_only: once left it cannot be entered again. duration_s: its own time, counted from entering
    it; None means that only the time of the whole paper counts. marking: how people mark written answers."""

    key: str
    title: Text
    question_type: str
    mark: Decimal
    cells: tuple[Cell, ...]
    marking_rule: str = "all_or_nothing"
    per_pick_mark: Decimal | None = None
    wrong_true_false_mark: Decimal = Decimal(0)
    shuffle_questions: bool = True
    shuffle_options: bool = True
    forward_only: bool = False
    duration_s: int | None = None
    marking: EssayMarking | None = None

    @property
    def has_rules(self) -> bool:
        """Whether the section is entered by itself: it has a time of its own, or no way back."""
        return self.forward_only or self.duration_s is not None

    @property
    def count(self) -> int:
        return sum(cell.count for cell in self.cells)


@dataclass(frozen=True)
class Mock:
    """The mock exam beside a formal one: the same sections, fewer questions; it never counts.

    layout: whole | single; empty means that of the formal exam."""

    questions_per_section: int
    duration_s: int
    attempts_allowed: int
    layout: str = ""


@dataclass(frozen=True)
class Fairness:
    """What makes the papers of different people alike. Shares and facilities are 0 .. 1.

    max_exposure: the largest share of papers that one question may stand on; None = no limit.
    most_earlier_papers: a question that stood on more papers of earlier formal exams of the contest is left
    out; None = no limit. easy, medium, hard: the share of right answers that is expected of a question.
    lowest, highest: the band for the mean of these over a paper, weighted by marks; None = any paper."""

    max_exposure: Decimal | None = None
    most_earlier_papers: int | None = None
    easy: Decimal = Decimal("0.85")
    medium: Decimal = Decimal("0.65")
    hard: Decimal = Decimal("0.45")
    lowest: Decimal | None = None
    highest: Decimal | None = None

    @property
    def has_band(self) -> bool:
        return self.lowest is not None and self.highest is not None

    def facility(self, difficulty: str) -> Decimal:
        """What is expected of a question of this difficulty; an unknown one counts as medium."""
        return {"easy": self.easy, "hard": self.hard}.get(difficulty, self.medium)


@dataclass(frozen=True)
class ExamBrowser:
    """Start only in Safe Exam Browser with one of these keys: SHA-256 as 64 lower-case hex digits each.

    config_keys: Config Keys; exam_keys: Browser Exam Keys; any of either is enough. setup: where contestants
    get the host's configuration; setup_url: its address, '' without one."""

    config_keys: tuple[str, ...]
    exam_keys: tuple[str, ...]
    setup: Text
    setup_url: str = ""


@dataclass(frozen=True)
class Snapshots:
    """Camera pictures at random moments, with the person's consent only.

    count: pictures of one attempt. required: without consent nobody starts; else refusing is possible.
    keep_days: each picture is deleted that many days after it was taken."""

    count: int
    required: bool
    keep_days: int


@dataclass(frozen=True)
class Checks:
    """The optional checks that an exam asks for. None: off."""

    exam_browser: ExamBrowser | None = None
    snapshots: Snapshots | None = None


NO_CHECKS = Checks()


@dataclass(frozen=True)
class Blueprint:
    """A whole exam: from which bank, how long, which attempts count, when keys are shown.

    topics: only questions of these topics of the bank; none means all.
    below: (topic, the one it stands below) in that bank, told when papers are to be drawn: who asks for a topic means
    those below it too. A file says nothing of it, and exams that were opened before it was told draw without it.
    counting_attempt: best | last | first. key_release: never | after_close.
    layout: whole (all questions on one page) | single (one question at a time).
    tools: calculator, formula_sheet; formula_sheet is the text of the latter."""

    bank: str
    duration_s: int
    grace_s: int
    attempts_allowed: int
    counting_attempt: str
    sections: tuple[Section, ...]
    key_release: str = "never"
    mock: Mock | None = None
    topics: tuple[str, ...] = ()
    layout: str = "whole"
    tools: tuple[str, ...] = ()
    formula_sheet: Text | None = None
    fairness: Fairness | None = None
    checks: Checks = NO_CHECKS
    below: tuple[tuple[str, str], ...] = ()

    def with_below(self, topics: Collection[str]) -> frozenset[str]:
        """These topics and all that stand below them, as far as that was told."""
        found = set(topics)
        while more := {topic for topic, above in self.below if above in found} - found:
            found |= more
        return frozenset(found)

    @property
    def has_section_rules(self) -> bool:
        """Whether any section is entered by itself: the page then shows one section at a time."""
        return any(section.has_rules for section in self.sections)

    @property
    def question_count(self) -> int:
        return sum(section.count for section in self.sections)

    @property
    def full_mark(self) -> Decimal:
        return sum((section.mark * section.count for section in self.sections), Decimal(0))


def to_json(blueprint: Blueprint) -> dict[str, Any]:
    """The canonical JSON of a blueprint: what an exam row keeps. Decimals as text."""
    return dict(_plain(asdict(blueprint)))


def from_json(data: Mapping[str, Any]) -> Blueprint:
    """The blueprint of `to_json`; what older exams did not know yet has its default."""
    sections = tuple(
        Section(
            **{
                **section,
                "title": Text(**section["title"]),
                "mark": Decimal(section["mark"]),
                "cells": tuple(Cell(**cell) for cell in section["cells"]),
                "per_pick_mark": None
                if section["per_pick_mark"] is None
                else Decimal(section["per_pick_mark"]),
                "wrong_true_false_mark": Decimal(section["wrong_true_false_mark"]),
                "marking": _marking(section.get("marking")),
            }
        )
        for section in data["sections"]
    )
    mock = data.get("mock")
    sheet = data.get("formula_sheet")
    fairness = data.get("fairness")
    return Blueprint(
        **{
            **data,
            "sections": sections,
            "mock": Mock(**mock) if mock else None,
            "topics": tuple(data.get("topics", ())),
            "below": tuple((topic, above) for topic, above in data.get("below", ())),
            "tools": tuple(data.get("tools", ())),
            "formula_sheet": Text(**sheet) if sheet else None,
            "fairness": _fairness(fairness) if fairness else None,
            "checks": _checks(data.get("checks") or {}),
        }
    )


def _marking(data: Mapping[str, Any] | None) -> EssayMarking | None:
    if data is None:
        return None
    return EssayMarking(Decimal(data["step"]), Decimal(data["tolerance_pct"]), data.get("comments", False))


def _fairness(data: Mapping[str, Any]) -> Fairness:
    values: dict[str, Any] = {
        name: Decimal(value) if isinstance(value, str) else value for name, value in data.items()
    }
    return Fairness(**values)


def _checks(data: Mapping[str, Any]) -> Checks:
    browser, pictures = data.get("exam_browser"), data.get("snapshots")
    if browser is not None:
        lists = {name: tuple(browser[name]) for name in ("config_keys", "exam_keys")}
        browser = ExamBrowser(**{**browser, **lists, "setup": Text(**browser["setup"])})
    return Checks(browser, None if pictures is None else Snapshots(**pictures))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
