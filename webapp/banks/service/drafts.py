"""The open draft of a bank: single questions change in it, stored question versions never.

Callers wrap writing calls in `with keys_scope(), transaction():`."""

from sqlalchemy import delete, func, insert, literal, select, update

from webapp.audit import service as audit
from webapp.banks.models import Bank, BankVersion, BankVersionQuestion, QuestionVersion
from webapp.banks.service.versions import newest_version, set_digest
from webapp.core.db import db
from webapp.core.errors import NotFound

APPROVED = frozenset({"approved", "superseded"})


def open_draft(bank_id: int, account_id: int, note: str = "") -> BankVersion:
    """The draft of a bank, held until the end of this transaction; made from the newest version where none is
    open. Whoever edits it is noted: none of them approves it. Raise NotFound."""
    if db.session.scalars(select(Bank).where(Bank.id == bank_id).with_for_update()).one_or_none() is None:
        raise NotFound
    newest = newest_version(bank_id)
    if newest is not None:
        newest = db.session.scalars(
            select(BankVersion)
            .where(BankVersion.id == newest.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
    if newest is None or newest.state != "draft":
        newest = _next(bank_id, newest, account_id, note)
    if account_id not in newest.edited_by:
        newest.edited_by = [*newest.edited_by, account_id]
    db.session.flush()
    return newest


def _next(bank_id: int, base: BankVersion | None, account_id: int, note: str) -> BankVersion:
    """A new draft with the questions of `base`, which nobody approves who changed what is not approved yet."""
    made = BankVersion(
        bank_id=bank_id,
        number=(base.number if base else 0) + 1,
        note=note,
        created_by_account_id=account_id,
        digest=base.digest if base else "",
        edited_by=[],
    )
    if base is not None and base.state not in APPROVED:
        made.edited_by = sorted({*base.edited_by, *filter(None, [base.created_by_account_id])})
    db.session.add(made)
    db.session.flush()
    if base is not None:
        members = select(
            literal(made.id), BankVersionQuestion.question_version_id, BankVersionQuestion.position
        ).where(BankVersionQuestion.bank_version_id == base.id)
        columns = ["bank_version_id", "question_version_id", "position"]
        db.session.execute(insert(BankVersionQuestion).from_select(columns, members))
    audit.record("bank.version", "bank", bank_id, version=made.number, copied=base.number if base else None)
    return made


def member_of(draft: BankVersion, question_id: int) -> int | None:
    """The version of a question that a draft holds, None when it holds none."""
    return db.session.scalar(
        select(BankVersionQuestion.question_version_id)
        .join(QuestionVersion, QuestionVersion.id == BankVersionQuestion.question_version_id)
        .where(
            BankVersionQuestion.bank_version_id == draft.id,
            QuestionVersion.question_id == question_id,
        )
    )


def replace_member(draft: BankVersion, old_id: int | None, new_id: int | None) -> None:
    """Put a question version in the place of another; old None: at the end, new None: it leaves."""
    mine = BankVersionQuestion.bank_version_id == draft.id
    if old_id is not None and new_id is not None:
        db.session.execute(
            update(BankVersionQuestion)
            .where(mine, BankVersionQuestion.question_version_id == old_id)
            .values(question_version_id=new_id)
        )
    elif old_id is not None:
        db.session.execute(
            delete(BankVersionQuestion).where(mine, BankVersionQuestion.question_version_id == old_id)
        )
    elif new_id is not None:
        last = db.session.scalar(select(func.max(BankVersionQuestion.position)).where(mine))
        db.session.execute(
            insert(BankVersionQuestion).values(
                bank_version_id=draft.id,
                question_version_id=new_id,
                position=0 if last is None else last + 1,
            )
        )


def seal_digest(draft: BankVersion) -> None:
    """Write the digest of the set that a draft holds now."""
    members = db.session.scalars(
        select(BankVersionQuestion.question_version_id).where(BankVersionQuestion.bank_version_id == draft.id)
    )
    draft.digest = set_digest(members)
    db.session.flush()
