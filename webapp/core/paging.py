"""Long lists in pages, and found by words. Plain Python: what was asked for comes from the caller."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

LONG_LIST = 50
"""So many rows of a list of events or stages stand on a page."""


@dataclass(frozen=True)
class Pages:
    """What the pagination macro reads. page counts from 1 and is never beyond the last."""

    page: int
    pages: int
    total: int
    size: int

    @classmethod
    def of(cls, page: int, total: int, size: int) -> "Pages":
        """The page asked for, or the nearest there is."""
        pages = max(1, -(-total // size))
        return cls(min(max(1, page), pages), pages, total, size)

    def cut(self, rows: Sequence[T]) -> Sequence[T]:
        """The rows of this page."""
        return rows[(self.page - 1) * self.size : self.page * self.size]


@dataclass(frozen=True)
class Found(Generic[T]):
    """One page of the rows that were looked for. wanted: the words; all_rows: how many there are without them."""

    rows: Sequence[T]
    pages: Pages
    wanted: str
    all_rows: int

    @property
    def is_long(self) -> bool:
        """Whether looking for something is worth a field of its own."""
        return self.all_rows > self.pages.size


def find(
    rows: Sequence[T],
    titles: Callable[[T], Iterable[Mapping[str, str]]],
    wanted: str,
    page: int,
    size: int = LONG_LIST,
) -> Found[T]:
    """The page of those rows whose titles, in any language, hold every wanted word; case does not matter."""
    words = wanted.casefold().split()
    shown = [row for row in rows if all(word in _text(titles(row)) for word in words)] if words else rows
    pages = Pages.of(page, len(shown), size)
    return Found(pages.cut(shown), pages, wanted, len(rows))


def _text(titles: Iterable[Mapping[str, str]]) -> str:
    return " ".join(text for title in titles for text in title.values()).casefold()
