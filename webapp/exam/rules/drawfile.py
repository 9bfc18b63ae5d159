"""The published file of an exam's draws, and its check by somebody who trusts nobody.

The file holds what a paper was drawn from: the blueprint, the questions as numbers with type, topic and
difficulty (no texts), the secrets, and the digest of every paper. Whoever has it can draw every paper again.
What was promised before the exam is the SHA-256 of each secret."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.contests.rules.blueprint import Blueprint, from_json
from webapp.exam.rules.draw import PoolQuestion, draw_paper, paper_digest, paper_seed

FORMAT = "jiangsai-draws/1"


@dataclass(frozen=True)
class Wrong:
    """A paper that cannot be drawn again from what the file says."""

    participation_id: int
    number: int
    digest: str


@dataclass(frozen=True)
class Verdict:
    """papers: how many were drawn again. bad_secrets: digests whose secret does not fit them."""

    papers: int
    wrong: tuple[Wrong, ...]
    bad_secrets: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        return not self.wrong and not self.bad_secrets


class DrawFileInvalid(ValueError):
    """The file is not of this kind, or damaged. The text says where."""


def verify(data: Mapping[str, Any]) -> Verdict:
    """Draw every paper of the file again and compare digests. raise (DrawFileInvalid)."""
    try:
        if data["format"] != FORMAT:
            raise DrawFileInvalid(f"format is not {FORMAT}")
        blueprint = from_json(data["blueprint"])
        pools = _pools(data)
        secrets = [(str(item["digest"]), bytes.fromhex(item["secret"])) for item in data["secrets"]]
        papers = [(int(who), int(number), str(digest)) for who, number, digest in data["papers"]]
    except DrawFileInvalid:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise DrawFileInvalid(f"{type(error).__name__}: {error}") from error
    bad = tuple(digest for digest, secret in secrets if hashlib.sha256(secret).hexdigest() != digest)
    known = [secret for digest, secret in secrets if digest not in bad]
    wrong = tuple(Wrong(*paper) for paper in papers if not _fits(blueprint, pools, known, paper))
    return Verdict(len(papers), wrong, bad)


def _pools(data: Mapping[str, Any]) -> list[list[PoolQuestion]]:
    """The pool as it was at first, and after each question that was stopped."""
    whole = [
        PoolQuestion(int(version), str(kind), str(topic), str(difficulty))
        for version, kind, topic, difficulty in data["pool"]
    ]
    pools, gone = [whole], set[int]()
    for stopped in data.get("stopped", ()):
        gone.add(int(stopped))
        pools.append([question for question in whole if question.version_id not in gone])
    return pools


def _fits(
    blueprint: Blueprint,
    pools: Sequence[Sequence[PoolQuestion]],
    secrets: Sequence[bytes],
    paper: tuple[int, int, str],
) -> bool:
    participation_id, number, digest = paper
    for secret in secrets:
        seed = paper_seed(secret, participation_id, number)
        if any(paper_digest(draw_paper(blueprint, pool, seed), seed) == digest for pool in pools):
            return True
    return False
