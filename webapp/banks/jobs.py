"""Reading large uploads outside the request; opening sealed banks after their exams."""

from webapp.banks import service
from webapp.banks.formats.progress import Progress
from webapp.banks.service.sealing import open_what_is_over
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


def open_sealed_banks() -> None:
    """Open sealed banks whose exams are over. Run twice it opens nothing twice."""
    with transaction():
        open_what_is_over()


PERIODIC = (("banks.open_sealed", 60.0, open_sealed_banks),)
