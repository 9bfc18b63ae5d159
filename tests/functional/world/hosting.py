"""An application of the world: sent, with a file, by alice's unit, to a contest that takes applications."""

from datetime import date

from sqlalchemy.orm import Session

from tests.functional.hosting.stand import load
from webapp.accounts.models import Account
from webapp.contests.queries import rules_of
from webapp.core import clock
from webapp.hosting.models import (
    HostingApplication,
    HostingFile,
    HostingPerformance,
    HostingPiece,
    HostingUpload,
)
from webapp.media import service as media
from webapp.organisations.models import Organisation

PDF = b"%PDF-1.7\nplan\n%%EOF\n"


def of_hosting(session: Session, unit: Organisation, writer: Account) -> dict[str, int | str]:
    """The ids that the pages of applications ask for."""
    contest_id = load("haidian-2026")
    row = HostingApplication(
        contest_id=contest_id,
        organisation_id=unit.id,
        offer="trade",
        title="工业机器人系统操作员",
        state="settled",
        told={"what": {"title": "工业机器人系统操作员"}, "plan": {"first_day": date(2027, 5, 1).isoformat()}},
        begun_by_account_id=writer.id,
        begun_at=clock.now(),
        sent_at=clock.now(),
    )
    session.add(row)
    session.flush()
    file = HostingFile(
        application_id=row.id,
        kind="attachment",
        name="plan.pdf",
        file_id=media.store(PDF, "application/pdf"),
        size_bytes=len(PDF),
        by_account_id=writer.id,
        arrived_at=clock.now(),
    )
    upload = HostingUpload(
        application_id=row.id,
        kind="photo",
        name="a.png",
        size_bytes=len(PDF),
        piece_bytes=len(PDF),
        digest="0" * 64,
        by_account_id=writer.id,
        started_at=clock.now(),
        completed_at=clock.now(),
    )
    session.add_all([file, upload])
    session.flush()
    session.add_all(
        [
            HostingPiece(upload_id=upload.id, number=0, file_id=file.file_id, arrived_at=clock.now()),
            HostingPerformance(
                application_id=row.id,
                ended_on=date(2027, 5, 1),
                scores_file_id=file.file_id,
                scores_at=clock.now(),
            ),
        ]
    )
    session.flush()
    return {
        "hosting.application_id": row.id,
        "hosting.file_id": file.id,
        "hosting.upload_id": upload.id,
        "hosting.number": 0,
        "hosting.name": "what",
        "calendars.year": 2026,
        "hosting.contest": rules_of(contest_id).code,
    }
