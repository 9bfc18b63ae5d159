"""One question in the browser: a form of plain fields, with buttons that add and remove rows."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.banks import queries, service
from webapp.banks.errors import KeyTaken, QuestionChanged
from webapp.banks.formats.media import safe_name
from webapp.banks.formats.sounds import NoEncoder
from webapp.banks.routes.blueprint import DIFFICULTY_WORDS, TYPE_WORDS, bp, editable_bank_or_404
from webapp.banks.rules import editing as rules
from webapp.banks.rules.check import check_question
from webapp.banks.rules.editing import Typed
from webapp.banks.rules.schema import Difficulty, Question, QuestionType, media_names, tidy_words
from webapp.core.db import keys_scope
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.core.words import Message

MAX_FILES, MAX_KEY, MAX_LINE = 8, 120, 300


@dataclass(frozen=True)
class Head:
    """What the form says besides the question itself. tags: separated by commas. base_id: the version it was
    made from, 0 for a new question."""

    key: str = ""
    topic: str = ""
    new_topic: str = ""
    difficulty: str = "medium"
    source: str = ""
    tags: str = ""
    picture: str = ""
    picture_alt: str = ""
    base_id: int = 0


@dataclass(frozen=True)
class Filled:
    """Everything that was typed, as one thing."""

    head: Head
    typed: Typed
    held: tuple[queries.Held, ...] = ()


@bp.get("/<code>/questions/<path:key>/edit")
@requires(Permission.EDIT_BANKS)
def edit_question(code: str, key: str) -> Response:
    bank = editable_bank_or_404(code)
    with keys_scope():
        found = queries.edited_question(bank.bank_id, key)
    return _page(bank, _filled_from(found), key)


@bp.post("/<code>/questions/<path:key>/edit")
@requires(Permission.EDIT_BANKS)
def save_edited(code: str, key: str) -> ResponseReturnValue:
    bank = editable_bank_or_404(code)
    with keys_scope():
        found = queries.edited_question(bank.bank_id, key)
    return _posted(bank, key, found)


@bp.get("/<code>/new-question")
@requires(Permission.EDIT_BANKS)
def new_question(code: str) -> Response:
    """First the type, then its form."""
    bank = editable_bank_or_404(code)
    kind = request.args.get("type", "")
    if kind not in set(QuestionType):
        return render("banks/new_question.html", bank=bank, types=TYPE_WORDS)
    return _page(bank, Filled(Head(), rules.empty(kind)), "")


@bp.post("/<code>/new-question")
@requires(Permission.EDIT_BANKS)
def save_new(code: str) -> ResponseReturnValue:
    return _posted(editable_bank_or_404(code), "", None)


def _posted(bank: queries.BankView, key: str, found: queries.EditedQuestion | None) -> ResponseReturnValue:
    """A row added or removed, or the whole form saved."""
    filled, wrong = _read_form()
    for name, change in (("add", rules.with_row), ("remove", rules.without_row)):
        if name in request.form:
            typed = change(filled.typed, request.form[name])
            return _page(bank, replace(filled, typed=typed), key)
    if "retype" in request.form:
        return _page(bank, replace(filled, typed=rules.retyped(filled.typed, filled.typed.type)), key)
    question, unreadable = question_from(filled, key, found.question if found else None)
    wrong += unreadable + _missing(filled, question)
    wrong += [rules.field_of(one, filled.typed) for one in check_question(question) if one.is_error]
    if wrong:
        return _page(bank, filled, key, wrong, status=422)
    files = {held.name: held.file_id for held in filled.held}
    try:
        with keys_scope(), transaction():
            saved = service.save_question(
                bank.bank_id, question, files, filled.head.base_id, principal().account_id
            )
    except KeyTaken as error:
        return _page(bank, filled, key, [("key", error.message)], status=422)
    except QuestionChanged as error:
        return _changed(bank, key, filled, error.message)
    if saved.is_new:
        flash(
            _("Saved in draft version %(number)d. Hand the draft in when it is ready.", number=saved.number),
            "success",
        )
    else:
        flash(_("Nothing was different, so nothing was saved."), "info")
    return redirect(url_for(".edit_question", code=bank.code, key=saved.key), code=303)


def _changed(bank: queries.BankView, key: str, filled: Filled, told: Message) -> Response:
    """What was typed, beside what another person saved; saving again means: mine instead."""
    with keys_scope():
        found = queries.edited_question(bank.bank_id, key)
        (theirs,) = queries.views_of([found.question], {one.name: one.file_id for one in found.held})
    mine = replace(filled, head=replace(filled.head, base_id=found.version_id))
    return _page(bank, mine, key, [("", told)], status=409, theirs=theirs)


def _page(
    bank: queries.BankView,
    filled: Filled,
    key: str,
    wrong: Sequence[rules.Wrong] = (),
    status: int = 200,
    theirs: queries.QuestionView | None = None,
) -> Response:
    errors: dict[str, list[str]] = {}
    for name, message in wrong:
        errors.setdefault(name, [])
        if say(message) not in errors[name]:
            errors[name].append(say(message))
    here = (
        url_for(".edit_question", code=bank.code, key=key)
        if key
        else url_for(".new_question", code=bank.code)
    )
    return render(
        "banks/edit_question.html",
        fragment="banks/_edit_fields.html",
        bank=bank,
        key=key,
        here=here,
        f=filled.typed,
        head=filled.head,
        held=filled.held,
        errors=errors,
        theirs=theirs,
        types=TYPE_WORDS,
        difficulties=DIFFICULTY_WORDS,
        topics=queries.topic_paths(bank.bank_id),
        letters=[chr(ord("A") + at) for at in range(len(filled.typed.options))],
        status=status,
    )


def _filled_from(found: queries.EditedQuestion) -> Filled:
    question = found.question
    head = Head(
        question.key,
        question.topic,
        "",
        question.difficulty.value,
        question.source,
        ", ".join(question.tags),
        question.public.picture,
        question.public.picture_alt,
        found.version_id,
    )
    return Filled(head, rules.of_question(question.public, question.secret), found.held)


def read_typed() -> Filled:
    """What stands in the form of this request, without files that come with it."""
    form = request.form
    head = Head(
        key=form.get("key", "").strip()[:MAX_KEY],
        topic=form.get("topic", ""),
        new_topic=form.get("new_topic", "").strip()[:MAX_LINE],
        difficulty=form.get("difficulty", ""),
        source=form.get("source", "").strip()[:MAX_LINE],
        tags=form.get("tags", "").strip()[:MAX_LINE],
        picture=form.get("picture", ""),
        picture_alt=tidy_words(form.get("picture_alt", "")),
        base_id=form.get("base", 0, int),
    )
    named = [(name, public) for public, _colon, name in (one.partition(":") for one in form.getlist("held"))]
    return Filled(head, rules.read(form.to_dict()), queries.held_files(named))


def _read_form() -> tuple[Filled, list[rules.Wrong]]:
    """What was typed; files that came with it are kept at once, so that a refused form does not lose them."""
    filled, wrong = read_typed(), []
    held = {one.name: (one.name, one.public_name) for one in filled.held}
    came = []
    for upload in request.files.getlist("files")[:MAX_FILES]:
        name = safe_name(upload.filename or "").rpartition("/")[2]
        if not name:
            continue
        try:
            with transaction():
                came.append((name, service.store_picture(upload.read())))
        except NoEncoder:
            words = Message(
                "The sound %(name)s cannot be read, because the program for sounds (ffmpeg) is missing here.",
                {"name": name},
            )
            wrong.append(("files", words))
        except ValueError:
            wrong.append(("files", Message("%(name)s is not a picture that can be shown.", {"name": name})))
    if came:
        names = queries.public_names_of([file_id for _name, file_id in came])
        held |= {name: (name, names[file_id]) for name, file_id in came}
        filled = replace(filled, held=queries.held_files(list(held.values())))
        pictures = [one.name for one in filled.held if one.media_type.startswith("image/")]
        first = came[0][0]
        if request.form.get("picture") == "*" and first in pictures:
            filled = replace(filled, head=replace(filled.head, picture=first))
    return filled, wrong


def question_from(filled: Filled, key: str, before: Question | None) -> tuple[Question, list[rules.Wrong]]:
    """The question that was typed. before: what it changes; what the form does not show is kept from there."""
    public, secret, wrong = rules.question_of(filled.typed)
    head, names = filled.head, {one.name for one in filled.held}
    difficulty = Difficulty.MEDIUM
    with suppress(ValueError):
        difficulty = Difficulty(head.difficulty)
    question = Question(
        key=key or head.key,
        public=replace(
            public,
            picture=head.picture if head.picture in names else "",
            picture_alt=head.picture_alt if head.picture in names else "",
        ),
        secret=secret,
        topic=head.new_topic or head.topic,
        difficulty=difficulty,
        source=head.source,
        tags=tuple(
            tag.strip() for tag in head.tags.replace("，", ",").replace("、", ",").split(",") if tag.strip()
        ),
        external_id=before.external_id if before else "",
        mark=before.mark if before else None,
    )
    return question, wrong


def _missing(filled: Filled, question: Question) -> list[rules.Wrong]:
    """Files that the texts name and that nobody brought."""
    names = {one.name for one in filled.held}
    reason = "The picture %(name)s is missing."
    return [("files", Message(reason, {"name": name})) for name in media_names(question) if name not in names]
