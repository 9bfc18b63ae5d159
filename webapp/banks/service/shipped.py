"""Banks that come with the program: imported and approved once."""

from pathlib import Path

from sqlalchemy import select

from webapp.banks.formats.toml_bank import read_folder
from webapp.banks.models import Bank, BankVersionQuestion, QuestionKeyRow, QuestionVersion
from webapp.banks.models import Question as QuestionRow
from webapp.banks.rules.schema import BankFile
from webapp.banks.rules.storage import key_to_json
from webapp.banks.service.review import approve, submit
from webapp.banks.service.versions import Stored, create_bank, store_version
from webapp.core.db import db


def import_shipped(folder: Path, setter_account_id: int, reviewer_account_id: int) -> Stored | None:
    """Store, submit and approve the bank of a shipped folder, unless its content is in force already.

    Raise ValueError naming the first problem when the folder has an error."""
    result = read_folder(folder)
    errors = [problem for problem in result.problems if problem.is_error]
    if errors:
        raise ValueError(f"{errors[0].file}:{errors[0].row} {errors[0].code} {errors[0].value}")
    file = result.bank
    bank = db.session.scalars(select(Bank).where(Bank.code == file.code)).one_or_none()
    bank_id = (
        bank.id
        if bank
        else create_bank(
            file.code,
            {"zh": file.title_zh, "en": file.title_en},
            setter_account_id,
            {"zh": file.description_zh, "en": file.description_en},
            language=file.language,
            licence=file.licence,
        )
    )
    if (
        bank is not None
        and bank.approved_version_id is not None
        and _holds_exactly(bank.approved_version_id, file)
    ):
        return None
    stored = store_version(bank_id, file, setter_account_id)
    if stored.is_new:
        submit(stored.version_id, setter_account_id)
    approve(stored.version_id, reviewer_account_id)
    return stored


def _holds_exactly(version_id: int, file: BankFile) -> bool:
    """Whether a version has the same keys, stems and answers as a file (pictures are not compared)."""
    rows = db.session.execute(
        select(
            QuestionRow.key,
            QuestionVersion.stem,
            QuestionVersion.options,
            QuestionKeyRow.answer,
            QuestionKeyRow.explanation,
        )
        .join(QuestionVersion, QuestionVersion.question_id == QuestionRow.id)
        .join(BankVersionQuestion, BankVersionQuestion.question_version_id == QuestionVersion.id)
        .join(QuestionKeyRow, QuestionKeyRow.question_version_id == QuestionVersion.id)
        .where(BankVersionQuestion.bank_version_id == version_id)
    )
    present = {row.key: (row.stem, row.options, row.answer, row.explanation) for row in rows}
    wanted = {
        question.key: (
            question.public.stem,
            list(question.public.options),
            key_to_json(question.secret)[0],
            question.secret.explanation,
        )
        for question in file.questions
    }
    return present == wanted
