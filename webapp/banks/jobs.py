"""Reading large uploads outside the request."""

from webapp.banks import service
from webapp.banks.formats.progress import Progress
from webapp.core.db import keys_scope
from webapp.core.queue import Job, job
from webapp.core.transaction import transaction


@job(Job.PARSE_UPLOAD)
def parse_upload(upload_id: int) -> None:
    """Read an uploaded bank file and say how far it is; run twice it stages the same. Nothing is locked while
    the file is read."""
    with keys_scope(), transaction():
        begun = service.begin_reading(upload_id)
    if begun is None:
        return
    parsed, staged = service.read_begun(begun, Progress(service.Teller(upload_id)))
    with keys_scope(), transaction():
        service.keep_reading(begun, parsed, staged)
