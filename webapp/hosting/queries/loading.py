"""Loaders: an application for those whose it is; anybody else's id answers like a missing one."""

from sqlalchemy import select, text

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.core.db import db
from webapp.hosting.errors import ApplicationMissing, StandsAside, UploadGone
from webapp.hosting.models import HostingApplication, HostingFile, HostingPartner, HostingUpload
from webapp.hosting.rules.states import State
from webapp.organisations import queries as organisations

APPLY, DECIDE = Permission.APPLY_TO_HOST, Permission.DECIDE_HOSTING
_UNIT = text("SELECT unit_id FROM persons WHERE id = :person_id")
SEEN = tuple(state.value for state in State if state is not State.DRAFT)
"""States that the host sees."""


def represents(who: Principal, organisation_id: int) -> bool:
    """Whether this person applies for this organisation."""
    return who.allows(APPLY, organisation_path=organisations.path(organisation_id))


def own(application_id: int, who: Principal, *, lock: bool = False) -> HostingApplication:
    """An application that this person's organisation leads. raise (ApplicationMissing)."""
    found = _by_id(application_id, lock)
    if found is None or not represents(who, found.organisation_id):
        raise ApplicationMissing
    return found


def joined(application_id: int, who: Principal) -> HostingApplication:
    """An application that this person's organisation leads or is asked to join. raise (ApplicationMissing)."""
    found = joined_or_none(application_id, who)
    if found is None:
        raise ApplicationMissing
    return found


def partner_of(application_id: int, who: Principal) -> HostingPartner | None:
    """The part in a joint application of an organisation that this person represents."""
    rows = db.session.scalars(
        select(HostingPartner)
        .where(HostingPartner.application_id == application_id)
        .order_by(HostingPartner.organisation_id)
    )
    return next((row for row in rows if represents(who, row.organisation_id)), None)


def at_desk(
    application_id: int,
    who: Principal,
    permission: Permission = Permission.SEE_HOSTING,
    *,
    lock: bool = False,
) -> HostingApplication:
    """An application that was sent to a contest in this person's scope. raise (ApplicationMissing)."""
    found = _by_id(application_id, lock)
    if found is None or found.state == State.DRAFT or not who.allows(permission, contest_id=found.contest_id):
        raise ApplicationMissing
    return found


def file_for(file_id: int, who: Principal) -> HostingFile:
    """A file for the applicants, or for those who see the application. raise (ApplicationMissing)."""
    found = db.session.get(HostingFile, file_id)
    if found is None or found.removed_at is not None or not _reads(found.application_id, who):
        raise ApplicationMissing
    return found


def upload_for(upload_id: int, who: Principal) -> HostingUpload:
    """A photo or video for the applicants, or for those who see the application. raise (UploadGone)."""
    found = db.session.get(HostingUpload, upload_id)
    if found is None or found.removed_at is not None or not _reads(found.application_id, who):
        raise UploadGone
    return found


def readable(application_id: int, who: Principal) -> HostingApplication:
    """An application for its applicants and for those who see it. raise (ApplicationMissing)."""
    found = _by_id(application_id, lock=False)
    if found is None or not _reads(application_id, who):
        raise ApplicationMissing
    return found


def joined_or_none(application_id: int, who: Principal) -> HostingApplication | None:
    """As `joined`, None for anybody else's."""
    found = _by_id(application_id, lock=False)
    if found is None or not (represents(who, found.organisation_id) or partner_of(application_id, who)):
        return None
    return found


def keep_away(row: HostingApplication, who: Principal) -> None:
    """回避: nobody reviews an application that is their own, or that of the unit they belong to.

    raise (StandsAside)."""
    wrote = who.account_id in {row.begun_by_account_id, row.sent_by_account_id}
    if wrote or db.session.scalar(_UNIT, {"person_id": who.person_id}) == row.organisation_id:
        raise StandsAside


def _reads(application_id: int, who: Principal) -> bool:
    row = _by_id(application_id, lock=False)
    if row is None:
        return False
    sees = row.state != State.DRAFT and who.allows(Permission.SEE_HOSTING, contest_id=row.contest_id)
    return sees or represents(who, row.organisation_id) or partner_of(row.id, who) is not None


def _by_id(application_id: int, lock: bool) -> HostingApplication | None:
    return db.session.get(HostingApplication, application_id, with_for_update=lock or None)
