"""The builder of blueprints: a form, what the bank can do for it at once, a draft, and its way into the contest file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.accounts.queries.people import names_of_accounts
from webapp.audit.service import record
from webapp.banks import queries as banks
from webapp.banks.queries import BankName
from webapp.banks.queries.topics import topic_nodes
from webapp.banks.routes.blueprint import TYPE_WORDS
from webapp.banks.rules.topics import paths
from webapp.contests import queries as contests
from webapp.contests.errors import (
    ContestInvalid,
    ExamNotWritten,
    ProposalReasonMissing,
    ProposalWaiting,
    RulesInUse,
    StageInUse,
)
from webapp.contests.queries.proposals import waiting_proposal
from webapp.contests.rules.parse_exam import DIFFICULTIES, LAYOUTS, MARKING_RULES, QUESTION_TYPES
from webapp.core import clock
from webapp.core.errors import Conflict, DomainError, Forbidden, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render, wants_fragment
from webapp.core.transaction import transaction
from webapp.core.words import N_, Message
from webapp.exam.errors import DraftChanged, ExamPrepared, NoExamInStage
from webapp.exam.queries.analyses import names_of
from webapp.exam.routes import plots
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.supply import ASKING, bars_of, may_build
from webapp.exam.rules.draft_changes import COUNTING_WORDS, LAYOUT_WORDS, RELEASE_WORDS, differences
from webapp.exam.rules.draft_input import changed, read_values
from webapp.exam.rules.drafts import Values, from_form, to_form
from webapp.exam.rules.simulation import CellSupply
from webapp.exam.service.drafting import (
    BankFacts,
    Checked,
    Editing,
    Publishing,
    banks_named,
    check_form,
    discard_draft,
    editing_of,
    publish,
    save_draft,
)
from webapp.exam.service.simulating import ask_simulation, kept_of

DIFFICULTY_WORDS = {
    "any": N_("any difficulty"),
    "easy": N_("easy"),
    "medium": N_("medium"),
    "hard": N_("hard"),
}
RULE_WORDS = {
    "all_or_nothing": N_("all or nothing"),
    "half_for_subset": N_("half when some are missing"),
    "per_pick": N_("so many marks for each right pick"),
    "proportional": N_("a share for each right pick"),
    "weights": N_("weights of the options"),
}
CHOICES = {
    "types": [(code, TYPE_WORDS[code]) for code in QUESTION_TYPES],
    "difficulties": [(code, DIFFICULTY_WORDS[code]) for code in ("any", *DIFFICULTIES)],
    "rules": [(code, RULE_WORDS[code]) for code in MARKING_RULES],
    "counting": [(code, COUNTING_WORDS[code]) for code in ("first", "best", "last")],
    "layouts": [(code, LAYOUT_WORDS[code]) for code in LAYOUTS],
    "releases": [(code, RELEASE_WORDS[code]) for code in ("never", "after_close")],
}
"""What the lists of the form offer, with English words."""


@dataclass
class Said:
    """What is told above the form besides its problems. theirs: how the draft of somebody else, saved in between,
    differs from what was typed here; None where nobody came in between."""

    refusal: str = ""
    reasons: Sequence[Message] = ()
    asks_reason: bool = False
    because: str = ""
    theirs: Sequence[Message] | None = None
    tells_problems: bool = False


@bp.get("/staff/exams/blueprints/<int:event_id>/edit")
@requires(*ASKING)
def build_blueprint(event_id: int) -> ResponseReturnValue:
    """The saved draft, else what the contest file says."""
    try:
        editing = _editing(event_id)
    except NoExamInStage:
        return redirect(url_for("exam.blueprint_design", event_id=event_id), code=303)
    values = editing.draft.values if editing.draft else to_form(editing.base)
    return _page(editing, values, editing.draft.version if editing.draft else 0, Said())


@bp.post("/staff/exams/blueprints/<int:event_id>/edit")
@requires(*ASKING)
def change_blueprint(event_id: int) -> ResponseReturnValue:
    """Whatever button was pressed."""
    editing, values, version = _editing(event_id), _values(), _version()
    action = request.form.get("action", "")
    if action == "save":
        return _save(editing, values, version)
    if action == "discard":
        return _discard(editing, values, version)
    if action == "publish":
        return _publish(editing, values, version)
    return _page(editing, changed(values, action), version, Said(tells_problems=action == "check"))


@bp.post("/staff/exams/blueprints/<int:event_id>/edit/check")
@requires(*ASKING)
def check_blueprint(event_id: int) -> Response:
    """What the bank can do for the form as it is typed just now; nothing is kept."""
    editing, values = _editing(event_id), _values()
    chosen = _chosen(_choices(editing), values)
    checked = check_form(editing, values, _facts(chosen))
    return render(
        "exam/_builder_check.html",
        checked=checked,
        topics=_topics(chosen),
        places=_places(checked),
        beside=wants_fragment(),
        **_words(),
    )


@bp.get("/staff/exams/blueprints/<int:event_id>/edit/simulation")
@requires(*ASKING)
def draft_simulation(event_id: int) -> ResponseReturnValue:
    """How far the simulated papers of the draft are; the page itself when it is no part that is asked for."""
    try:
        editing = _editing(event_id)
    except NoExamInStage:
        return redirect(url_for("exam.blueprint_design", event_id=event_id), code=303)
    if editing.draft is None:
        return redirect(url_for("exam.build_blueprint", event_id=event_id), code=303)
    checked = check_form(
        editing, editing.draft.values, _facts(_chosen(_choices(editing), editing.draft.values))
    )
    return render("exam/_simulation.html", **_simulation(editing, checked))


@bp.post("/staff/exams/blueprints/<int:event_id>/edit/simulation")
@requires(*ASKING)
def simulate_draft(event_id: int) -> ResponseReturnValue:
    editing = _editing(event_id)
    if editing.draft is None:
        raise NotFound
    checked = check_form(
        editing, editing.draft.values, _facts(_chosen(_choices(editing), editing.draft.values))
    )
    if checked.problems:
        return _page(editing, editing.draft.values, editing.draft.version, Said(tells_problems=True), 422)
    with transaction():
        ask_simulation(checked.design, clock.now(), is_draft=True)
        record("exam.simulate", "event", event_id)
    flash(_("Papers are being drawn for show; the figures appear here by themselves."), "success")
    return redirect(url_for("exam.build_blueprint", event_id=event_id) + "#simulation", code=303)


def _save(editing: Editing, values: Values, version: int) -> ResponseReturnValue:
    try:
        with transaction():
            save_draft(editing, values, version, principal().account_id, clock.now())
    except DraftChanged as refused:
        return _conflict(editing.event.event_id, values, refused)
    flash(_("The draft was saved. Nothing of it is in force yet."), "success")
    return redirect(url_for("exam.build_blueprint", event_id=editing.event.event_id), code=303)


def _discard(editing: Editing, values: Values, version: int) -> ResponseReturnValue:
    try:
        with transaction():
            discard_draft(editing, version)
    except DraftChanged as refused:
        return _conflict(editing.event.event_id, values, refused)
    flash(_("The draft is gone; the form shows the contest file."), "success")
    return redirect(url_for("exam.build_blueprint", event_id=editing.event.event_id), code=303)


def _publish(editing: Editing, values: Values, version: int) -> ResponseReturnValue:
    if not may_build(editing.event.contest_id, editing.event.event_id, Permission.MANAGE_CONTESTS):
        raise Forbidden
    because = request.form.get("because", "").strip()
    said = Said(because=because, asks_reason=bool(because), tells_problems=True)
    checked = check_form(editing, values, _facts(_chosen(_choices(editing), values)))
    if not checked.is_good or not checked.changes:
        if not checked.changes:
            said.refusal = _("This is what the contest file says already.")
        elif not checked.problems:
            said.refusal = _("The bank cannot satisfy this blueprint: it may be saved, not published.")
        return _page(editing, values, version, said, 422)
    try:
        with transaction():
            done = publish(editing, checked, _publishing(version, because))
    except DraftChanged as refused:
        return _conflict(editing.event.event_id, values, refused)
    except RulesInUse as refused:
        said.asks_reason, said.reasons = True, refused.changes
        return _page(editing, values, version, _refused(said, refused), refused.status)
    except ProposalReasonMissing as refused:
        said.asks_reason = True
        return _page(editing, values, version, _refused(said, refused), refused.status)
    except ContestInvalid as refused:
        said.reasons = [problem.reason for problem in refused.problems]
        return _page(editing, values, version, _refused(said, refused), refused.status)
    except (StageInUse, ExamNotWritten, ExamPrepared, ProposalWaiting) as refused:
        return _page(editing, values, version, _refused(said, refused), refused.status)
    if done.loaded is None:
        flash(_("The change waits for a second person; the draft stays until then."), "success")
        return redirect(url_for("contests.proposal", proposal_id=done.proposal_id), code=303)
    flash(_("Version %(number)s is in force.", number=done.loaded.version), "success")
    return redirect(url_for("exam.blueprint_design", event_id=editing.event.event_id), code=303)


def _publishing(version: int, because: str) -> Publishing:
    two_person = bool(current_app.config["TWO_PERSON"])
    return Publishing(version, principal().account_id, because, clock.now(), two_person)


def _refused(said: Said, refused: DomainError) -> Said:
    said.refusal = say(refused.message)
    return said


def _conflict(event_id: int, values: Values, refused: Conflict) -> Response:
    """What was typed stays; who saves once more does so knowing the other one."""
    editing = _editing(event_id)
    theirs = editing.draft.values if editing.draft else to_form(editing.base)
    other, mine = from_form(theirs, editing.base)[0], from_form(values, editing.base)[0]
    said = Said(refusal=say(refused.message), theirs=differences(mine, other))
    return _page(editing, values, editing.draft.version if editing.draft else 0, said, refused.status)


def _page(editing: Editing, values: Values, version: int, said: Said, status: int = 200) -> Response:
    choices = _choices(editing)
    chosen = _chosen(choices, values)
    checked = check_form(editing, values, _facts(chosen))
    draft = editing.draft
    is_saved = draft is not None and draft.values == values and not checked.problems
    tells = said.tells_problems or status != 200
    return render(
        "exam/builder.html",
        fragment="exam/_builder.html",
        status=status,
        editing=editing,
        values=values,
        version=version,
        said=said,
        checked=checked,
        errors=_errors(checked) if tells else {},
        banks=choices,
        topics=_topics(chosen),
        places=_places(checked),
        beside=False,
        author=names_of_accounts([draft.account_id]).get(draft.account_id, "") if draft else "",
        waiting=waiting_proposal(editing.event.contest_id),
        may_publish=may_build(editing.event.contest_id, editing.event.event_id, Permission.MANAGE_CONTESTS),
        is_saved=is_saved,
        choices=CHOICES,
        **_words(),
        **(_simulation(editing, checked) if is_saved else {}),
    )


def _places(checked: Checked) -> list[tuple[str, CellSupply]]:
    """Every cell with the beginning of its names in the form."""
    names = [
        f"sections-{section_at}-cells-{cell_at}"
        for section_at, section in enumerate(checked.blueprint.sections)
        for cell_at in range(len(section.cells))
    ]
    return list(zip(names, checked.cells, strict=True))


def _words() -> dict[str, Any]:
    return {"type_words": TYPE_WORDS, "difficulty_words": DIFFICULTY_WORDS}


def _simulation(editing: Editing, checked: Checked) -> dict[str, Any]:
    """What the part about simulated papers shows."""
    kept = kept_of(checked.design, clock.now())
    found = kept.found if kept else None
    event_id = editing.event.event_id
    return {
        "design": checked.design,
        "kept": kept,
        "found": found,
        "bars": bars_of(found) if found else [],
        "across": plots.across(found.first_bin, found.first_bin + len(found.bins)) if found else [],
        "upward": plots.upward,
        "keys": names_of([version_id for version_id, _share in found.listed], True) if found else {},
        "may_ask": True,
        "is_satisfiable": checked.is_satisfiable,
        "poll": url_for("exam.draft_simulation", event_id=event_id),
        "ask": url_for("exam.simulate_draft", event_id=event_id),
    }


def _editing(event_id: int) -> Editing:
    """The exam of an event in the reader's scope; a foreign one answers like a missing one.

    raise (NoExamInStage): there is none."""
    event = contests.event_by_id(event_id, clock.now())
    if not may_build(event.contest_id, event.event_id, *ASKING):
        raise NotFound
    return editing_of(event)


def _choices(editing: Editing) -> list[BankName]:
    """The banks that may be chosen: all of them by who manages the whole contest, else those its file names."""
    found = banks.bank_names()
    if principal().allows(Permission.MANAGE_CONTESTS, contest_id=editing.event.contest_id):
        return found
    named = banks_named(editing.event.contest_id)
    return [one for one in found if one.code in named]


def _chosen(choices: Sequence[BankName], values: Values) -> BankName | None:
    return next((one for one in choices if one.code == values.bank), None)


def _facts(chosen: BankName | None) -> BankFacts:
    return BankFacts(chosen is not None, chosen is not None and chosen.is_sealed)


def _topics(chosen: BankName | None) -> list[tuple[str, str]]:
    """(key, title with what it stands below) of the bank's topics."""
    nodes = topic_nodes(chosen.bank_id) if chosen else []
    told = paths(nodes)
    return [(node.key, told[node.topic_id]) for node in nodes]


def _errors(checked: Checked) -> dict[str, list[str]]:
    return {name: [say(reason) for reason in reasons] for name, reasons in checked.problems.items()}


def _values() -> Values:
    return read_values(request.form.to_dict(flat=False))


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
