"""Background work of awards. Every job takes ids and may run twice."""

from webapp.awards.queries.won import won
from webapp.awards.service import certifying
from webapp.certificates.service.renewing import register_grounds
from webapp.core import clock
from webapp.core.queue import Job, job
from webapp.core.transaction import in_transaction
from webapp.registration.service.winners import register_results

register_results(won)
register_grounds(certifying.ground)


@job(Job.ISSUE_AWARD_CERTIFICATES)
def issue_award_certificates(list_id: int, account_id: int) -> int:
    """Issue the certificates that a host asked for; return how many are new."""
    made = 0
    for code, line_ids in in_transaction(lambda: certifying.batches(list_id)):
        made += _batch(list_id, code, line_ids, account_id)
    in_transaction(lambda: certifying.finish(list_id, clock.now()))
    return made


def _batch(list_id: int, code: str, line_ids: list[int], account_id: int) -> int:
    return in_transaction(lambda: certifying.issue_batch(list_id, code, line_ids, account_id, clock.now()))
