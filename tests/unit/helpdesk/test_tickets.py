"""What a ticket keeps of the words and the browser."""

from webapp.core.paging import Pages
from webapp.helpdesk.formats import csv_file
from webapp.helpdesk.rules.tickets import KINDS, MOST_TURNS, TicketKind, browser_facts, subject_of


def test_the_subject_is_the_first_line_cut() -> None:
    assert subject_of("  网断了\n第二行") == "网断了"
    assert subject_of("长" * 60) == "长" * 39 + "…"
    assert subject_of("  ") == ""


def test_only_known_facts_of_a_browser_are_kept() -> None:
    given = {
        "agent": "x" * 500,
        "unsent": 3,
        "refused": "3",
        "remaining_s": True,
        "width": -1,
        "online": False,
        "turns": [[5, "offline"], [2, "online"], [1, "sideways"], "x", [9]],
        "answers": ["A"],
    }
    assert browser_facts(given) == {
        "agent": "x" * 200,
        "unsent": 3,
        "online": False,
        "turns": [[5, "offline"], [2, "online"]],
    }
    assert browser_facts("nonsense") == {}
    many = {"turns": [[n, "online"] for n in range(100)]}
    assert len(browser_facts(many)["turns"]) == MOST_TURNS


def test_every_kind_has_words() -> None:
    assert set(KINDS) == set(TicketKind)


def test_a_cell_that_looks_like_a_formula_is_disarmed() -> None:
    made = csv_file(["头"], [["=1+1", "a,b"], ["-3", "好"]]).decode("utf-8-sig")
    assert made == "头\r\n'=1+1,\"a,b\"\r\n'-3,好\r\n"


def test_a_page_is_never_beyond_the_last() -> None:
    assert Pages.of(9, 401, 200) == Pages(3, 3, 401, 200)
    assert Pages.of(0, 0, 200) == Pages(1, 1, 0, 200)
