"""The receipt: everything that was submitted shows in it."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.exam.rules.receipt import (
    Claim,
    Submission,
    read_claim,
    receipt_code,
    receipt_file,
    submission_digest,
)

SUBMISSION = Submission(7, 3, "ab" * 32, ("A", "", '["触电"]'), (4, 0, 2))
AT = datetime(2026, 5, 22, 1, 0, tzinfo=UTC)


def test_the_digest_is_pinned_so_that_old_receipts_verify() -> None:
    assert submission_digest(SUBMISSION) == PINNED


PINNED = "db0364c0f0c36675bd8a8875af1955edfc7d906ca36e9f51cf1e7cde896b1db5"


@pytest.mark.parametrize(
    "changed",
    [
        replace(SUBMISSION, attempt_id=8),
        replace(SUBMISSION, participation_id=4),
        replace(SUBMISSION, paper_digest="cd" * 32),
        replace(SUBMISSION, answers=("A", "B", '["触电"]')),
        replace(SUBMISSION, seqs=(4, 1, 2)),
    ],
    ids=["attempt", "person", "paper", "answer", "sequence"],
)
def test_any_change_changes_the_digest(changed: Submission) -> None:
    assert submission_digest(changed) != submission_digest(SUBMISSION)


def test_the_code_is_short_and_depends_on_the_instant_not_on_its_zone() -> None:
    code = receipt_code(PINNED, AT)
    assert re.fullmatch(r"([A-Z2-7]{4}-){3}[A-Z2-7]{4}", code)
    assert receipt_code(PINNED, AT.astimezone(timezone(timedelta(hours=8)))) == code
    assert receipt_code(PINNED, AT + timedelta(microseconds=1)) != code


CODE = receipt_code(PINNED, AT)


@pytest.mark.parametrize(
    ("text", "attempt_id", "code", "digest"),
    [
        (CODE, None, CODE, ""),
        (CODE.lower().replace("-", " "), None, CODE, ""),
        (f"  {CODE.replace('-', '')}\n", None, CODE, ""),
        (PINNED.upper(), None, "", PINNED),
        (
            receipt_file("回执", [("Attempt", "12"), ("回执编号", CODE), ("SHA-256", PINNED)]),
            12,
            CODE,
            PINNED,
        ),
    ],
    ids=["code", "typed", "without hyphens", "digest", "file"],
)
def test_a_receipt_is_read_in_every_way_people_give_it(
    text: str, attempt_id: int | None, code: str, digest: str
) -> None:
    assert read_claim(text) == Claim(attempt_id, code, digest)


@pytest.mark.parametrize("text", ["", "hello", "a" * 63, "g" * 64, "ABCD-EFGH", "1111-1111-1111-1111"])
def test_what_is_no_receipt_is_not_taken_for_one(text: str) -> None:
    assert read_claim(text) is None


@given(st.text())
def test_no_text_at_all_breaks_the_reader(text: str) -> None:
    claim = read_claim(text)
    assert claim is None or claim.code or claim.digest
