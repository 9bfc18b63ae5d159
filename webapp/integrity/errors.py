"""What can go wrong with evidence, cases and declarations."""

from webapp.core.errors import Conflict, DomainError, Forbidden, NotFound
from webapp.core.words import N_


class BadReport(DomainError):
    code = "bad-report"
    status = 400
    text = N_("The report of the exam page cannot be read.")


class ExamBrowserNeeded(Forbidden):
    code = "exam-browser-needed"
    status = 403
    text = N_("This exam can be started in Safe Exam Browser only, with the host's configuration.")

    def __init__(self, exam_id: int) -> None:
        super().__init__()
        self.exam_id = exam_id


class SnapshotAnswerNeeded(DomainError):
    code = "snapshot-answer-needed"
    status = 422
    text = N_("This exam takes camera pictures: please answer first whether you agree.")

    def __init__(self, exam_id: int) -> None:
        super().__init__()
        self.exam_id = exam_id


class SnapshotRefused(DomainError):
    code = "snapshot-refused"
    status = 422
    text = N_("This picture cannot be taken: it is none, or too large.")


class CaseNotFound(NotFound):
    code = "case-not-found"
    text = N_("There is no such case.")


class CaseClosed(Conflict):
    code = "case-closed"
    text = N_("This case has been decided; nothing more can be added to it.")


class CaseExists(Conflict):
    code = "case-exists"
    text = N_("There is a case about this attempt already.")


class NotToldYet(DomainError):
    code = "not-told-yet"
    status = 409
    text = N_("Show the case to the contestant first: nothing is decided about somebody who was not heard.")


class WordsMissing(DomainError):
    code = "words-missing"
    status = 422
    text = N_("Please write some words.")


class RunGoesOn(Conflict):
    code = "run-goes-on"
    text = N_("The comparison is running already.")


class ExamStillOpen(DomainError):
    code = "exam-still-open"
    status = 409
    text = N_("Answers are compared after the exam is over and marked.")


class BadNetwork(DomainError):
    code = "bad-network"
    status = 422
    text = N_("“%(network)s” is no address range, for example 10.20.0.0/16.")


class NetworkTooWide(DomainError):
    code = "network-too-wide"
    status = 422
    text = N_("A range may hold at most %(most)s addresses for IPv4 (/16), or a /32 for IPv6.")


class BadCode(DomainError):
    code = "bad-code"
    status = 422
    text = N_("A watermark has %(n)s letters and digits; write ? for one that cannot be read, at most 2.")


class AboutUnknown(DomainError):
    code = "about-unknown"
    status = 422
    text = N_(
        "Name exactly one: an event, a unit by its full name, or a contestant by number. Nothing was found."
    )
