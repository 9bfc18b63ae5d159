"""Certificates for awards that have been given: some of a decided list's, issued by the job of all certificates."""

from collections.abc import Sequence
from datetime import datetime

from webapp.audit.service import record
from webapp.awards.errors import AwardsMissing, CertificatesNotYet, NoCertificatesFor
from webapp.awards.queries.given import given_lists
from webapp.awards.service.deriving import open_list
from webapp.certificates.rules.parts import Kind, Part
from webapp.certificates.service.running import AWARDS, Scope, ask_parts
from webapp.contests.queries import stage_by_id


def ask_certificates(stage_id: int, award_codes: Sequence[str], account_id: int, now: datetime) -> None:
    """Have certificates made for these awards of a decided list, in the background. Again is harmless.

    raise (AwardsMissing); (CertificatesNotYet): not decided; (NoCertificatesFor): none of them is given to anybody and
    has certificates; (IssuingRuns): it is under way."""
    one = open_list(stage_id, lock=True)
    if one is None:
        raise AwardsMissing
    if one.state != "decided":
        raise CertificatesNotYet
    stage = stage_by_id(stage_id)
    chosen = [award for award in given_lists([stage])[stage_id].awards if award.code in award_codes]
    if not chosen:
        raise NoCertificatesFor
    parts = [Part(Kind.GIVEN, stage_id, award.given, award.code, one.id) for award in chosen]
    ask_parts(Scope(AWARDS, stage.event_id, stage_id), parts, account_id, now)
    record("awards.certificates", "stage", stage_id, list_id=one.id, awards=[award.code for award in chosen])
