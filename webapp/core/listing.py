"""What the address of a long list asks for."""

from flask import request

MOST_WORDS = 80


def asked() -> tuple[str, int]:
    """(the words to look for, the page from 1), as `core.paging.find` takes them."""
    return request.args.get("q", "").strip()[:MOST_WORDS], request.args.get("page", 1, type=int)
