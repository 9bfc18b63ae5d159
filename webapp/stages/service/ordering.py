"""Carrying a step of a list out, whoever calls: a request for a small event, a worker for a large one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from webapp.access.principal import Principal
from webapp.certificates.rules.award import needs_list
from webapp.certificates.service.issuing import awards_of
from webapp.certificates.service.running import follow_list
from webapp.contests.queries import stage_by_id
from webapp.leaderboard.service.finals import freeze_final
from webapp.stages.models import StageAction
from webapp.stages.rules.orders import Kind, Order
from webapp.stages.rules.states import Decision
from webapp.stages.service import freezing, posting, rechecking
from webapp.stages.service.posting import Asked, ExtraDays


@dataclass(frozen=True)
class By:
    """For whom it is done. two_person: as the setting was when it was asked for."""

    who: Principal
    at: datetime
    two_person: bool

    @property
    def asked(self) -> Asked:
        return Asked(self.who.account_id, self.at, self.two_person)


@dataclass(frozen=True)
class Done:
    """waits: a second person has to agree first. count: people it concerned, where it is told."""

    waits: bool = False
    count: int = 0


def carry_out(order: Order, by: By) -> Done:
    """Do it in the caller's transaction. raise (DomainError): it is refused, with the words of the step."""
    return _DOING[order.kind](order, by)


def close_open(stage_id: int, now: datetime) -> Done:
    """Freeze the final list of an open stage that is over, once, and have its certificates by rank issued."""
    made = freeze_final(stage_id, last_rank(stage_id))
    follow_list(stage_id, made.id, None, now)
    return Done(count=len(made.rows))


def last_rank(stage_id: int) -> int:
    """The last rank that a stage has a certificate for; 0: none by rank."""
    awards = awards_of(stage_by_id(stage_id))
    return max((award.rank_to for award in awards if needs_list(award)), default=0)


def days_payload(extra: ExtraDays) -> dict[str, list[str]]:
    """The days that a host adds, as an order keeps them."""
    return {"off": [day.isoformat() for day in extra.off], "work": [day.isoformat() for day in extra.work]}


def _extra(payload: Mapping[str, Any]) -> ExtraDays:
    return ExtraDays(
        tuple(date.fromisoformat(day) for day in payload["off"]),
        tuple(date.fromisoformat(day) for day in payload["work"]),
    )


def _freeze(order: Order, by: By) -> Done:
    freezing.freeze(order.stage_id, by.who.account_id, by.at, order.payload["reason"])
    return Done()


def _decide(order: Order, by: By) -> Done:
    """Whoever is undecided when it is done, not when it was asked for."""
    chosen = rechecking.undecided(order.stage_id)
    word, reason = Decision(order.payload["decision"]), order.payload["reason"]
    return Done(count=rechecking.decide(order.stage_id, chosen, word, reason, by.who, by.at))


def _post(order: Order, by: By) -> Done:
    return _of(posting.ask_post(order.stage_id, _extra(order.payload), by.asked))


def _amend(order: Order, by: By) -> Done:
    return _of(posting.ask_amend(order.stage_id, order.payload["reason"], _extra(order.payload), by.asked))


def _supplement(order: Order, by: By) -> Done:
    """stage_id: whose list it is; next_stage_id: where the places are."""
    payload = order.payload
    return _of(posting.ask_supplement(payload["next_stage_id"], payload["reason"], _extra(payload), by.asked))


def _finalise(order: Order, by: By) -> Done:
    return _of(posting.ask_finalise(order.stage_id, by.asked))


def _agree(order: Order, by: By) -> Done:
    return _of(posting.decide(order.payload["action_id"], by.who.account_id, order.payload["agree"], by.at))


def _of(action: StageAction) -> Done:
    return Done(waits=action.state == "waiting")


_DOING: dict[Kind, Callable[[Order, By], Done]] = {
    Kind.FREEZE: _freeze,
    Kind.DECIDE: _decide,
    Kind.POST: _post,
    Kind.AMEND: _amend,
    Kind.SUPPLEMENT: _supplement,
    Kind.FINALISE: _finalise,
    Kind.AGREE: _agree,
}
