"""Small numbers of people, for readers who see only places of their own: one or two are not told exactly.

It keeps single people out of tables that are handed on. It does not stop somebody who subtracts one table from
another: these readers know the people of their places by name from their work lists."""

LEAST = 3
"""From so many people on a number is told."""
HIDDEN = -1
"""Stands for a number of 1 to LEAST - 1."""


def is_small(number: int) -> bool:
    """Whether this number of people is too small to be told."""
    return 0 < number < LEAST


def hide(number: int) -> int:
    """The number, or HIDDEN. Zero is told: that nobody is there tells nothing of anybody."""
    return HIDDEN if is_small(number) else number
