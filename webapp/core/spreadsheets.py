"""Texts in files that people open in a spreadsheet (RELIABILITY rule 33)."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for a formula; the full-width signs too, where people type Chinese."""


def harmless(text: str) -> str:
    """The text, with an apostrophe before it when it begins like a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
