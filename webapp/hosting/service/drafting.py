"""Writing an application in pieces: begin, save a section, files, who joins, withdraw."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from webapp.access.principal import Principal
from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.words import N_
from webapp.hosting.errors import (
    ApplicationMissing,
    EventNeeded,
    FileRefused,
    NoApplications,
    NotEditable,
    PartnerUnknown,
    TooManyFiles,
)
from webapp.hosting.formats.attachments import MOST_MB, media_type_of
from webapp.hosting.models import HostingApplication, HostingFile, HostingPartner
from webapp.hosting.queries import loading
from webapp.hosting.queries.offers import events_of, offer_of
from webapp.hosting.rules.form import SECTIONS, YES, read_form
from webapp.hosting.rules.states import EDITABLE, WITHDRAWABLE, State
from webapp.hosting.service.telling import tell_organisation
from webapp.media import service as media
from webapp.organisations import queries as organisations

MOST_FILES = 30
ASKED_TO_JOIN = N_("%(organisation)s asks you to join its application for “%(title)s”.")
ANSWERED = N_("%(organisation)s has answered whether it joins your application: see there.")


@dataclass(frozen=True)
class Wanted:
    """What is applied for. event: its code; stage: its code, where hosting a stage is meant."""

    offer: str
    event: str = ""
    stage: str = ""


def begin(
    contest_id: int, organisation_id: int, wanted: Wanted, who: Principal, now: datetime
) -> HostingApplication:
    """A new draft.

    raise (ApplicationMissing): not this person's organisation. raise (NoApplications): the contest does not offer
    this."""
    if not loading.represents(who, organisation_id):
        raise ApplicationMissing
    found = offer_of(contest_id)
    if found is None or wanted.offer not in found.terms.hosting.offers:
        raise NoApplications
    event = next((one for one in events_of(contest_id) if one.code == wanted.event), None)
    if wanted.offer != "trade" and event is None:
        raise EventNeeded
    if wanted.offer == "stage" and found.terms.stage(wanted.stage) is None:
        raise NoApplications
    if wanted.offer == "trade":
        event = None
    made = HostingApplication(
        contest_id=contest_id,
        organisation_id=organisation_id,
        offer=wanted.offer,
        event_id=event.event_id if event is not None else None,
        event_code=event.code if event is not None else "",
        stage_code=wanted.stage if wanted.offer == "stage" else "",
        title=event.title["zh"] if event is not None else "",
        told={},
        begun_by_account_id=who.account_id,
        begun_at=now,
    )
    db.session.add(made)
    db.session.flush()
    record(
        "hosting.begin",
        "hosting",
        made.id,
        contest_id=contest_id,
        organisation_id=organisation_id,
        offer=wanted.offer,
    )
    return made


def begin_alike(application_id: int, who: Principal, now: datetime) -> HostingApplication:
    """A new draft of a further trade with plan, people and budget of this application; name, kind and certificate are
    left open, and nobody has agreed to it yet.

    raise (ApplicationMissing): of another organisation, or not for a trade. raise (NoApplications)."""
    row = loading.own(application_id, who)
    if row.offer != "trade":
        raise ApplicationMissing
    made = begin(row.contest_id, row.organisation_id, Wanted("trade"), who, now)
    role = row.told.get("what", {}).get("role")
    copied = {name: row.told[name] for name in SECTIONS if name != "what" and name in row.told}
    made.told = {**copied, **({"what": {"role": role}} if role else {})}
    made.asked_support = read_form(made.told).support
    record("hosting.begin-alike", "hosting", made.id, copied_from=row.id)
    return made


def save_section(application_id: int, section: str, values: Mapping[str, Any], who: Principal) -> None:
    """Keep one section of the form; who joins has to agree anew. raise (ApplicationMissing, NotEditable)."""
    row = _editable(application_id, who)
    told = {**row.told, section: dict(values)}
    if told == row.told:
        return
    row.told = told
    form = read_form(told)
    if row.offer == "trade":
        row.title = form.title
    row.event_class, row.leads, row.asked_support = form.event_class, form.certificate == YES, form.support
    _ask_anew(application_id)
    record("hosting.save", "hosting", application_id, section=section)


def attach(application_id: int, name: str, content: bytes, who: Principal, now: datetime) -> int:
    """Keep a file with the application. raise (FileRefused, TooManyFiles, ApplicationMissing, NotEditable)."""
    row = _editable(application_id, who)
    count = select(func.count()).where(HostingFile.application_id == row.id, HostingFile.removed_at.is_(None))
    if (db.session.scalar(count) or 0) >= MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    made = keep_file(row.id, "attachment", name, content, who.account_id, now)
    _ask_anew(row.id)
    return made


def keep_file(
    application_id: int, kind: str, name: str, content: bytes, account_id: int, now: datetime
) -> int:
    """Store a document of an application. raise (FileRefused)."""
    media_type = media_type_of(content)
    if media_type is None or len(content) > MOST_MB * 1024 * 1024:
        raise FileRefused(most=MOST_MB)
    made = HostingFile(
        application_id=application_id,
        kind=kind,
        name=name.strip().replace("\\", "/").rsplit("/", 1)[-1][:120] or "file",
        file_id=media.store(content, media_type),
        size_bytes=len(content),
        by_account_id=account_id,
        arrived_at=now,
    )
    db.session.add(made)
    db.session.flush()
    record("hosting.attach", "hosting", application_id, file=made.id, kind=kind, size=len(content))
    return made.id


def detach(file_id: int, who: Principal, now: datetime) -> int:
    """Take an attachment off; return the application. raise (ApplicationMissing, NotEditable)."""
    file = loading.file_for(file_id, who)
    row = _editable(file.application_id, who)
    file.removed_at = now
    record("hosting.detach", "hosting", row.id, file=file_id)
    return row.id


def ask_partner(application_id: int, code: str, who: Principal, now: datetime) -> None:
    """Ask an organisation, by its code, to join. raise (PartnerUnknown, ApplicationMissing, NotEditable)."""
    row = _editable(application_id, who)
    found = organisations.by_codes([code.strip()]).get(code.strip())
    if found is None or not found.is_open or found.id == row.organisation_id:
        raise PartnerUnknown
    if db.session.get(HostingPartner, (row.id, found.id)) is not None:
        raise PartnerUnknown
    db.session.add(HostingPartner(application_id=row.id, organisation_id=found.id, asked_at=now))
    names = organisations.names([row.organisation_id])
    told = {"organisation": names.get(row.organisation_id, ""), "title": row.title or "–"}
    tell_organisation(found.id, ASKED_TO_JOIN, told, f"/staff/hosting/own/{row.id}")
    record("hosting.partner.ask", "hosting", row.id, organisation_id=found.id)


def drop_partner(application_id: int, organisation_id: int, who: Principal) -> None:
    """Go on without an organisation. raise (ApplicationMissing, NotEditable)."""
    row = _editable(application_id, who)
    part = db.session.get(HostingPartner, (row.id, organisation_id))
    if part is None:
        raise ApplicationMissing
    db.session.delete(part)
    record("hosting.partner.drop", "hosting", row.id, organisation_id=organisation_id)


def answer_partner(application_id: int, agree: bool, who: Principal, now: datetime) -> None:
    """An organisation says for itself whether it joins. raise (ApplicationMissing, NotEditable)."""
    part = loading.partner_of(application_id, who)
    row = db.session.get(HostingApplication, application_id, with_for_update=True)
    if part is None or row is None:
        raise ApplicationMissing
    if row.state not in EDITABLE:
        raise NotEditable
    part.state, part.answered_by_account_id, part.answered_at = (
        ("agreed" if agree else "declined"),
        who.account_id,
        now,
    )
    names = organisations.names([part.organisation_id])
    told = {"organisation": names.get(part.organisation_id, "")}
    tell_organisation(row.organisation_id, ANSWERED, told, f"/staff/hosting/own/{row.id}")
    record("hosting.partner.answer", "hosting", row.id, organisation_id=part.organisation_id, agreed=agree)


def withdraw(application_id: int, reason: str, who: Principal) -> None:
    """Take an application back before it is decided. raise (ApplicationMissing, NotEditable)."""
    row = loading.own(application_id, who, lock=True)
    if row.state not in WITHDRAWABLE:
        raise NotEditable
    row.state = State.WITHDRAWN
    record("hosting.withdraw", "hosting", row.id, reason.strip()[:500])


def _editable(application_id: int, who: Principal) -> HostingApplication:
    row = loading.own(application_id, who, lock=True)
    if row.state not in EDITABLE:
        raise NotEditable
    return row


def _ask_anew(application_id: int) -> None:
    """An organisation agreed to what stood there before the change."""
    db.session.execute(
        update(HostingPartner)
        .where(HostingPartner.application_id == application_id, HostingPartner.state == "agreed")
        .values(state="asked", answered_by_account_id=None, answered_at=None)
    )
