"""The question bank of the world."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.integration.registration.stand import Stand
from webapp.banks.models import (
    Bank,
    BankUpload,
    BankVersion,
    Question,
    QuestionComment,
)
from webapp.media.models import StoredFile


def of_bank(session: Session, stand: Stand, version: BankVersion) -> dict[str, int | str]:
    bank = session.get_one(Bank, version.bank_id)
    bank.organisation_id = stand.city.id
    file = StoredFile(digest="0" * 64, public_name="1" * 32, size_bytes=1, media_type="text/plain")
    session.add(file)
    session.flush()
    upload = BankUpload(bank_id=bank.id, file_id=file.id, file_name="题库.xlsx", state="failed")
    session.add(upload)
    session.flush()
    return {
        "banks.code": bank.code,
        "exam.bank_analyses.code": bank.code,
        "exam.preview_question.code": bank.code,
        "exam.settle_comment.code": bank.code,
        "comment_id": _comment(session, bank),
        **{
            f"exam.{name}.{part}": value
            for name in (
                "question_life",
                "retire_question",
                "ask_question_back",
                "restore_question",
                "comment_question",
            )
            for part, value in (("code", bank.code), ("key", "q-0"))
        },
        "banks.key": "q-0",
        "banks.upload_id": upload.id,
        "number": version.number,
    }


def _comment(session: Session, bank: Bank) -> int:
    question = session.scalars(select(Question).where(Question.bank_id == bank.id).limit(1)).one()
    row = QuestionComment(question_id=question.id, account_id=0, said="请核对")
    session.add(row)
    session.flush()
    return row.id
