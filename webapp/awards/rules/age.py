"""Conditions of awards about the age of their bearer."""

from datetime import date

from webapp.awards.rules.verdict import UNDECIDED, Judged, Verdict
from webapp.core.words import N_, Message

_UNKNOWN = Judged(Verdict.OPEN, Message(N_("The date of birth is not known; the award has a limit of age.")))
_MONTH_LENGTH = len("1990-05")


def born_after(limit: str, limit_counts: object, born_on: date | None) -> Judged:
    """`limit` is a month (1990-05), a day (1990-05-31), or undecided. Whoever was born in that very month or on
    that very day counts or not as the file says (may_counts); where it leaves this open, so does the verdict for
    them alone. Source: CONTESTS 4 (born after May 1990)."""
    if limit == UNDECIDED:
        return Judged(Verdict.OPEN, Message(N_("The host has yet to decide the limit of age.")))
    if born_on is None:
        return _UNKNOWN
    is_month = len(limit) == _MONTH_LENGTH
    born = born_on.isoformat()[: len(limit)]
    params = {"month": limit}
    if born > limit or (born == limit and limit_counts is True):
        return Judged(Verdict.MET, Message(N_("Born after %(month)s, as the award asks."), params))
    if born == limit and is_month and limit_counts == UNDECIDED:
        return Judged(
            Verdict.OPEN,
            Message(
                N_("Born in %(month)s itself: the host has yet to say whether that month counts."), params
            ),
        )
    return Judged(
        Verdict.MISSED, Message(N_("Born too early: the award is for people born after %(month)s."), params)
    )


def under_age(limit: object, born_on: date | None, on: date | None) -> Judged:
    """Younger than `limit` years on the day `on`. The file names no day to count by: the line says which was
    taken, for a person to check."""
    if not isinstance(limit, int):
        return Judged(Verdict.OPEN, Message(N_("The host has yet to decide the limit of age.")))
    if born_on is None or on is None:
        return _UNKNOWN
    age = on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
    params = {"age": age, "limit": limit, "day": on.isoformat()}
    if age < limit:
        text = N_(
            "%(age)d years old on the day of the final list (%(day)s), under %(limit)d. Please check the day."
        )
        return Judged(Verdict.MET, Message(text, params))
    text = N_(
        "%(age)d years old on the day of the final list (%(day)s); the award is for people under %(limit)d."
    )
    return Judged(Verdict.MISSED, Message(text, params))
