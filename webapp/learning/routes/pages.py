"""Long lists in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Pages:
    """What the pagination macro reads. page counts from 1."""

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
