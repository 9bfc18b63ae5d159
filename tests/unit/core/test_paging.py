"""Long lists in pages: every row stands on one page, and words find it there."""

from hypothesis import given
from hypothesis import strategies as st

from webapp.core.paging import Pages, find

titles = st.lists(st.text("ab AB焊工", max_size=6), max_size=60)


@given(rows=titles, size=st.integers(1, 9))
def test_the_pages_together_are_the_list(rows: list[str], size: int) -> None:
    last = Pages.of(1, len(rows), size).pages
    shown = [row for page in range(1, last + 1) for row in Pages.of(page, len(rows), size).cut(rows)]
    assert shown == rows


@given(page=st.integers(-5, 99), total=st.integers(0, 50), size=st.integers(1, 9))
def test_a_page_beyond_the_list_is_the_nearest(page: int, total: int, size: int) -> None:
    made = Pages.of(page, total, size)
    assert 1 <= made.page <= made.pages
    assert made.page == page or page < 1 or page > made.pages


@given(rows=titles, wanted=st.text("ab 焊", max_size=4))
def test_what_is_found_holds_every_word_and_nothing_else_does(rows: list[str], wanted: str) -> None:
    found = find(rows, lambda row: [{"zh": row}], wanted, 1, size=1000)
    held = [row for row in rows if all(word in row.casefold() for word in wanted.split())]
    assert list(found.rows) == held
    assert (found.all_rows, found.pages.total) == (len(rows), len(held))
