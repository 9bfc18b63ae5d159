"""Codes for the reasons of award lines: sentences name ages, codes do not, and a program can compute them."""

from collections.abc import Sequence
from typing import Any

CODES = {
    "Named for this prize by the organiser's list.": "named",
    "Rank %(rank)d; the award is for everybody on the final list.": "band-everybody",
    "Rank %(rank)d, as the award asks.": "band-rank",
    "Rank %(rank)d, within ranks %(first)d to %(last)d.": "band-range",
    "Ranks are counted among the contestants of %(place)s.": "ranks-locality",
    "Ranks are counted among women only, or among men only.": "ranks-sex",
    "The host has yet to say whether the best women are meant, or women among these ranks.": "reading-open",
    "The host has yet to decide the awards of this class.": "class-awards-open",
    "The host has yet to decide this for the class of the event.": "class-kind-open",
    "The trade has a national occupational standard.": "standard-yes",
    "It is open whether the trade has a national occupational standard.": "standard-unknown",
    "The trade has no national occupational standard; the host has yet to say whether it needs one.": "standard-open",
    "The trade has no national occupational standard.": "standard-no",
    "This award is for women or for men; the record does not say which.": "sex-unknown",
    "This award is for women.": "sex-no",
    "This award is for men.": "sex-no",
    "The contestant is a woman.": "sex-yes",
    "The contestant is a man.": "sex-yes",
    "The host has yet to decide the limit of age.": "age-open",
    "The date of birth is not known; the award has a limit of age.": "age-unknown",
    "Born after %(month)s, as the award asks.": "born-after-yes",
    "Born in %(month)s itself: the host has yet to say whether that month counts.": "born-after-open",
    "Born too early: the award is for people born after %(month)s.": "born-after-no",
    "%(age)d years old on the day of the final list (%(day)s), under %(limit)d. Please check the day.": "under-age-yes",
    "%(age)d years old on the day of the final list (%(day)s); the award is for people under %(limit)d.": "under-age-no",
    "Goes on to the next stage.": "promoted-yes",
    "The final list does not say who goes on.": "promoted-unknown",
    "Does not go on; the host has yet to say whether only those who do are awarded.": "promoted-open",
    "The award is for those who go on to the next stage.": "promoted-no",
    "The learning is finished.": "learning-yes",
    "The learning is not finished.": "learning-no",
    "The exam has been sat.": "exam-yes",
    "The exam has not been sat.": "exam-no",
    "Recommended level by level from below: this list names who meets the rules, no more.": "reviewed-bottom-up",
    "A committee reviews before anything is given: this list names who meets the rules.": "reviewed-committee",
    "A team: its leader bears the award.": "team-leader",
    "The award is not given to teams.": "team-no",
    "The host has yet to name the skill level.": "level-open",
    "Holds this level already; the host has yet to say what holders are given.": "level-holders-open",
    "Promoted to %(level)s.": "level-promoted",
    "Holds %(held)s already: promoted to %(level)s.": "level-holder-promoted",
    "Holds %(held)s already: the rules give it once more.": "level-repeated",
    "Holds %(held)s already: no further promotion is due.": "level-held",
    "The amount goes by class and rank; the host has yet to decide it.": "amount-by-open",
    "The host has yet to decide the amount.": "amount-open",
    "At most %(amount)d yuan by the rules.": "ceiling",
}
"""msgid of a reason -> its code. A test keeps it whole."""


def codes(why: Sequence[dict[str, Any]]) -> list[str]:
    """The codes of stored reasons, in their order. raise (KeyError): a reason that has no code."""
    return [CODES[said["text"]] for said in why]
