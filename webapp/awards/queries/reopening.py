"""What opening a decided list again would touch, and the versions of a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, text

from webapp.accounts import queries as people
from webapp.awards.models import AwardLine, AwardList, AwardReopening
from webapp.awards.queries.lists import Line, lines_of
from webapp.awards.rules.levels import LEVEL_WORDS, SkillLevel
from webapp.awards.rules.reopening import Changes, Given
from webapp.contests.rules.schema import Award
from webapp.core.db import db
from webapp.core.words import N_, Message
from webapp.leaderboard.rules.masking import masked_name

MASK = "first_character"
_CERTIFICATES = text(
    """
    SELECT c.serial, c.entry_id, c.award_code FROM certificates c
    JOIN unnest(CAST(:entries AS bigint[]), CAST(:awards AS text[])) AS w(entry_id, award_code)
      ON w.entry_id = c.entry_id AND w.award_code = c.award_code
    WHERE c.stage_id = :stage_id
      AND NOT EXISTS (SELECT FROM certificate_revocations r WHERE r.certificate_id = c.id)
    ORDER BY c.id
    """
)
_STRAY = text(
    """
    SELECT c.serial, c.award_code, p.number, n.id IS NOT NULL AS is_given FROM certificates c
    JOIN participations p ON p.id = c.participation_id
    LEFT JOIN award_lines n ON n.list_id = :list_id AND n.entry_id = c.entry_id
      AND n.award_code = c.award_code AND n.decision = 'granted'
    LEFT JOIN LATERAL (
        SELECT each.row ->> 'rank' AS rank FROM board_snapshots b, jsonb_array_elements(b.rows) AS each(row)
        WHERE b.id = :snapshot_id AND CAST(each.row ->> 'entry_id' AS bigint) = c.entry_id LIMIT 1) f ON true
    WHERE c.stage_id = :stage_id AND c.award_code = ANY(:awards)
      AND NOT EXISTS (SELECT FROM certificate_revocations r WHERE r.certificate_id = c.id)
      AND (n.id IS NULL OR c.facts ->> 'rank' <> f.rank)
      AND NOT EXISTS (SELECT FROM certificate_revocation_requests q
                      WHERE q.certificate_id = c.id AND q.state = 'waiting')
    ORDER BY c.id
    """
)
_ENTRIES = text(
    """
    SELECT e.id, p.number, h.name FROM entries e JOIN participations p ON p.id = e.participation_id
    JOIN persons h ON h.id = p.person_id WHERE e.id = ANY(:ids)
    """
)


@dataclass(frozen=True)
class Issued:
    """A certificate that counts. entry_id, award_code: what it was issued for."""

    serial: str
    entry_id: int
    award_code: str


@dataclass(frozen=True)
class Stray:
    """A certificate that the decided list does not bear out. number: of the contestant. is_given: the award is given,
    but the final list has another rank."""

    serial: str
    award_code: str
    number: str
    is_given: bool

    @property
    def why(self) -> Message:
        """What does not fit."""
        return Message(
            N_("the rank is another now") if self.is_given else N_("the award is not given any more")
        )


@dataclass(frozen=True)
class Touched:
    """One given award that would change or go. after_rank None: the rules give it no more. serials: certificates."""

    line: Line
    title: Mapping[str, str]
    after_rank: int | None
    after_amount: int | None
    after_level: Message | None
    serials: tuple[str, ...]


@dataclass(frozen=True)
class Added:
    """Somebody who would be a candidate."""

    title: Mapping[str, str]
    number: str
    name: str
    rank: int


@dataclass(frozen=True)
class Effect:
    """The whole effect as the page shows it. told: people who were told of the list; paid: yuan of what is touched."""

    touched: tuple[Touched, ...]
    added: tuple[Added, ...]
    kept: int
    told: int
    paid: Decimal
    levels: int
    certificates: int


@dataclass(frozen=True)
class ReopeningView:
    """Who asked to open a list again, why, and what became of it."""

    reopening_id: int
    list_number: int
    reason: str
    state: str
    asked_by_account_id: int
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True)
class VersionView:
    """One version of a stage's award list."""

    number: int
    state: str
    digest: str
    derived_at: datetime
    closed_at: datetime | None
    is_present: bool


def given_lines(list_id: int) -> list[Given]:
    """The awards that a list gives, in its order."""
    rows = db.session.scalars(
        select(AwardLine)
        .where(AwardLine.list_id == list_id, AwardLine.decision == "granted")
        .order_by(AwardLine.position)
    )
    return [
        Given(
            row.id,
            row.award_code,
            row.entry_id,
            row.rank,
            None if row.amount is None else int(row.amount),
            row.level,
        )
        for row in rows
    ]


def certificates_of(stage_id: int, given: Sequence[Given]) -> list[Issued]:
    """The certificates that were issued for these awards and count."""
    values = {
        "stage_id": stage_id,
        "entries": [one.entry_id for one in given],
        "awards": [one.award_code for one in given],
    }
    return [
        Issued(row.serial, row.entry_id, row.award_code) for row in db.session.execute(_CERTIFICATES, values)
    ]


def stray_certificates(one: AwardList, awards: Sequence[Award]) -> list[Stray]:
    """Certificates of these awards that the list gives no more, or that name another rank, and nobody has revoked."""
    values = {
        "stage_id": one.stage_id,
        "list_id": one.id,
        "snapshot_id": one.snapshot_id,
        "awards": [award.code for award in awards],
    }
    return [Stray(**row) for row in db.session.execute(_STRAY, values).mappings()]


def shown_effect(one: AwardList, changes: Changes, awards: Sequence[Award], *, whole_names: bool) -> Effect:
    """What opening a list again would touch, with names as the reader may see them."""
    lines = {line.line_id: line for line in lines_of(one.id, whole_names=whole_names)}
    titles = {award.code: {"zh": award.title.zh, "en": award.title.en} for award in awards}
    pairs = [*((before, None) for before in changes.gone), *changes.changed]
    serials: dict[tuple[int, str], list[str]] = {}
    for issued in certificates_of(one.stage_id, [before for before, _after in pairs]):
        serials.setdefault((issued.entry_id, issued.award_code), []).append(issued.serial)
    touched = tuple(
        Touched(
            line=lines[before.line_id],
            title=titles.get(before.award_code, {"zh": before.award_code, "en": before.award_code}),
            after_rank=after.rank if after else None,
            after_amount=after.amount if after else None,
            after_level=Message(LEVEL_WORDS[SkillLevel(after.level)]) if after and after.level else None,
            serials=tuple(serials.get((before.entry_id, before.award_code), ())),
        )
        for before, after in pairs
    )
    names = {
        row.id: row
        for row in db.session.execute(_ENTRIES, {"ids": [line.entry_id for line in changes.added]})
    }
    added = tuple(
        Added(
            title=titles.get(line.award_code, {"zh": line.award_code, "en": line.award_code}),
            number=names[line.entry_id].number,
            name=names[line.entry_id].name if whole_names else masked_name(names[line.entry_id].name, MASK),
            rank=line.rank,
        )
        for line in changes.added
    )
    return Effect(
        touched=touched,
        added=added,
        kept=len(changes.kept),
        told=len({line.person_id for line in lines.values() if line.decision}),
        paid=sum((each.line.granted_amount or Decimal(0) for each in touched), Decimal(0)),
        levels=sum(each.line.level is not None for each in touched),
        certificates=sum(len(each.serials) for each in touched),
    )


def reopenings(stage_id: int) -> list[ReopeningView]:
    """Who asked to open the lists of a stage again, the newest first."""
    rows = db.session.execute(
        select(AwardReopening, AwardList.number)
        .join(AwardList, AwardList.id == AwardReopening.list_id)
        .where(AwardList.stage_id == stage_id)
        .order_by(AwardReopening.id.desc())
    ).all()
    names = people.names_of_accounts(
        account_id
        for row in rows
        for account_id in (row.AwardReopening.asked_by_account_id, row.AwardReopening.decided_by_account_id)
        if account_id is not None
    )
    return [
        ReopeningView(
            each.id,
            row.number,
            each.reason,
            each.state,
            each.asked_by_account_id,
            names.get(each.asked_by_account_id, ""),
            each.asked_at,
            names.get(each.decided_by_account_id or 0, ""),
            each.decided_at,
        )
        for row in rows
        for each in (row.AwardReopening,)
    ]


def versions(stage_id: int) -> list[VersionView]:
    """Every version of a stage's award list that was decided or counts now, the newest first."""
    rows = db.session.scalars(
        select(AwardList).where(AwardList.stage_id == stage_id).order_by(AwardList.number.desc())
    )
    return [
        VersionView(
            row.number,
            row.state,
            row.digest,
            row.derived_at,
            row.closed_at,
            row.state not in ("superseded", "reopened"),
        )
        for row in rows
        if row.closed_at is not None or row.state not in ("superseded", "reopened")
    ]


def version_of(stage_id: int, number: int) -> AwardList | None:
    """One version of a stage's award list."""
    return db.session.scalars(
        select(AwardList).where(AwardList.stage_id == stage_id, AwardList.number == number)
    ).one_or_none()
