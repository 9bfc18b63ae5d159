"""A question changed or added in the browser: a new question version in the bank's open draft."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from webapp.audit import service as audit
from webapp.banks.errors import KeyTaken, QuestionChanged
from webapp.banks.formats import sanitise
from webapp.banks.models import Question as QuestionRow
from webapp.banks.models import QuestionVersion
from webapp.banks.rules.schema import BankFile, Question, derived_key, map_key, map_public
from webapp.banks.service.drafts import member_of, open_draft, replace_member, seal_digest
from webapp.banks.service.versions import (
    content_digest,
    newest_version,
    question_rows,
    store_questions,
    store_topics,
)
from webapp.core.db import db

NOTHING_YET = 0


@dataclass(frozen=True)
class Saved:
    """What saving did. number: of the draft it stands in now; is_new: False when nothing was different."""

    key: str
    number: int
    is_new: bool = True


def cleaned(question: Question) -> Question:
    """The question with texts as they are stored: no HTML but the inline tags."""

    def clean(text: str) -> str:
        return sanitise.clean_text(text)[0]

    return replace(
        question,
        public=map_public(question.public, clean),
        secret=map_key(question.secret, question.public, clean),
        source=clean(question.source),
        tags=tuple(map(clean, question.tags)),
    )


def save_question(
    bank_id: int, question: Question, files: Mapping[str, int], base_id: int, account_id: int
) -> Saved:
    """Store what was typed as a new version of the question within the open draft.

    base_id: the question version that the form was made from, 0 for a new question. files: stored files by
    their names in the question. The question was checked (rules/check.py). raise (QuestionChanged): somebody
    saved it since, or it left the bank. raise (KeyTaken): a new question with the key of another."""
    question = cleaned(question)
    key = question.key or derived_key(question)
    _require_unchanged(bank_id, key, base_id)
    if base_id and db.session.get_one(QuestionVersion, base_id).digest == content_digest(
        question, files.get(question.public.picture), files
    ):
        newest = newest_version(bank_id)
        return Saved(key, newest.number if newest else 0, is_new=False)
    draft = open_draft(bank_id, account_id)
    # Held from here on; what was saved between the first look and the lock is seen by the second.
    _require_unchanged(bank_id, key, base_id)
    topics = store_topics(bank_id, BankFile("", "", "", "", "", "", "", (), (question,)))
    rows = question_rows(bank_id, [key])
    stored, _, _ = store_questions([question], [key], rows, topics, files, account_id)
    replace_member(draft, base_id or None, stored[0])
    seal_digest(draft)
    audit.record(
        "bank.question.save",
        "bank",
        bank_id,
        key=key,
        version=draft.number,
        question_version_id=stored[0],
        before=base_id or None,
    )
    return Saved(key, draft.number)


def _require_unchanged(bank_id: int, key: str, base_id: int) -> None:
    question_id = db.session.scalar(
        select(QuestionRow.id).where(QuestionRow.bank_id == bank_id, QuestionRow.key == key)
    )
    newest = newest_version(bank_id)
    now = member_of(newest, question_id) if newest is not None and question_id is not None else None
    if base_id == NOTHING_YET:
        if question_id is not None:
            raise KeyTaken(key=key)
    elif now != base_id:
        raise QuestionChanged
