"""How far the steps of large lists are."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text

from webapp.accounts import queries as people
from webapp.core.db import db
from webapp.core.problems import message_from_json
from webapp.core.words import N_, Message
from webapp.stages.models import StageRun
from webapp.stages.rules.orders import LARGE, Kind

SHOWN_FOR = timedelta(hours=24)
"""So long the page of a stage says what became of the last run (p)."""

SILENT_S = 60
"""After so many seconds without a sign of life the page says so (p)."""

_LARGE = text("SELECT EXISTS (SELECT FROM entries WHERE event_id = :event_id OFFSET :most)")

WORDS = {
    Kind.FREEZE: N_("The board is being frozen"),
    Kind.DECIDE: N_("Everybody undecided is being decided"),
    Kind.POST: N_("The public notice is being posted"),
    Kind.AMEND: N_("The amended notice is being posted"),
    Kind.SUPPLEMENT: N_("The supplementary notice is being posted"),
    Kind.FINALISE: N_("The list is being made final"),
    Kind.AGREE: N_("What a second person agreed to is being done"),
    Kind.CLOSE: N_("The final list of this stage is being made"),
}
NOT_DONE = {
    Kind.FREEZE: N_("The board was not frozen."),
    Kind.DECIDE: N_("The decision was not noted."),
    Kind.POST: N_("The public notice was not posted."),
    Kind.AMEND: N_("The amended notice was not posted."),
    Kind.SUPPLEMENT: N_("The supplementary notice was not posted."),
    Kind.FINALISE: N_("The list was not made final."),
    Kind.AGREE: N_("What a second person agreed to was not done."),
    Kind.CLOSE: N_("The final list of this stage was not made."),
}
PHASES = {
    "": N_("The list is being read"),
    "standings": N_("Standings computed"),
    "rows": N_("Lines written"),
    "decisions": N_("Decisions noted"),
    "telling": N_("People told"),
}


@dataclass(frozen=True)
class RunView:
    """A step of a large list. state: making | done | refused | failed. silent_s: seconds since its last sign of life."""

    kind: Kind
    state: str
    is_at_work: bool
    phase: str
    done: int
    total: int
    waits: bool
    count: int
    refusal: Message | None
    asked_by_account_id: int | None
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    beat_at: datetime | None

    @property
    def words(self) -> Message:
        return Message(WORDS[self.kind])

    @property
    def refused_words(self) -> Message:
        return Message(NOT_DONE[self.kind])

    @property
    def phase_words(self) -> Message:
        return Message(PHASES[self.phase])

    def is_silent(self, now: datetime) -> bool:
        """Whether its worker has given no sign of life for a while."""
        return (
            self.is_at_work and self.beat_at is not None and (now - self.beat_at).total_seconds() > SILENT_S
        )

    @property
    def seconds(self) -> int:
        """How long it took, from asking on."""
        return round((self.finished_at - self.asked_at).total_seconds()) if self.finished_at else 0


def is_large(event_id: int) -> bool:
    """Whether the lists of an event are left to a worker."""
    return bool(db.session.scalar(_LARGE, {"event_id": event_id, "most": LARGE}))


def under_way(stage_id: int) -> RunView | None:
    """The run that is at a list of this stage."""
    found = newest(stage_id)
    return found if found is not None and found.state == "making" else None


def newest(stage_id: int) -> RunView | None:
    """The last run of a stage."""
    row = db.session.scalars(
        select(StageRun).where(StageRun.stage_id == stage_id).order_by(StageRun.id.desc()).limit(1)
    ).one_or_none()
    if row is None:
        return None
    by = row.asked_by_account_id
    return RunView(
        kind=Kind(row.kind),
        state=row.state,
        is_at_work=row.state == "making" and bool(row.worker),
        phase=row.phase,
        done=row.done,
        total=row.total,
        waits=row.waits,
        count=row.count,
        refusal=message_from_json(row.refusal) if row.refusal else None,
        asked_by_account_id=by,
        asked_by=people.names_of_accounts([by]).get(by, "") if by else "",
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        beat_at=row.beat_at,
    )


def worth_telling(stage_id: int, now: datetime) -> RunView | None:
    """The last run of a stage while it is under way, and for a day after it ended."""
    found = newest(stage_id)
    if found is None or (found.finished_at is not None and found.finished_at < now - SHOWN_FOR):
        return None
    return found
