"""Tickets for live channels."""

import pytest
from itsdangerous import TimestampSigner

from webapp.core.tickets import Ticket, Watcher, check, issue

OLD, NEW = "an old secret of the site", "the present secret of the site"


def test_a_ticket_names_its_channel_and_watcher() -> None:
    assert check([NEW], issue(NEW, "board:12", Watcher.HOST)) == Ticket("board:12", Watcher.HOST)


def test_a_ticket_of_an_earlier_key_is_still_good() -> None:
    assert check([NEW, OLD], issue(OLD, "board:12", Watcher.PUBLIC)) is not None
    assert check([NEW], issue(OLD, "board:12", Watcher.PUBLIC)) is None


@pytest.mark.parametrize("text", ["", "p.board:1", "p.board:1.x.y", "%00", "é"])
def test_a_forged_ticket_is_none(text: str) -> None:
    assert check([NEW], text) is None


def test_a_ticket_for_another_purpose_is_none() -> None:
    assert check([NEW], TimestampSigner(NEW, salt="session").sign("h.board:12").decode()) is None


def test_a_public_ticket_cannot_become_a_hosts() -> None:
    assert check([NEW], "h" + issue(NEW, "board:12", Watcher.PUBLIC)[1:]) is None


def test_an_old_ticket_is_none() -> None:
    assert check([NEW], issue(NEW, "board:12", Watcher.HOST), valid_s=-1) is None
