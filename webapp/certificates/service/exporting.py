"""Taking the list of a stage's certificates away: masked unless allowed, always noted."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from webapp.audit.service import record
from webapp.certificates.queries.certificates import CertificateView, everything
from webapp.contests.queries import StageView
from webapp.core.clock import SHANGHAI
from webapp.leaderboard.formats.workbook import Cell, workbook
from webapp.leaderboard.rules.masking import masked_name

MASK = "first_character"


@dataclass(frozen=True)
class ListWords:
    """The words of a list in the reader's language. pick: the reader's language of a {zh, en} pair."""

    title: str
    note: str
    head: tuple[str, ...]
    valid: str
    revoked: str
    pick: Callable[[Mapping[str, str]], str]


def certificate_list(stage: StageView, words: ListWords, reason: str, *, whole_names: bool) -> bytes:
    """All certificates of a stage as .xlsx; the export is noted with reason, size and digest."""
    found = everything(stage.stage_id)
    rows = [_cells(one, words, whole_names=whole_names) for one in found]
    made = workbook(words.title, (words.note,), words.head, rows)
    record(
        "certificate.export",
        "stage",
        stage.stage_id,
        why=reason,
        rows=len(rows),
        whole_names=whole_names,
        digest=hashlib.sha256(made).hexdigest(),
    )
    return made


def _cells(one: CertificateView, words: ListWords, *, whole_names: bool) -> list[Cell]:
    said = one.facts
    return [
        one.serial,
        words.pick(said.award),
        said.number,
        said.name if whole_names else masked_name(said.name, MASK),
        said.unit,
        said.rank,
        f"{one.issued_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        words.valid if one.is_valid else words.revoked,
        one.reason,
    ]
