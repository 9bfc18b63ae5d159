"""What a unit's liaison does: a workbook of workers; each of them signs in with the code of the slip and confirms."""

import io
from datetime import datetime

import openpyxl

from webapp.access.principal import Principal
from webapp.accounts.service import codes, people
from webapp.core.transaction import in_transaction, transaction
from webapp.demo.rules import PASSWORD
from webapp.registration.formats.workbooks import template
from webapp.registration.queries.roster import choices
from webapp.registration.service import roster
from webapp.rehearsal.people import Invented, Trait, everybody
from webapp.rehearsal.play import EventPlay, Play
from webapp.rehearsal.setting import FIRST_SERIAL

ONE_OF = 4
"""The first event and one of so many others get a workbook."""
A_SHARE = 20
"""In it stands one of so many of the event's people, all of one unit."""
MOST = 200
KIND = "居民身份证"


def put_forward(play: Play, event: EventPlay, at: datetime) -> dict[int, str]:
    """Stage and accept the workbook of an event; position of each person in it -> code for the first sign-in.

    Empty where the event has none: without units nobody can put anybody forward."""
    is_chosen = event.first == FIRST_SERIAL or play.chance("workbook", event.code).random() < 1 / ONE_OF
    if not is_chosen or not event.profile.needs_unit:
        return {}
    chosen = [
        one for one in everybody(play, event) if one.position % A_SHARE == 0 and one.trait is not Trait.INELIGIBLE
    ][:MOST]  # fmt: skip
    if not chosen:
        return {}
    (who,) = play.liaisons.values()
    unit = play.units[chosen[0].unit]
    content = _filled(in_transaction(lambda: template(choices(play.contest_id, at))), event, chosen)
    play.travel(at)
    with transaction():
        upload = roster.stage(who, unit, play.contest_id, "people.xlsx", content, at)
        assert not upload.problems, upload.problems[:3]
        handed = roster.accept(who, upload.id, valid_only=False, now=at)
    return {one.position: row.code for one, row in zip(chosen, handed, strict=True)}


def _filled(empty: bytes, event: EventPlay, chosen: list[Invented]) -> bytes:
    """The template with a row for each person, its example row overwritten."""
    book = openpyxl.load_workbook(io.BytesIO(empty))
    sheet = book.worksheets[0]
    for number, one in enumerate(chosen, 2):
        values = (one.name, KIND, one.document.number, one.phone, event.code)
        for column, value in enumerate(values, 1):
            sheet.cell(number, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def first_sign_in(one: Invented, code: str, password: str, at: datetime) -> Principal:
    """Sign in with the code, set a password, check the data and agree."""
    with transaction():
        account = codes.set_password_by_code(one.document.number, code, PASSWORD, password, now=at)
        assert account is not None, f"the code of position {one.position} does not open"
        people.confirm(account.person_id, phone=one.phone, wrong="", publication=True, now=at)
        return Principal(account.id, account.person_id, one.name, "rehearsal")
