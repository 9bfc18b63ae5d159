"""The check for Safe Exam Browser: who starts without a good key is sent back; later it is only noted."""

from sqlalchemy import text

from webapp.contests.rules.blueprint import ExamBrowser
from webapp.core.db import db, let_go
from webapp.core.transaction import transaction
from webapp.exam.errors import ExamNotFound
from webapp.exam.queries.sheets import my_exams
from webapp.integrity.errors import ExamBrowserNeeded
from webapp.integrity.rules.exam_browser import CONFIG_HEADER, EXAM_HEADER, How, Shown, is_good
from webapp.integrity.service.checks import Asking, Check, Who, checks_of, device_hash, note, register

NAME = "exam-browser"

_SHOWN = text(
    """
    SELECT EXISTS (
        SELECT FROM check_events WHERE exam_id = :exam_id AND person_id = :person_id AND name = :name
        AND outcome = 'shown' AND device_hash = :device_hash AND device_hash <> '')
    """
)


def shows_key(settings: ExamBrowser, asking: Asking) -> bool:
    """Whether the headers of a request bear a good key for its address."""
    shown = Shown(asking.header(CONFIG_HEADER), asking.header(EXAM_HEADER))
    return is_good(settings, asking.url, shown)


def take_script(who: Who, asking: Asking, page_url: str, shown: Shown) -> bool:
    """Note a key that the waiting room's script read; page_url: the address of that page. -> whether it is
    good. raise (ExamNotFound): not an exam of this person, or one without this check."""
    if not my_exams(who.person_id, who.exam_id):
        raise ExamNotFound
    settings = checks_of(who.exam_id).exam_browser
    if settings is None:
        raise ExamNotFound
    if not asking.device or not is_good(settings, page_url, shown):
        return False
    note(who, NAME, "shown", asking, How.SCRIPT)
    return True


def _before_start(settings: ExamBrowser, who: Who, asking: Asking) -> None:
    """raise (ExamBrowserNeeded): neither the headers nor, earlier, the script of this browser showed a key."""
    if shows_key(settings, asking) or _has_shown(who, asking):
        return
    if not my_exams(who.person_id, who.exam_id):
        raise ExamNotFound
    with transaction():
        note(who, NAME, "refused", asking)
    raise ExamBrowserNeeded(who.exam_id)


def _while_writing(settings: ExamBrowser, who: Who, asking: Asking) -> None:
    if shows_key(settings, asking) or _has_shown(who, asking):
        return
    with transaction():
        note(who, NAME, "missing", asking)


def _has_shown(who: Who, asking: Asking) -> bool:
    values = {
        "exam_id": who.exam_id,
        "person_id": who.person_id,
        "name": NAME,
        "device_hash": device_hash(who.exam_id, asking.device),
    }
    found = bool(db.session.scalar(_SHOWN, values))
    let_go()
    return found


register(Check(NAME, lambda checks: checks.exam_browser, _before_start, _while_writing))
