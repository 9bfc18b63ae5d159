"""What a document that somebody attaches may be, told by its first bytes, not by its name."""

MOST_MB = 10
KINDS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
"""Beginnings of PDF, pictures, and documents of Word and workbooks, new and old."""


def media_type_of(content: bytes) -> str | None:
    """The media type of a document that may be attached; None for anything else. Documents are only ever
    downloaded, never shown or opened here."""
    return next((kind for beginning, kind in KINDS if content.startswith(beginning)), None)
