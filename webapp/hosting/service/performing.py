"""After the event: the report, photos and video, ticks, handing in, the host's review, the two halves of the support."""

from collections.abc import Mapping
from datetime import date, datetime

from webapp.access.principal import Principal
from webapp.audit.service import record
from webapp.banks.service.scans import stored_scan
from webapp.calendars.queries import work_calendar
from webapp.core.db import db
from webapp.core.words import N_
from webapp.hosting.errors import (
    ApplicationMissing,
    FileIncomplete,
    FileNotOpen,
    FileRefused,
    PaymentNotDue,
    ReasonNeeded,
    ReviewNotDue,
)
from webapp.hosting.formats.attachments import MOST_MB
from webapp.hosting.models import HostingApplication, HostingPayment, HostingPerformance
from webapp.hosting.queries import loading
from webapp.hosting.queries.applications import terms_for
from webapp.hosting.queries.loading import DECIDE
from webapp.hosting.queries.performance import file_view
from webapp.hosting.rules.deadlines import after_weeks, after_working_days
from webapp.hosting.rules.form import read_form
from webapp.hosting.rules.performance import file_rules
from webapp.hosting.rules.shares import halves
from webapp.hosting.rules.states import DECIDED
from webapp.hosting.service.telling import tell_applicant

MOST_REASON = 1000
MOST_WORDS = 5000
WORDS = {
    "accepted": N_("The performance file of “%(title)s” was accepted: %(reason)s"),
    "returned": N_("The performance file of “%(title)s” was returned: %(reason)s"),
    "poor": N_("The performance file of “%(title)s” was found poor: %(reason)s"),
}


def open_file(row: HostingApplication, ended_on: date | None = None) -> None:
    """Begin the performance file of an event, or count its deadlines anew from another last day."""
    rules = file_rules(terms_for(row))
    day = ended_on or read_form(row.told).last_day
    if rules is None or day is None:
        return
    calendar = work_calendar()
    due = after_weeks(day, rules.weeks) if rules.weeks else None
    if due is None and rules.working_days:
        due = after_working_days(day, rules.working_days, calendar)
    filing = after_working_days(day, rules.filing_days, calendar) if rules.filing_days else None
    found = db.session.get(HostingPerformance, row.id)
    if found is None:
        found = HostingPerformance(application_id=row.id, ended_on=day)
        db.session.add(found)
    found.ended_on, found.reminded = day, []
    found.due_at = due.at if due is not None else None
    found.filing_due_at = filing.at if filing is not None else None
    found.without_table = sorted(
        {year for one in (due, filing) if one is not None for year in one.without_table}
    )


def set_end(application_id: int, ended_on: date, reason: str, who: Principal) -> None:
    """The host names another last day of the event: deadlines move. raise (ReasonNeeded, ApplicationMissing)."""
    row = loading.at_desk(application_id, who, DECIDE, lock=True)
    if not reason.strip():
        raise ReasonNeeded
    if db.session.get(HostingPerformance, row.id) is None:
        raise ApplicationMissing
    open_file(row, ended_on)
    record("hosting.end", "hosting", row.id, reason.strip()[:MOST_REASON], ended_on=ended_on.isoformat())


def save_report(application_id: int, report: Mapping[str, str], who: Principal) -> None:
    """Keep the parts of the report. raise (FileNotOpen, ApplicationMissing)."""
    found = own_file(application_id, who)
    found.report = {name: words[:MOST_WORDS] for name, words in report.items() if words.strip()}
    record("hosting.file.report", "hosting", application_id)


def keep_recordings(application_id: int, who: Principal, now: datetime) -> None:
    """The organiser says that the recordings are kept for as long as the rules ask. raise (FileNotOpen)."""
    found = own_file(application_id, who)
    found.recordings_by_account_id, found.recordings_at = who.account_id, now
    record("hosting.file.recordings", "hosting", application_id)


def file_scores(
    application_id: int, signed_on: date, chief: str, scan: bytes, who: Principal, now: datetime
) -> None:
    """Note that the scores were filed: signed by the chief judge, sealed, with the scan that shows both.

    raise (FileRefused, FileNotOpen, ApplicationMissing)."""
    found = own_file(application_id, who)
    file_id = stored_scan(scan, MOST_MB)
    if file_id is None:
        raise FileRefused(most=MOST_MB)
    found.scores_signed_on, found.scores_chief, found.scores_file_id = signed_on, chief.strip()[:80], file_id
    found.scores_by_account_id, found.scores_at = who.account_id, now
    record("hosting.file.scores", "hosting", application_id, signed_on=signed_on.isoformat())


def hand_in(application_id: int, who: Principal, now: datetime) -> None:
    """Hand the file in. raise (FileIncomplete): something that must be there is missing. raise (FileNotOpen)."""
    found = own_file(application_id, who)
    row = loading.own(application_id, who)
    seen = file_view(row)
    missing = [item for item in seen.items if item.is_hard and not item.is_done] if seen is not None else []
    if seen is None or missing:
        raise FileIncomplete(count=len(missing))
    found.state, found.sent_by_account_id, found.sent_at = "sent", who.account_id, now
    is_late = found.due_at is not None and now >= found.due_at
    record("hosting.file.send", "hosting", application_id, late=is_late)


def review_file(application_id: int, result: str, reason: str, who: Principal, now: datetime) -> None:
    """The host's word on a file: accepted | returned | poor. raise (ReasonNeeded, ReviewNotDue)."""
    row = loading.at_desk(application_id, who, DECIDE, lock=True)
    loading.keep_away(row, who)
    found = db.session.get(HostingPerformance, row.id, with_for_update=True)
    reason = reason.strip()[:MOST_REASON]
    if not reason:
        raise ReasonNeeded
    if found is None or found.state != "sent" or result not in WORDS:
        raise ReviewNotDue
    found.state, found.review_reason = result, reason
    found.reviewed_by_account_id, found.reviewed_at = who.account_id, now
    tell_applicant(row, WORDS[result], {"title": row.title, "reason": reason})
    record("hosting.file.review", "hosting", row.id, reason, result=result)


def note_payment(application_id: int, half: str, paid_on: date, who: Principal, now: datetime) -> None:
    """Tick that one half was paid: the first once it is granted, the second once the file is accepted.

    raise (PaymentNotDue): not due, nothing granted, or noted already. raise (ApplicationMissing)."""
    row = loading.at_desk(application_id, who, DECIDE, lock=True)
    amount = payments_due(row).get(half)
    if amount is None or db.session.get(HostingPayment, (row.id, half)) is not None:
        raise PaymentNotDue
    db.session.add(
        HostingPayment(
            application_id=row.id,
            half=half,
            amount=amount,
            paid_on=paid_on,
            by_account_id=who.account_id,
            at=now,
        )
    )
    record("hosting.paid", "hosting", row.id, half=half, amount=amount, paid_on=paid_on.isoformat())


def payments_due(row: HostingApplication) -> dict[str, int]:
    """half -> yuan that may be noted as paid by now. Source: CONTESTS 5 (half before the start, half after the review)."""
    told = terms_for(row).value("support-payments")
    if told is None or row.state not in DECIDED or not row.granted_support:
        return {}
    first, second = halves(row.granted_support, told["before_start_pct"])
    found = db.session.get(HostingPerformance, row.id)
    is_accepted = found is not None and found.state == "accepted"
    return {"first": first, "second": second} if is_accepted else {"first": first}


def own_file(application_id: int, who: Principal) -> HostingPerformance:
    """The file of an application that this person's organisation leads, while it may be changed.

    raise (FileNotOpen, ApplicationMissing)."""
    row = loading.own(application_id, who, lock=True)
    found = db.session.get(HostingPerformance, row.id, with_for_update=True)
    if found is None:
        raise ApplicationMissing
    if found.state not in {"open", "returned"}:
        raise FileNotOpen
    return found
