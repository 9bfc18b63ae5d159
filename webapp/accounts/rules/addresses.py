"""Where a person goes on after signing in: always on this site."""

from urllib.parse import urlsplit


def on_site(target: str | None, otherwise: str) -> str:
    """`target` when it is a path of this site, else `otherwise`.

    Refused: other hosts, other schemes, '//host', back-slashes (browsers read them as slashes)
    spaces and what cannot be printed, as control characters."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return otherwise
    if " " in target or not target.isprintable():
        return otherwise
    try:
        parts = urlsplit(target)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else target
