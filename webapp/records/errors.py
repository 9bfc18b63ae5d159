"""What may go wrong with skill records."""

from webapp.core.errors import Conflict, NotFound
from webapp.core.words import N_


class TooManyLinks(Conflict):
    code = "too-many-record-links"
    text = N_(
        "You have %(most)s links that open. Withdraw one that you no longer need, then make the new one."
    )


class LinkMissing(NotFound):
    code = "record-link-missing"


class CopyMissing(NotFound):
    code = "record-copy-missing"


class NothingToShow(Conflict):
    code = "record-nothing-to-show"
    text = N_(
        "There is nothing in your record yet. A link or a copy is worth making after your first contest."
    )
