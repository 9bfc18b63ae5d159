"""The blueprint, its words, and who may see which bank."""

from dataclasses import dataclass

from flask import Blueprint
from markupsafe import Markup

from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.banks import queries
from webapp.banks.errors import SealedBank
from webapp.banks.formats import sanitise
from webapp.core.clock import SHANGHAI, datetime
from webapp.core.errors import NotFound
from webapp.core.i18n import gettext
from webapp.core.words import N_

bp = Blueprint("banks", __name__, url_prefix="/staff/banks", template_folder="../templates")

TYPE_WORDS = {
    "single": N_("Single choice"),
    "multiple": N_("Multiple choice"),
    "true_false": N_("True or false"),
    "fill": N_("Fill in"),
    "matching": N_("Matching"),
    "ordering": N_("Ordering"),
    "numeric": N_("Numeric answer"),
    "passage": N_("Passage"),
    "essay": N_("Written answer"),
}
DIFFICULTY_WORDS = {"easy": N_("Easy"), "medium": N_("Medium"), "hard": N_("Hard")}
STATE_WORDS = {
    "": (N_("Empty"), ""),
    "draft": (N_("Draft"), ""),
    "review": (N_("Waiting for approval"), "warning"),
    "approved": (N_("In force"), "success"),
    "superseded": (N_("Superseded"), ""),
    "returned": (N_("Returned"), "danger"),
    "waiting": (N_("Being read"), "info"),
    "parsing": (N_("Being read"), "info"),
    "parsed": (N_("Ready to be accepted"), "warning"),
    "failed": (N_("Cannot be read"), "danger"),
    "accepted": (N_("Accepted"), "success"),
    "discarded": (N_("Put aside"), ""),
}
READING_WORDS = {
    "": N_("Waiting to be read"),
    "reading": N_("%(done)s / %(total)s rows read"),
    "checking": N_("%(done)s / %(total)s rows checked"),
    "comparing": N_("%(done)s / %(total)s questions compared with the bank"),
    "keeping": N_("%(done)s / %(total)s questions kept"),
}
WORDS = {**TYPE_WORDS, **DIFFICULTY_WORDS}


@dataclass(frozen=True)
class Page:
    """Where a list stands, for the pagination links. page: from 1."""

    page: int
    pages: int
    total: int

    @classmethod
    def of(cls, page: int, total: int, size: int) -> "Page":
        """Page `page` of a list of `total` things, `size` a page."""
        return cls(page, max(1, -(-total // size)), total)


@bp.app_template_filter("question_text")
def question_text(text: str) -> Markup:
    """A text of a question as safe HTML: a few inline tags, its pictures and sounds, else as written."""
    return Markup(sanitise.to_html(text, alt=gettext("Picture or sound of the question")))  # noqa: S704 - sanitised on this line


@bp.app_template_filter("bank_word")
def bank_word(name: str) -> str:
    """A type or difficulty in the reader's language; other names (topics) as they are."""
    return gettext(WORDS[name]) if name in WORDS else name


@bp.app_template_filter("bank_state")
def bank_state(state: str) -> tuple[str, str]:
    """A state in the reader's language and the kind of its badge."""
    words, kind = STATE_WORDS[state]
    return gettext(words), kind


@bp.app_template_filter("reading_words")
def reading_words(upload: queries.UploadView) -> str:
    """How far the reading of an upload is, in words."""
    figures = {name: f"{getattr(upload, name):,}".replace(",", " ") for name in ("done", "total")}
    return gettext(READING_WORDS[upload.step], **figures)


@bp.app_template_filter("bank_when")
def bank_when(at: datetime) -> str:
    """An instant in Shanghai time, to the minute."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def visible(banks: list[queries.BankView]) -> list[queries.BankView]:
    """The banks this person sets or reviews. A bank of an organisation is for people of that branch."""
    who = principal()
    paths = queries.organisation_paths({item.organisation_id for item in banks if item.organisation_id})
    return [
        item
        for item in banks
        if item.organisation_id is None
        or any(
            who.allows(permission, organisation_path=paths.get(item.organisation_id, ()))
            for permission in (Permission.EDIT_BANKS, Permission.APPROVE_BANKS)
        )
    ]


def bank_or_404(code: str) -> queries.BankView:
    """A bank this person may see. Raise NotFound to others."""
    found = visible([queries.bank(code)])
    if not found:
        raise NotFound
    return found[0]


def open_bank_or_404(code: str) -> queries.BankView:
    """As `bank_or_404`, for what shows questions. Raise SealedBank."""
    bank = bank_or_404(code)
    if bank.is_sealed:
        raise SealedBank(code)
    return bank


def may(permission: Permission, bank: queries.BankView) -> bool:
    """Whether this person holds a permission over a bank: over its branch where it belongs to one."""
    who = principal()
    if bank.organisation_id is None:
        return who.holds(permission)
    path = queries.organisation_paths({bank.organisation_id}).get(bank.organisation_id, ())
    return who.allows(permission, organisation_path=path)


def editable_bank_or_404(code: str) -> queries.BankView:
    """A bank that this person may change. Raise NotFound to others, SealedBank."""
    bank = open_bank_or_404(code)
    if not may(Permission.EDIT_BANKS, bank):
        raise NotFound
    return bank
