"""The pulse names nobody, and moves for exactly those whom a change concerns."""

from webapp.exam.rules.pulse import Change, as_text, mark, revisions, scopes_of

SECRET = b"a secret of the server"


def _mine(found: dict[str, str], hall: str, attempt_id: int, participation_id: int) -> str:
    scopes = scopes_of(hall, attempt_id, participation_id)
    return "|".join(found.get(mark(SECRET, 7, scope), "") for scope in scopes)


def test_a_change_moves_the_numbers_of_those_it_concerns_alone() -> None:
    before = revisions([Change("g", "", 1)], SECRET, 7)
    for scope, concerned in (("hall:A", (1, 2)), ("attempt:1", (1,)), ("person:30", (3,)), ("", (1, 2, 3))):
        after = revisions([Change("g", "", 2 if scope == "" else 1), Change("w", scope, 9)], SECRET, 7)
        people = {1: ("A", 1, 10), 2: ("A", 2, 20), 3: ("B", 3, 30)}
        moved = tuple(n for n, page in people.items() if _mine(before, *page) != _mine(after, *page))
        assert moved == concerned


def test_the_answer_holds_no_hall_and_no_number_of_a_person() -> None:
    text = as_text(revisions([Change("g", "hall:一号机房", 4), Change("a", "attempt:123456", 5)], SECRET, 7))
    assert "机房" not in text
    assert "123456" not in text
    assert mark(SECRET, 7, "hall:A") != mark(SECRET, 8, "hall:A")


def test_the_order_of_the_rows_does_not_matter() -> None:
    changes = [Change("w", "", 3), Change("g", "", 5), Change("g", "hall:A", 1)]
    assert revisions(changes, SECRET, 7) == revisions(changes[::-1], SECRET, 7)
