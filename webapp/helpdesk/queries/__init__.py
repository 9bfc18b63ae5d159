"""What the help desk and the hosts see of people and tickets."""

from webapp.helpdesk.queries.people import PersonPage, find_people, person_in_scope, person_page
from webapp.helpdesk.queries.tickets import (
    LogView,
    MessageView,
    TicketFilter,
    TicketPage,
    TicketView,
    log_of,
    may_work_on,
    messages,
    open_count,
    own_open_count,
    own_ticket,
    own_tickets,
    picture_id,
    ticket,
    ticket_page,
)

__all__ = [
    "LogView",
    "MessageView",
    "PersonPage",
    "TicketFilter",
    "TicketPage",
    "TicketView",
    "find_people",
    "log_of",
    "may_work_on",
    "messages",
    "open_count",
    "own_open_count",
    "own_ticket",
    "own_tickets",
    "person_in_scope",
    "person_page",
    "picture_id",
    "ticket",
    "ticket_page",
]
