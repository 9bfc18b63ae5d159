"""Earlier winners: what a record says, whether a trade is the same, who may be meant by a record without number."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from webapp.core.words import N_


class Prize(StrEnum):
    """The prizes (奖次) that a record may name. The values are stored."""

    NONE = ""
    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    OTHER = "other"


PRIZE_TEXTS = {
    Prize.NONE: N_("none recorded"),
    Prize.FIRST: N_("First prize"),
    Prize.SECOND: N_("Second prize"),
    Prize.THIRD: N_("Third prize"),
    Prize.OTHER: N_("Another prize"),
}


class MatchState(StrEnum):
    """Whether it is known whose record it is. The values are stored."""

    OPEN = "open"
    MATCHED = "matched"
    NOBODY = "nobody"


MATCH_TEXTS = {
    MatchState.OPEN: N_("Not matched yet"),
    MatchState.MATCHED: N_("Matched"),
    MatchState.NOBODY: N_("Nobody registered here"),
}


@dataclass(frozen=True)
class Win:
    """One earlier result of a person. is_certain: False while nobody has decided whether the record is theirs."""

    contest: str
    year: int
    trade: str
    rank: int | None = None
    prize: Prize = Prize.NONE
    is_certain: bool = True

    @property
    def is_first_prize(self) -> bool:
        """First prize (一等奖), which several people may hold; rank 1 where the record names no prize."""
        return self.prize is Prize.FIRST or (self.prize is Prize.NONE and self.rank == 1)

    @property
    def is_first_place(self) -> bool:
        """First place (第一名), which is one; a first prize where the record gives no rank."""
        return self.rank == 1 or (self.rank is None and self.prize is Prize.FIRST)


def trade_key(trade: str) -> str:
    """What two spellings of one trade share: full width as half width, no case, blanks or signs."""
    text = unicodedata.normalize("NFKC", trade).casefold()
    return "".join(letter for letter in text if letter.isalnum())


def in_trade(wins: Iterable[Win], trade: str) -> tuple[Win, ...]:
    """Those of the wins that were won in this trade. A trade without a name is nobody's."""
    wanted = trade_key(trade)
    return tuple(win for win in wins if wanted and trade_key(win.trade) == wanted)
