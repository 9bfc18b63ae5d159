"""The receipt of a submission: a digest that the contestant keeps and anybody can compute again."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

RECEIPT_VERSION = 1


@dataclass(frozen=True)
class Submission:
    """What was submitted. answers: stored form per slot, "" = none; seqs: their sequence numbers."""

    attempt_id: int
    participation_id: int
    paper_digest: str
    answers: Sequence[str]
    seqs: Sequence[int]


def submission_digest(submission: Submission) -> str:
    """SHA-256 (hex) over canonical JSON: sorted keys, no spaces, UTF-8."""
    facts = {
        "answers": list(submission.answers),
        "attempt": submission.attempt_id,
        "paper": submission.paper_digest,
        "participation": submission.participation_id,
        "seqs": list(submission.seqs),
        "version": RECEIPT_VERSION,
    }
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def receipt_code(digest: str, submitted_at: datetime) -> str:
    """Sixteen letters and digits to write down, XXXX-XXXX-XXXX-XXXX, from digest and instant (UTC)."""
    instant = submitted_at.astimezone(UTC).isoformat(timespec="microseconds")
    short = hashlib.sha256(f"{digest}|{instant}".encode()).digest()[:10]
    code = base64.b32encode(short).decode()
    return "-".join(code[at : at + 4] for at in range(0, 16, 4))
