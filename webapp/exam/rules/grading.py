"""Marks of a whole sheet: a pure function of frozen input. Its digest is stored with the grade."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from webapp.banks.rules.answers import for_marking
from webapp.banks.rules.marking import MarkingPolicy, MarkingRule, mark
from webapp.banks.rules.schema import PublicQuestion, QuestionKey
from webapp.banks.rules.storage import key_to_json
from webapp.contests.rules.blueprint import Section
from webapp.exam.rules.draw import option_order, shuffles_options
from webapp.exam.rules.essays import Place, SettledMark, Written, by_hand, written
from webapp.exam.rules.rulings import RulingKind, ruled_mark
from webapp.exam.rules.scoring import PaperScore, SlotMark, score_paper

GRADING_VERSION = "2"
"""Stored with every grade. Any change of what the same input brings needs a new one.

2: of blanks in any order, a text given twice meets the blank that carries most (before: the first)."""


@dataclass(frozen=True)
class MarkedQuestion:
    """A question version with its key, and what was ruled about it in the exam."""

    version_id: int
    public: PublicQuestion
    key: QuestionKey
    ruling: RulingKind = RulingKind.NONE

    @cached_property
    def key_text(self) -> str:
        """The key as canonical JSON, made once for all sheets that hold the question."""
        ruled = [str(self.ruling)] if self.ruling not in {RulingKind.NONE, RulingKind.KEY} else []
        return json.dumps(
            [self.version_id, *key_to_json(self.key), *ruled], sort_keys=True, ensure_ascii=False
        )


@dataclass(frozen=True)
class SheetInput:
    """A closed sheet. answers: stored form, displayed letters; sections: index into the blueprint.
    essay_marks: what people gave the written answers, as far as settled."""

    attempt_id: int
    paper: Sequence[int]
    sections: Sequence[int]
    option_seed: bytes
    paper_digest: str
    answers: Sequence[str]
    essay_marks: Mapping[Place, SettledMark] = field(default_factory=dict)


@dataclass(frozen=True)
class Graded:
    """The marks of each slot in order, their sums, and the digest of everything that led to them."""

    marks: tuple[SlotMark, ...]
    paper: PaperScore
    input_digest: str


def policy_of(section: Section) -> MarkingPolicy:
    """How answers of a section are marked."""
    return MarkingPolicy(
        full=section.mark,
        rule=MarkingRule(section.marking_rule),
        per_pick=section.per_pick_mark,
        wrong_true_false=section.wrong_true_false_mark,
    )


def grade_sheet(
    sheet: SheetInput, sections: Sequence[Section], questions: Mapping[int, MarkedQuestion]
) -> Graded:
    """The grade of a sheet. raise (KeyError, IndexError, ValueError): the input is damaged; such a sheet
    is put aside for a person, never given a guess."""
    if not len(sheet.paper) == len(sheet.sections) == len(sheet.answers):
        raise ValueError("paper, sections and answers differ in length")
    marks = []
    policies = [policy_of(section) for section in sections]
    for slot, version_id in enumerate(sheet.paper):
        section = sections[sheet.sections[slot]]
        question = questions[version_id]
        answer = original_answer(sheet, slot, section, question.public)
        hands = by_hand(sheet.essay_marks, slot, question.public, sheet.answers[slot])
        brought = mark(question.public, question.key, answer, policies[sheet.sections[slot]], hands)
        if not brought.is_readable:
            raise ValueError(f"slot {slot}: the stored answer cannot be read")
        if brought.waits:
            raise ValueError(f"slot {slot}: a person has to mark this answer")
        value, maximum = ruled_mark(question.ruling, brought.value, section.mark, answer != "")
        marks.append(SlotMark(section.key, value, maximum))
    return Graded(tuple(marks), score_paper(marks), input_digest(sheet, sections, questions))


def written_answers(
    sheet: SheetInput, sections: Sequence[Section], questions: Mapping[int, MarkedQuestion]
) -> list[tuple[int, Written]]:
    """(slot, written answer) of everything on a sheet that people have to mark."""
    return [
        (slot, one)
        for slot, version_id in enumerate(sheet.paper)
        for one in written(
            questions[version_id].public,
            questions[version_id].key,
            sheet.answers[slot],
            sections[sheet.sections[slot]].mark,
        )
    ]


def original_answer(sheet: SheetInput, slot: int, section: Section, question: PublicQuestion) -> str:
    """The stored answer of a slot in the letters of the question version."""
    stored, kind = sheet.answers[slot], str(question.type)
    if not stored or not question.options:
        return stored
    order = option_order(sheet.option_seed, slot, len(question.options), shuffle=shuffles_options(section))
    return for_marking(stored, kind, order)


def input_digest(
    sheet: SheetInput, sections: Sequence[Section], questions: Mapping[int, MarkedQuestion]
) -> str:
    """SHA-256 (hex) over paper, answers, keys, marking rules and what people gave written answers."""
    facts: dict[str, object] = {
        "version": GRADING_VERSION,
        "paper": sheet.paper_digest,
        "seed": hashlib.sha256(sheet.option_seed).hexdigest(),
        "answers": list(sheet.answers),
        "keys": [questions[version_id].key_text for version_id in sheet.paper],
        "policies": [
            [s.key, str(s.mark), s.marking_rule, _text(s.per_pick_mark), str(s.wrong_true_false_mark)]
            for s in sections
        ],
    }
    if sheet.essay_marks:
        facts["essays"] = [
            [*place, str(one.mark), str(one.out_of), one.answer_digest]
            for place, one in sorted(sheet.essay_marks.items())
        ]
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
