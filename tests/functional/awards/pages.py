"""What the tests of awards share: a final list, and what the pages are asked."""

import io
from typing import Any

import openpyxl
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account
from tests.integration.stages.stand import Graded
from webapp.accounts.models import Account, Person
from webapp.awards.models import AwardLine, AwardList
from webapp.core.db import db
from webapp.leaderboard.models import BoardSnapshot

AT_THE_END = {"quota = 100\n": "quota = 30\n", 'stage = "final"': 'stage = "preliminary"'}
CANDIDATES = ("may-day-medal", "technician", "senior-worker", "medal", "recuperation")


def keep_final(graded: Graded, number: int = 90, order: int = 1) -> None:
    """The final list of the stage: everybody, in their order."""
    rows = [
        {"entry_id": entry, "rank": rank, "number": contestant, "promoted": True}
        for rank, (entry, contestant) in enumerate(
            list(zip(graded.entries, graded.numbers, strict=True))[::order], 1
        )
    ]
    kept = BoardSnapshot(stage_id=graded.stage_id, number=number, kind="final", rows=rows, digest="test")
    db.session.add(kept)
    db.session.commit()


def post(client: FlaskClient, address: str, status: Any = 303, **data: Any) -> str:
    response = client.post(address, data=data)
    assert response.status_code == status, response.text
    return response.text


def rows_of(workbook: bytes) -> list[tuple[Any, ...]]:
    sheet: Any = openpyxl.load_workbook(io.BytesIO(workbook)).active
    return list(sheet.iter_rows(values_only=True))


def lines(session: Session, award: str) -> list[AwardLine]:
    session.expire_all()
    found = select(AwardLine).join(AwardList, AwardList.id == AwardLine.list_id).where(
        AwardLine.award_code == award, AwardList.state != "superseded"
    )  # fmt: skip
    return list(session.scalars(found.order_by(AwardLine.position)))


def account_of(person_id: int) -> Account:
    found = db.session.scalars(select(Account).where(Account.person_id == person_id)).one_or_none()
    return found or make_account(db.session.get_one(Person, person_id))
