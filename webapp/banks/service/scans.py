"""Scans of signed papers: pictures and PDFs that people upload."""

from webapp.banks.formats.pictures import checked
from webapp.media import service as media

PDF = "application/pdf"


def stored_scan(content: bytes, most_mb: int) -> int | None:
    """Keep a scan and return its file id; None when it is no picture or PDF, or too large.

    Pictures are written anew, so that nothing hides in them; PDFs are kept as they are and only ever
    downloaded."""
    if len(content) > most_mb * 1024 * 1024:
        return None
    picture = checked(content)
    if picture is not None:
        return media.store(picture.content, picture.media_type)
    return media.store(content, PDF) if content.startswith(b"%PDF-") else None
