"""Topic, difficulty and tags of many questions of a bank's open draft, in one transaction. Inside keys_scope()."""

from collections.abc import Collection
from dataclasses import dataclass

from webapp.audit import service as audit
from webapp.banks.queries.editing import edited_questions
from webapp.banks.rules.bulk import BulkChange
from webapp.banks.rules.schema import BankFile
from webapp.banks.service.drafts import open_draft, replace_member, seal_digest
from webapp.banks.service.versions import question_rows, store_questions, store_topics


@dataclass(frozen=True)
class Bulk:
    """What a change did or would do: the keys of the questions it changes, and the draft they stand in then."""

    keys: tuple[str, ...]
    draft: int = 0


def planned(bank_id: int, keys: Collection[str], change: BulkChange) -> Bulk:
    """Which of these questions a change would change. Nothing is stored."""
    found = edited_questions(bank_id, keys)
    return Bulk(tuple(one.question.key for one in found if change.applied(one.question) != one.question))


def change_many(bank_id: int, keys: Collection[str], change: BulkChange, account_id: int) -> Bulk:
    """Store new versions of those of these questions that the change changes, all or none."""
    if not planned(bank_id, keys, change).keys:
        return Bulk(())
    draft = open_draft(bank_id, account_id)
    changed = []
    for one in edited_questions(bank_id, keys):
        question = change.applied(one.question)
        if question == one.question:
            continue
        topics = store_topics(bank_id, BankFile("", "", "", "", "", "", "", (), (question,)))
        rows = question_rows(bank_id, [question.key])
        files = {held.name: held.file_id for held in one.held}
        stored, _, _ = store_questions([question], [question.key], rows, topics, files, account_id)
        replace_member(draft, one.version_id, stored[0])
        changed.append(question.key)
    seal_digest(draft)
    audit.record(
        "bank.questions.change",
        "bank",
        bank_id,
        version=draft.number,
        keys=changed,
        topic=change.topic,
        difficulty=change.difficulty,
        added=list(change.add_tags),
        removed=list(change.remove_tags),
    )
    return Bulk(tuple(changed), draft.number)
