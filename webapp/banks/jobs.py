"""Reading large uploads outside the request."""

from webapp.banks import service
from webapp.core.db import keys_scope
from webapp.core.queue import Job, job
from webapp.core.transaction import transaction


@job(Job.PARSE_UPLOAD)
def parse_upload(upload_id: int) -> None:
    """Read an uploaded bank file; run twice it stages the same."""
    with keys_scope(), transaction():
        service.parse_upload(upload_id)
