"""Where a list is cut."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """page counts from 1."""

    page: int
    pages: int
    total: int

    @classmethod
    def of(cls, page: int, total: int, size: int) -> "Page":
        return cls(max(1, page), max(1, -(-total // size)), total)
