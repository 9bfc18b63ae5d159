"""What the help desk and the hosts do for people, and tickets."""

from webapp.helpdesk.service.desk import find, free_lease, look_at
from webapp.helpdesk.service.tickets import (
    OwnTicket,
    StaffTicket,
    add_words,
    answer,
    claim,
    close_ticket,
    open_own_ticket,
    open_ticket,
    reopen,
)
from webapp.helpdesk.service.timeline import take_away

__all__ = [
    "OwnTicket",
    "StaffTicket",
    "add_words",
    "answer",
    "claim",
    "close_ticket",
    "find",
    "free_lease",
    "look_at",
    "open_own_ticket",
    "open_ticket",
    "reopen",
    "take_away",
]
