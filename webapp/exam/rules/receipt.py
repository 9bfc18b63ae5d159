"""The receipt of a submission: a digest that the contestant keeps and anybody can compute again."""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

TITLE = "jiangsai submission 1"

MAX_CLAIM_CHARS = 20_000
ATTEMPT_LABEL = "Attempt"
_ATTEMPT = re.compile(rf"\b{ATTEMPT_LABEL}\D{{0,40}}:\s*(\d{{1,17}})\b", re.ASCII)
_DIGEST = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])")
_CODE = re.compile(
    r"(?<![A-Z0-9])([A-Z2-7]{4})[- ]?([A-Z2-7]{4})[- ]?([A-Z2-7]{4})[- ]?([A-Z2-7]{4})(?![A-Z0-9])"
)


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


@dataclass(frozen=True)
class Claim:
    """What a person says about a receipt; at least the code or the digest is there."""

    attempt_id: int | None
    code: str
    digest: str


def read_claim(text: str) -> Claim | None:
    """The receipt in any text: the downloaded file, a copied line, a code typed with or without hyphens.

    None when there is neither a code nor a digest in it."""
    words = unicodedata.normalize("NFKC", text[:MAX_CLAIM_CHARS])
    digest = _DIGEST.search(words)
    code = _CODE.search(words.upper())
    if digest is None and code is None:
        return None
    attempt = _ATTEMPT.search(words)
    return Claim(
        attempt_id=int(attempt[1]) if attempt else None,
        code="-".join(code.groups()) if code else "",
        digest=digest[0].lower() if digest else "",
    )


def receipt_file(title: str, lines: Sequence[tuple[str, str]]) -> str:
    """The receipt as a small text that `read_claim` reads again: a title, then one fact a line."""
    end = "\r\n"  # the notepad of an old Windows shows lines only so
    return end.join([title, "=" * 40, *(f"{name}: {value}" for name, value in lines), ""])
