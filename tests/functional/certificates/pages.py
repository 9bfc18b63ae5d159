"""What the tests of certificates' pages share."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import make_account
from tests.functional.awards.pages import post
from tests.integration.leaderboard.boards import Board
from tests.integration.stages.stand import Graded
from webapp.accounts.models import Account, Person
from webapp.awards.models import AwardLine
from webapp.certificates.models import Certificate, CertificateRun
from webapp.certificates.queries import reached
from webapp.certificates.service import stepping
from webapp.certificates.service.revoking import ask_revoke
from webapp.contests.models import Stage
from webapp.core import clock
from webapp.leaderboard.models import BoardSnapshot
from webapp.leaderboard.service.closing import digest_of

RunJobs = Callable[[], int]
CHANGES = {
    'conditions = {learning = "finished", exam = "finished"}\n\n[[profiles.awards]]\ncode = "e-promotion"': (
        'conditions = {exam = "finished"}\n\n[[profiles.awards]]\ncode = "e-promotion"'
    )
}
"""Whoever has sat the preliminary has finished it."""
ALL = {"e-participation": 6, "rank-certificate": 4, "may-day-medal": 1, "medal": 3}
NUMBERS = re.compile(r"(\d+) / (\d+)")


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.text
    return response.text


def contestant(session: Session, board: Board, at: int = 0) -> Account:
    return make_account(session.get_one(Person, board.people[at].person_id))


def revoke(session: Session, serial: str, reason: str = "姓名登记有误") -> None:
    ask_revoke(serial, reason, 0, two_person=False, now=clock.now())
    session.commit()


def keep_final(session: Session, graded: Graded, many: int, number: int = 90, order: int = 1) -> None:
    shown = list(zip(graded.entries, graded.numbers, strict=True))[:many][::order]
    rows = [
        {"entry_id": entry, "rank": rank, "number": contestant}
        for rank, (entry, contestant) in enumerate(shown, 1)
    ]
    session.add(
        BoardSnapshot(
            stage_id=final_of(session, graded), number=number, kind="final", rows=rows, digest=digest_of(rows)
        )
    )
    session.commit()


def final_of(session: Session, graded: Graded) -> int:
    return session.scalars(
        select(Stage.id).where(Stage.event_id == graded.event_id, Stage.code == "final")
    ).one()


def page_of(graded: Graded) -> str:
    return f"/staff/certificates/events/{graded.event_id}"


def decide(client: FlaskClient, session: Session, graded: Graded) -> None:
    """The awards of the final are derived, given as far as they can be said, and closed."""
    staff = f"/staff/awards/{final_of(session, graded)}"
    post(client, f"{staff}/derive")
    lines = session.scalars(select(AwardLine.id).where(AwardLine.state == "candidate")).all()
    post(client, f"{staff}/decide", lines=list(lines), decision="granted")
    post(client, f"{staff}/close")


def issued(session: Session) -> dict[str, int]:
    """Award -> certificates; whoever has two of one award would be counted twice."""
    session.rollback()
    found = session.execute(
        select(Certificate.award_code, func.count().label("many")).group_by(Certificate.award_code)
    )
    return {row.award_code: row.many for row in found}


def the_run(session: Session) -> CertificateRun:
    session.rollback()
    return session.scalars(select(CertificateRun).order_by(CertificateRun.id.desc()).limit(1)).one()


def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reached, "BATCH", 2)
    monkeypatch.setattr(stepping, "BATCH", 2)
