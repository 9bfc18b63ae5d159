"""Public notices: the list, one notice with its former versions, its document and its data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, request

from webapp.access.guards import public
from webapp.contests.queries import StageView, stage_by_codes
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import ngettext, pick, until
from webapp.core.limits import limiter
from webapp.core.paging import Pages
from webapp.core.render import render
from webapp.stages.errors import NoticeClosed
from webapp.stages.queries import circulars, notices, objections
from webapp.stages.queries.notices import NoticeView
from webapp.stages.queries.objections import ObjectionView
from webapp.stages.routes.blueprint import bp, notice_when
from webapp.stages.rules.notice import NoticeRow, is_closed
from webapp.stages.service.exporting import notice_pdf, pdf_parts

A_PAGE = 200
"""So many lines of a notice stand on a page."""


@dataclass(frozen=True)
class NoticePart:
    """The lines that a page shows. number: only that contestant's was asked for. is_long: there are more pages."""

    rows: Sequence[NoticeRow]
    pages: Pages
    number: str
    is_long: bool


def part_of(rows: Sequence[NoticeRow]) -> NoticePart:
    """The part of a notice's lines that the address asks for."""
    number = request.args.get("number", "").strip()[:40]
    shown = [row for row in rows if row.number == number] if number else rows
    pages = Pages.of(request.args.get("page", 1, type=int), len(shown), A_PAGE)
    return NoticePart(pages.cut(shown), pages, number, len(rows) > A_PAGE)


@dataclass(frozen=True)
class NoticePage:
    """One version, and what stands around it."""

    stage: StageView
    notice: NoticeView
    is_current: bool
    is_running: bool
    is_closed: bool
    versions: tuple[NoticeView, ...]
    part: NoticePart
    pdf_parts: int
    answers: tuple[ObjectionView, ...]


@bp.get("/notices")
@public("public notices are posted for everybody; names are masked by the contest's rule")
def notice_list() -> Response:
    return render(
        "stages/notices.html", rows=notices.public_list(), circulars=circulars.public_list(), now=clock.now()
    )


@bp.get("/notices/<contest>/<event>/<stage>")
@public("a public notice; names are masked by the contest's rule")
def notice(contest: str, event: str, stage: str) -> Response:
    return _page(*_found(contest, event, stage, None))


@bp.get("/notices/<contest>/<event>/<stage>/<int:version>")
@public("a former version of a public notice")
def notice_version(contest: str, event: str, stage: str, version: int) -> Response:
    return _page(*_found(contest, event, stage, version))


@bp.get("/notices/<contest>/<event>/<stage>/<int:version>.json")
@public("the very bytes that the digest of a notice is taken of")
def notice_json(contest: str, event: str, stage: str, version: int) -> Response:
    view, found = _found(contest, event, stage, version)[:2]
    _require_shown(view, found)
    response = make_response(notices.text_of(found.notice_id))
    response.mimetype = "application/json"
    name = f"notice-{contest}-{event}-{stage}-{version}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/notices/<contest>/<event>/<stage>/<int:version>.pdf")
@public("a public notice as a document")
@limiter.limit("60 per minute")
def notice_document(contest: str, event: str, stage: str, version: int) -> Response:
    view, found = _found(contest, event, stage, version)[:2]
    _require_shown(view, found)
    part = request.args.get("part", 1, type=int)
    if not 1 <= part <= pdf_parts(found):
        raise NotFound
    response = make_response(notice_pdf(found, document_words(found, part), found.posted_at, part))
    response.mimetype = "application/pdf"
    name = f"notice-{contest}-{event}-{stage}-{version}{f'-{part}' if pdf_parts(found) > 1 else ''}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _found(
    contest: str, event: str, stage: str, version: int | None
) -> tuple[StageView, NoticeView, list[NoticeView]]:
    """The stage, the version asked for (None: the current one) and all versions. raise (NotFound)."""
    view = stage_by_codes(contest, event, stage)
    every = notices.versions(view.stage_id)
    chosen = [one for one in every if version in {None, one.version}]
    if not chosen:
        raise NotFound
    return view, chosen[0], every


def _is_closed(view: StageView, every: list[NoticeView]) -> bool:
    """All versions close together, counted from the end of the last one."""
    return is_closed(max(one.ends_at for one in every), view.rules.close_after_days, clock.now())


def _require_shown(view: StageView, found: NoticeView) -> None:
    if _is_closed(view, notices.versions(view.stage_id)):
        raise NoticeClosed(digest=found.digest)


def _page(view: StageView, found: NoticeView, every: list[NoticeView]) -> Response:
    is_current = found.version == every[0].version
    return render(
        "stages/notice.html",
        page=NoticePage(
            stage=view,
            notice=found,
            is_current=is_current,
            is_running=is_current and clock.now() < found.ends_at,
            is_closed=_is_closed(view, every),
            versions=tuple(every),
            part=part_of(found.rows),
            pdf_parts=pdf_parts(found),
            answers=tuple(objections.published(view.stage_id)),
        ),
        paragraphs=document_words(found)["paragraphs"],
    )


def document_words(found: NoticeView, part: int = 1) -> dict[str, Any]:
    """The words of a notice around its rows, in the reader's language; the same on the page and in the PDF.

    part: of a notice that comes in several documents."""
    told = found.told
    event, stage = pick(told["event_title"]), pick(told["stage_title"])
    span = ngettext(
        "The notice was posted on %(posted)s and runs for %(num)d working day, until %(until)s.",
        "The notice was posted on %(posted)s and runs for %(num)d working days, until %(until)s.",
        found.working_days,
        posted=notice_when(found.posted_at), until=until(found.ends_at),
    )  # fmt: skip
    amended = [_("This is version %(version)s. Why it was amended: %(reason)s", version=found.version, reason=found.reason)]  # fmt: skip
    return {
        "host": pick(told["host"]),
        "title": _("Public notice: %(event)s, %(stage)s", event=event, stage=stage),
        "version_text": _("Version %(version)s", version=found.version) + _part_words(part, pdf_parts(found)),
        "paragraphs": [pick(told["contest_title"]), _opening(found), span, *(amended if found.reason else [])],
        "head": _head(found),
        "substitute": _("Moved up"),
        "closing": [
            _("Whoever disagrees with the list or with one entry may object on the notice page until it ends; every objection is answered."),
        ],
        "digest_label": _("SHA-256 of the list:"),
        "posted_on": notice_when(found.posted_at)[:10],
    }  # fmt: skip


def _opening(found: NoticeView) -> str:
    """What the list is."""
    told = found.told
    values = {
        "count": len(found.rows), "event": pick(told["event_title"]), "stage": pick(told["stage_title"]),
    }  # fmt: skip
    if found.is_nominated:
        return _(
            "Units and counties have selected and nominated %(count)s contestants of %(event)s, %(stage)s, for the next stage; their eligibility was re-checked. The list is posted for public supervision.",
            **values,
        )
    return _(
        "After the eligibility re-check, %(count)s contestants of %(event)s, %(stage)s, go on. The list is posted for public supervision.",
        **values,
    )


def _head(found: NoticeView) -> list[str]:
    """The headings of the table in a document."""
    if found.is_nominated:
        return [_("No."), _("Contestant number"), _("Contestant"), _("Unit"), _("Nominated by")]
    return [_("Rank"), _("Contestant number"), _("Contestant"), _("Unit"), _("Combined score"), _("Remark")]


def _part_words(part: int, parts: int) -> str:
    return " · " + _("part %(part)s of %(parts)s", part=part, parts=parts) if parts > 1 else ""
