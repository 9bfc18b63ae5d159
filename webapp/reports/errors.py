"""What may go wrong with reports."""

from webapp.core.errors import Conflict, NotFound
from webapp.core.words import N_


class ReportMissing(NotFound):
    code = "report-missing"


class ReportBeingMade(Conflict):
    code = "report-being-made"
    text = N_("This report is being counted already. Please look again in a minute.")


class ArchiveMissing(NotFound):
    code = "archive-missing"


class ArchiveBeingMade(Conflict):
    code = "archive-being-made"
    text = N_("An archive of this event is being made already. Please wait until it is ready.")
