"""What may go wrong on the way from a board to a final list."""

from webapp.core.errors import Conflict, DomainError, Forbidden, NotFound
from webapp.core.words import N_


class ListMissing(NotFound):
    code = "list-missing"


class ListExists(Conflict):
    code = "list-exists"
    text = N_("There is a list of this stage already; give it up first, or go on with it.")


class ListAtWork(Conflict):
    code = "list-at-work"
    text = N_(
        "A large list is being worked on: %(what)s, since %(since)s. Wait until that is done; the page of the stage shows how far it is."
    )


class NoLongerAllowed(Forbidden):
    code = "no-longer-allowed"
    text = N_(
        "When it was to be done, the account that asked for it no longer had the role for it. Somebody with that role can ask again."
    )


class PlacesFollow(Conflict):
    code = "places-follow"
    text = N_(
        "People have places in the next stage by this final list: it is not replaced any more. Who leaves is replaced"
        " on the page of the places."
    )


class NoBoard(DomainError):
    code = "no-board"
    text = N_("This stage has no results to make a list of.")


class StillRunning(Conflict):
    code = "still-running"
    text = N_("The exam window of this stage is still open. Wait for its end, or write down why not.")


class PapersWaiting(Conflict):
    code = "papers-waiting"
    text = N_("%(count)s papers are still being written or marked. Freeze when all are graded.")


class ListUndecided(Conflict):
    code = "list-undecided"
    text = N_("The host has yet to decide: %(what)s. Load a version of the contest file that says so.")


class ClosesAlone(Conflict):
    code = "closes-alone"
    text = N_(
        "By the contest's rules this stage has no public notice: its list is final by itself when it is over."
    )


class StepRefused(Conflict):
    code = "step-refused"
    text = N_("The list is not at this step any more. Look at where it stands and try again.")


class ReasonNeeded(DomainError):
    code = "reason-needed"
    text = N_("Please write down the reason: the person reads it.")


class NobodyChosen(DomainError):
    code = "nobody-chosen"
    text = N_("Please choose at least one contestant.")


class ConflictOfInterest(Forbidden):
    code = "conflict-of-interest"
    text = N_("Number %(number)s is yourself or works in your unit: a colleague has to decide.")


class NotAllDecided(Conflict):
    code = "not-all-decided"
    text = N_("%(count)s contestants above the line are not decided yet, substitutes included.")


class HourPassed(DomainError):
    code = "hour-passed"
    text = N_("This hour lies in the past; substitutes that moved up would be displaced.")


class NotConfirmed(Conflict):
    code = "not-confirmed"
    text = N_("The second computation has not confirmed this list. Nothing can be posted.")


class ListChanged(Conflict):
    code = "list-changed"
    text = N_("The list has changed since this was asked for. Refuse it and ask again.")


class NothingChanged(Conflict):
    code = "nothing-changed"
    text = N_("The list is as it was posted: there is nothing to amend.")


class OwnAction(Forbidden):
    code = "own-action"
    text = N_("You asked for this yourself: a second person has to agree.")


class NoticeRunning(Conflict):
    code = "notice-running"
    text = N_("The notice runs until %(until)s; the list can become final after that.")


class ObjectionsOpen(Conflict):
    code = "objections-open"
    text = N_("%(count)s objections are not answered yet.")


class AmendFirst(Conflict):
    code = "amend-first"
    text = N_("Decisions were made after the list was posted. Post the amended notice first.")


class NoticeOver(Conflict):
    code = "notice-over"
    text = N_("The time for objections to this notice is over. Please contact the host.")


class NumberUnknown(DomainError):
    code = "number-unknown"
    text = N_("No contestant with this number stands on the notice. Check it, or leave it empty.")


class AnswerExists(Conflict):
    code = "answer-exists"
    text = N_("This objection has been answered already.")


class DaysUnreadable(DomainError):
    code = "days-unreadable"
    text = N_("“%(text)s” is not a date. Write days as 2027-02-05, separated by spaces or commas.")


class FirstStage(Conflict):
    code = "first-stage"
    text = N_("This is the first stage: everybody with a participation is in it.")


class TooManyNominated(DomainError):
    code = "too-many-nominated"
    text = N_(
        "%(people)s people would stand on the list; the contest's rules let %(quota)s go on. Shorten the workbook."
    )


class SubmissionSettled(Conflict):
    code = "submission-settled"
    text = N_(
        "This list of nominations was replaced, taken back, returned or taken in meanwhile. Look at where it stands now."
    )


class SendingOver(Conflict):
    code = "sending-over"
    text = N_(
        "Lists could be sent until %(until)s. The host can still bring a workbook in: please turn there."
    )


class EarlierListOpen(Conflict):
    code = "earlier-list-open"
    text = N_("The list of the stage before is not final yet.")


class PlacesGiven(Conflict):
    code = "places-given"
    text = N_("The places of this stage were given already.")


class WindowPassed(Conflict):
    code = "window-passed"
    text = N_("This stage is over by its dates. Move its dates first.")


class TooFew(Conflict):
    code = "too-few"
    text = N_("%(people)s people stand on the list; the contest's rules ask for at least %(needed)s.")


class PlaceUnknown(DomainError):
    code = "place-unknown"
    text = N_("Nobody with this contestant number has a place in this stage.")


class PlaceSettled(Conflict):
    code = "place-settled"
    text = N_(
        "The stage has opened, or this place has ended or was given to the next in rank: nothing can be changed here."
    )


class NothingToEnd(Conflict):
    code = "nothing-to-end"
    text = N_(
        "Number %(number)s stands on the final list, has no place, or has begun the exam of this stage: the place stays."
        " Load the page anew."
    )


class NothingSupplementary(Conflict):
    code = "nothing-supplementary"
    text = N_("Nobody came or went since the last notice: there is nothing to supplement.")


class SameDecider(Forbidden):
    code = "same-decider"
    text = N_("You decided about this contestant in the re-check: somebody else has to answer.")


class NoticeClosed(DomainError):
    code = "notice-closed"
    status = 410
    text = N_("This notice is closed: its list is no longer shown. Its digest is %(digest)s.")


class CircularClosed(DomainError):
    code = "circular-closed"
    status = 410
    text = N_("This circular is closed: its lists are no longer shown. Its digest is %(digest)s.")


class CircularMissing(NotFound):
    code = "circular-missing"


class NoSecondGate(Conflict):
    code = "no-second-gate"
    text = N_("The contest's rules ask for no circular of several bodies.")


class EventsRunning(Conflict):
    code = "events-running"
    text = N_("%(count)s events have no final list yet.")


class CircularWaiting(Conflict):
    code = "circular-waiting"
    text = N_("A circular waits for the bodies already.")


class CircularSettled(Conflict):
    code = "circular-settled"
    text = N_("This circular was issued or given up already.")


class CircularOutdated(Conflict):
    code = "circular-outdated"
    text = N_("A list has changed since this circular was prepared. Give it up and prepare it anew.")


class BodyAgreed(Conflict):
    code = "body-agreed"
    text = N_("This body has agreed already, or you have agreed for another one.")


class NoTeamEvent(Conflict):
    code = "no-team-event"
    text = N_("By the contest's rules this is not a team event.")


class TeamsSettled(Conflict):
    code = "teams-settled"
    text = N_("A list of this event was frozen already: teams can no longer be changed.")


class TeamNumbersWrong(DomainError):
    code = "team-numbers-wrong"
    text = N_("These numbers are not contestants of this event, or belong to a team already: %(numbers)s.")


class TeamTooSmall(DomainError):
    code = "team-too-small"
    text = N_("A team has a leader and at least one member; each number stands once.")


class EventMergeUnfit(DomainError):
    code = "event-merge-unfit"
    status = 422
    text = N_("Please choose two different events of the same track that take place, and give a reason.")


class EventMergeForbidden(Conflict):
    code = "event-merge-forbidden"
    text = N_("These events can no longer be merged. %(reason)s")


class EventMergeAsked(Conflict):
    code = "event-merge-asked"
    text = N_("A merge of this event waits for a second person already: see below.")


class EventMergeDecided(Conflict):
    code = "event-merge-decided"
    text = N_("This merge was decided already.")


class EventMergeOwn(Conflict):
    code = "event-merge-own"
    text = N_("You asked for this merge: somebody else decides.")


class NothingToExcept(Conflict):
    code = "nothing-to-except"
    text = N_("Nothing is to be excepted here: enough take part, or an exception was signed already.")


class MinimumIsHard(Conflict):
    code = "minimum-is-hard"
    text = N_(
        "Only %(people)s contestants take part; at least %(needed)s are a hard rule, which nobody excepts. Merge the event"
        " with another one, extend its registration, or have the rule changed in the contest file by two people."
    )
