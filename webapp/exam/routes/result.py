"""One's own result: every mark, the arithmetic, and the key when it may be shown."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.core.render import render
from webapp.exam.queries.contents import QuestionContent, contents
from webapp.exam.queries.results import ResultHead, released_keys, result_head, weights
from webapp.exam.queries.sheets import SheetView, own_sheet
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.views import number
from webapp.exam.rules.answers import LETTERS, blank_texts
from webapp.exam.rules.states import AttemptState


@dataclass(frozen=True)
class OptionLine:
    """One option as it stood on the paper. is_right is None while the key is closed."""

    letter: str
    text: str
    is_chosen: bool
    is_right: bool | None


@dataclass(frozen=True)
class QuestionLine:
    """One question of the result."""

    number: int
    kind: str
    stem: str
    picture: str
    picture_alt: str
    options: tuple[OptionLine, ...]
    texts: tuple[str, ...]
    is_answered: bool
    mark: str
    full: str
    accepted: tuple[str, ...]
    explanation: str


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
    return render(
        "exam/result.html",
        fragment="exam/_result_state.html",
        head=head,
        title=pick(head.title),
        event=pick(head.event_title),
        sections=_sections(head, sheet),
        weights=weights(head.stage_id),
        questions=_questions(head, sheet, now) if head.score is not None else (),
        number=number,
        names={"learning": _("Learning points"), "theory": _("Theory exam"), "practical": _("Practical")},
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
    sheet: SheetView, slot: int, content: QuestionContent, mark: Decimal, key: tuple[Any, str] | None
) -> QuestionLine:
    stored = sheet.answers[slot]
    is_fill = content.question_type == "fill"
    return QuestionLine(
        number=slot + 1,
        kind=content.question_type,
        stem=content.stem,
        picture=content.picture,
        picture_alt=content.picture_alt,
        options=() if is_fill else _options(sheet, slot, content, stored, key),
        texts=blank_texts(stored) if is_fill else (),
        is_answered=bool(stored),
        mark=number(mark.quantize(Decimal("0.01"))),
        full=number(sheet.section(slot).mark),
        accepted=tuple(" / ".join(one) for one in key[0]) if is_fill and key else (),
        explanation=key[1] if key else "",
    )


def _options(
    sheet: SheetView, slot: int, content: QuestionContent, stored: str, key: tuple[Any, str] | None
) -> tuple[OptionLine, ...]:
    if content.question_type == "true_false":
        return tuple(
            OptionLine("", words, letter in stored, None if key is None else key[0] is (letter == "T"))
            for letter, words in (("T", _("True")), ("F", _("False")))
        )
    order = sheet.order(slot, len(content.options))
    return tuple(
        OptionLine(
            LETTERS[shown],
            content.options[original],
            LETTERS[shown] in stored,
            None if key is None else LETTERS[original] in key[0],
        )
        for shown, original in enumerate(order)
    )
