"""Building an event's blueprint: a draft that is kept, checked against the bank, and published into the contest file."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from webapp.audit.service import record
from webapp.contests import queries as contests
from webapp.contests.queries import EventView
from webapp.contests.rules.blueprint import Blueprint
from webapp.contests.rules.schema import Stage
from webapp.contests.service.exams import ExamPlace, put_exam
from webapp.contests.service.proposing import Submitted
from webapp.core import clock
from webapp.core.db import db
from webapp.core.i18n import say
from webapp.core.words import N_, Message
from webapp.exam.errors import DraftChanged, ExamPrepared, NoExamInStage
from webapp.exam.models import BlueprintDraft
from webapp.exam.rules.draft_changes import differences
from webapp.exam.rules.draft_input import values_from_json, values_to_json
from webapp.exam.rules.drafts import Problems, Values, from_form, to_form
from webapp.exam.rules.draw import ThinCell, can_satisfy
from webapp.exam.rules.simulation import CellSupply, expected_mean, expected_overlap
from webapp.exam.rules.supply import Kind
from webapp.exam.service.simulating import Design, design_for

_PREPARED = text(
    """
    SELECT EXISTS (
        SELECT FROM exams e JOIN stages s ON s.id = e.stage_id
        WHERE s.event_id = :event_id AND s.code = :stage_code AND e.kind = 'formal'
    )
    """
)
_DRAFTS_OF = text(
    """
    SELECT d.event_id FROM blueprint_drafts d JOIN events e ON e.id = d.event_id
    WHERE e.contest_id = :contest_id AND NOT e.is_withdrawn ORDER BY d.event_id
    """
)
_IS_PINNED = text("SELECT EXISTS (SELECT FROM exams WHERE stage_id = :stage_id)")


@dataclass(frozen=True)
class Draft:
    """What was saved last, by whom."""

    values: Values
    version: int
    account_id: int
    updated_at: datetime


@dataclass(frozen=True)
class Editing:
    """An event's exam at work. base: as the contest file says it. is_prepared: an exam was opened from it, so
    nothing of it changes any more."""

    event: EventView
    stage: Stage
    base: Blueprint
    draft: Draft | None
    is_prepared: bool


@dataclass(frozen=True)
class Checked:
    """What a form means, against the bank in force. exposed: cells that the file's limit of exposure forbids.
    notes: (kind of notice, sentence) about bank and marking. changes: against the contest file."""

    blueprint: Blueprint
    problems: Problems
    design: Design
    cells: tuple[CellSupply, ...]
    overlap: float | None
    expected: float | None
    exposed: tuple[ThinCell, ...]
    notes: tuple[tuple[str, Message], ...]
    changes: tuple[Message, ...]

    @property
    def missing(self) -> int:
        return sum(cell.missing for cell in self.cells)

    @property
    def is_satisfiable(self) -> bool:
        """Whether papers can be drawn."""
        return self.design.has_bank and bool(self.cells) and not self.missing and not self.exposed

    @property
    def is_good(self) -> bool:
        return self.is_satisfiable and not self.problems


@dataclass(frozen=True)
class BankFacts:
    """What may be said of the bank that a form names. is_known: one that the person may choose."""

    is_known: bool
    is_sealed: bool = False


def editing_of(event: EventView) -> Editing:
    """raise (NoExamInStage): the event has no online exam."""
    event_id = event.event_id
    stage = event.online_stage
    base = contests.rules_of(event.contest_id).blueprint(event.rules, stage) if stage else None
    if stage is None or base is None:
        raise NoExamInStage
    values = {"event_id": event_id, "stage_code": stage.code}
    return Editing(
        event, stage, base, _draft(event_id, stage.code), bool(db.session.scalar(_PREPARED, values))
    )


def banks_named(contest_id: int) -> frozenset[str]:
    """The codes of all banks that the contest file names."""
    rules = contests.rules_of(contest_id)
    own = {exam.bank for event in rules.events for exam in event.exams.values()}
    shared = {stage.exam.bank for profile in rules.profiles for stage in profile.stages if stage.exam}
    return frozenset(own | shared | {event.bank for event in rules.events if event.bank})


def check_form(editing: Editing, values: Values, bank: BankFacts) -> Checked:
    """What the form means and what its bank can do for it; nothing is read of a bank that is not to be chosen."""
    blueprint, problems = from_form(values, editing.base)
    if not bank.is_known and values.bank:
        wrong = Message(N_("Choose one of the banks in the list."))
        problems = {**problems, "bank": (*problems.get("bank", ()), wrong)}
    design = design_for(editing.event, blueprint if bank.is_known else replace(blueprint, bank=""))
    counts: dict[Kind, int] = {}
    for question in design.pool:
        counts[question.kind] = counts.get(question.kind, 0) + 1
    cells = design.cells
    return Checked(
        blueprint=blueprint,
        problems=problems,
        design=design,
        cells=cells,
        overlap=expected_overlap(cells),
        expected=expected_mean(design.blueprint or blueprint, design.pool),
        exposed=can_satisfy(design.blueprint or blueprint, counts).too_exposed,
        notes=tuple(_notes(editing, blueprint, design, bank)),
        changes=differences(editing.base, blueprint),
    )


def _notes(
    editing: Editing, blueprint: Blueprint, design: Design, bank: BankFacts
) -> Collection[tuple[str, Message]]:
    found: list[tuple[str, Message]] = []
    if editing.is_prepared:
        found.append(("danger", Message(ExamPrepared.text)))
    if bank.is_known and not design.has_bank:
        found.append(
            ("danger", Message(N_("This bank has no approved version: nothing can be drawn from it.")))
        )
    if bank.is_sealed:
        sealed = N_(
            "This bank is sealed: nobody sees its questions before the exam, and there is no mock exam."
        )
        found.append(("info", Message(sealed)))
    for section in blueprint.sections:
        if section.question_type == "essay" and section.marking is None:
            usual = N_("%(title)s: people mark the written answers as usual, in steps of %(step)s, tolerance %(pct)s %%.")  # fmt: skip
            found.append(("info", Message(usual, {"title": section.title, "step": "0.5", "pct": "10"})))
    return found


def drafted_design(event_id: int, now: datetime) -> Design | None:
    """The saved draft against its bank; None without one, or when it is not good."""
    editing = editing_of(contests.event_by_id(event_id, now))
    if editing.draft is None:
        return None
    blueprint, problems = from_form(editing.draft.values, editing.base)
    return None if problems else design_for(editing.event, blueprint)


def save_draft(editing: Editing, values: Values, version: int, account_id: int, at: datetime) -> None:
    """Keep the form, good or not. version: the one that was read, 0 when there was none.

    raise (DraftChanged): somebody saved, published or discarded in between."""
    kept = {"form": values_to_json(values), "account_id": account_id, "updated_at": at}
    place = {"event_id": editing.event.event_id, "stage_code": editing.stage.code}
    if version:
        newer = update(BlueprintDraft).filter_by(**place, version=version).values(**kept, version=version + 1)
        found = db.session.execute(newer.returning(BlueprintDraft.version)).one_or_none()
    else:
        first = insert(BlueprintDraft).values(**place, **kept, version=1).on_conflict_do_nothing()
        found = db.session.execute(first.returning(BlueprintDraft.version)).one_or_none()
    if found is None:
        raise DraftChanged
    record("blueprint.draft", "event", editing.event.event_id, version=found.version)


def discard_draft(editing: Editing, version: int) -> None:
    """raise (DraftChanged): it is another one by now, or gone."""
    _delete(editing, version)
    record("blueprint.discard", "event", editing.event.event_id, version=version)


@dataclass(frozen=True)
class Publishing:
    """Who publishes what was saved as `version` (0: no draft), when, why, and whether a second person is needed once
    the contest has begun."""

    version: int
    account_id: int
    because: str
    at: datetime
    two_person: bool


def publish(editing: Editing, checked: Checked, asked: Publishing) -> Submitted:
    """Put the blueprint into the contest file for this event: load it, and the draft goes; or propose it where the
    contest has begun, and the draft stays until a second person has decided. `checked` is good.

    raise (ExamPrepared): too late. raise (DraftChanged): the draft is another one by now. raise: as `put_exam`."""
    if editing.is_prepared:
        raise ExamPrepared
    place = ExamPlace(editing.event.contest_id, editing.event.code, editing.stage.code)
    done = put_exam(
        place, checked.blueprint, asked.account_id, asked.because, asked.at, two_person=asked.two_person
    )
    if done.loaded is None:
        save_draft(editing, to_form(checked.blueprint), asked.version, asked.account_id, asked.at)
    elif asked.version or editing.draft is not None:
        _delete(editing, asked.version)
    record(
        "blueprint.publish" if done.loaded else "blueprint.propose",
        "event",
        editing.event.event_id,
        asked.because,
        version=done.loaded.version if done.loaded else None,
        proposal=done.proposal_id,
        stage=editing.stage.code,
        changes=[say(change) for change in checked.changes],
    )
    return done


def drop_applied_drafts(contest_id: int) -> int:
    """Drop the drafts of a contest that say what its file says by now; return how many."""
    places = db.session.execute(_DRAFTS_OF, {"contest_id": contest_id}).all()
    gone = 0
    for row in places:
        with suppress(NoExamInStage):
            editing = editing_of(contests.event_by_id(row.event_id, clock.now()))
            draft = editing.draft
            if draft is not None and from_form(draft.values, editing.base) == (editing.base, {}):
                _delete(editing, draft.version)
                gone += 1
    return gone


def is_pinned(stage_id: int) -> bool:
    """Whether an exam was prepared from a stage's rules."""
    return bool(db.session.scalar(_IS_PINNED, {"stage_id": stage_id}))


def _draft(event_id: int, stage_code: str) -> Draft | None:
    row = db.session.execute(
        select(
            BlueprintDraft.form,
            BlueprintDraft.version,
            BlueprintDraft.account_id,
            BlueprintDraft.updated_at,
        ).filter_by(event_id=event_id, stage_code=stage_code)
    ).one_or_none()
    return Draft(values_from_json(row.form), row.version, row.account_id, row.updated_at) if row else None


def _delete(editing: Editing, version: int) -> None:
    place = {"event_id": editing.event.event_id, "stage_code": editing.stage.code}
    gone = delete(BlueprintDraft).filter_by(**place, version=version).returning(BlueprintDraft.version)
    if db.session.execute(gone).one_or_none() is None:
        raise DraftChanged
