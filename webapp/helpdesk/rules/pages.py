"""Where a long list is cut."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """page counts from 1 and is never beyond the last."""

    page: int
    pages: int
    total: int

    @classmethod
    def of(cls, page: int, total: int, size: int) -> "Page":
        pages = max(1, -(-total // size))
        return cls(min(max(1, page), pages), pages, total)
