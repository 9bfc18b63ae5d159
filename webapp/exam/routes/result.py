"""One's own result: every mark, the arithmetic, and the key when it may be shown."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.banks.queries.answered import QuestionLine, answered
from webapp.banks.queries.contents import QuestionContent, contents
from webapp.banks.rules.schema import QuestionKey
from webapp.contests.rules.carried import source_stage
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.core.render import render
from webapp.exam.queries.results import ResultHead, released_keys, result_head, weights
from webapp.exam.queries.sheets import SheetView, own_sheet
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.views import number
from webapp.exam.rules.states import AttemptState


@dataclass(frozen=True)
class SectionLine:
    title: str
    mark: str
    full: str
    questions: int


@bp.get("/attempts/<int:attempt_id>/result")
@signed_in
def result(attempt_id: int) -> ResponseReturnValue:
    me = principal()
    sheet = own_sheet(attempt_id, me.person_id)
    if sheet.state in {AttemptState.CREATED, AttemptState.OPEN}:
        return redirect(url_for("exam.attempt", attempt_id=attempt_id), code=303)
    head = result_head(attempt_id, me.person_id)
    now = clock.now()
    parts = weights(head.stage_id)
    return render(
        "exam/result.html",
        fragment="exam/_result_state.html",
        head=head,
        title=pick(head.title),
        event=pick(head.event_title),
        sections=_sections(head, sheet),
        weights=parts,
        questions=_questions(head, sheet, now) if head.score is not None else (),
        number=number,
        names={
            "learning": _("Learning points"),
            "theory": _("Theory exam"),
            "practical": _("Practical"),
            **{
                part.component: _("Score of an earlier stage")
                for part in parts
                if source_stage(part.component)
            },
        },
    )


def _sections(head: ResultHead, sheet: SheetView) -> tuple[SectionLine, ...]:
    titles = {sheet.section(slot).key: pick(sheet.section(slot).title) for slot in range(len(sheet.paper))}
    return tuple(
        SectionLine(
            titles[part["key"]],
            number(Decimal(part["mark"])),
            number(Decimal(part["full"])),
            part["questions"],
        )
        for part in head.sections
    )


def _questions(head: ResultHead, sheet: SheetView, now: datetime) -> tuple[QuestionLine, ...]:
    keys = released_keys(head.exam_id, list(sheet.paper), now)
    shown = contents(list(sheet.paper))
    return tuple(
        _question(sheet, slot, shown[version_id], Decimal(head.marks[slot]), keys.get(version_id))
        for slot, version_id in enumerate(sheet.paper)
    )


def _question(
    sheet: SheetView, slot: int, content: QuestionContent, mark: Decimal, key: QuestionKey | None
) -> QuestionLine:
    n_options = 2 if content.question_type == "true_false" else len(content.options)
    shown = answered(content, sheet.answers[slot], sheet.order(slot, n_options), key)
    return replace(
        shown,
        number=slot + 1,
        mark=number(mark.quantize(Decimal("0.01"))),
        full=number(sheet.section(slot).mark),
    )
