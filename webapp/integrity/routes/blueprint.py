"""The blueprint of evidence, cases and declarations, and what it lends to the exam page."""

from flask import Blueprint

from webapp.core.crypto import keyring
from webapp.integrity.rules.watermark import code_of

bp = Blueprint("integrity", "webapp.integrity", template_folder="templates")

NAVIGATION = ()


@bp.app_template_global("watermark_code")
def watermark_code(attempt_id: int) -> str:
    """The short code that stands behind the questions of an attempt."""
    return code_of(watermark_key(), attempt_id)


def watermark_key() -> bytes:
    """The key of all watermarks: it stays when the data key is changed."""
    return keyring().lookup_hash("watermark", "watermark")
