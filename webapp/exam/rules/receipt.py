"""The receipt of a submission: a digest that the contestant keeps and anybody can compute again."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

TITLE = "jiangsai submission 1"


@dataclass(frozen=True)
class Submission:
    """What was submitted. answers: stored form per slot, "" = none; seqs: their sequence numbers."""

    attempt_id: int
    participation_id: int
    paper_digest: str
    answers: Sequence[str]
    seqs: Sequence[int]


def submission_digest(submission: Submission) -> str:
    """SHA-256 (hex) over UTF-8 lines, so that the database computes the same for thousands at once:
    a title, attempt, participation and paper digest, then per slot `sequence:bytes:answer`."""
    lines = [TITLE, str(submission.attempt_id), str(submission.participation_id), submission.paper_digest]
    lines += [
        f"{seq}:{len(answer.encode())}:{answer}"
        for seq, answer in zip(submission.seqs, submission.answers, strict=True)
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def receipt_code(digest: str, submitted_at: datetime) -> str:
    """Sixteen letters and digits to write down, XXXX-XXXX-XXXX-XXXX, from digest and instant (UTC)."""
    instant = submitted_at.astimezone(UTC).isoformat(timespec="microseconds")
    short = hashlib.sha256(f"{digest}|{instant}".encode()).digest()[:10]
    code = base64.b32encode(short).decode()
    return "-".join(code[at : at + 4] for at in range(0, 16, 4))
