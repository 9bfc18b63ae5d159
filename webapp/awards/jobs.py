"""What other packages ask of awards while they work in the background."""

from webapp.awards.queries.won import won
from webapp.awards.service.grounds import DecidedAwards
from webapp.certificates.service.grounds import register_grounds
from webapp.registration.service.winners import register_results

register_results(won)
register_grounds(DecidedAwards())
