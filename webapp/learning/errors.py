"""What may go wrong in learning."""

from webapp.core.errors import Conflict, DomainError, Forbidden, NotFound
from webapp.core.words import N_


class LearningNotOpen(Conflict):
    code = "learning-not-open"
    text = N_("Learning opens on %(opens)s.")


class LearningClosed(Conflict):
    code = "learning-closed"
    text = N_(
        "Learning closed on %(closes)s. You can still look at everything; points are no longer counted."
    )


class EntryGone(Conflict):
    code = "entry-gone"
    text = N_("These points were already taken back, or somebody has asked for it.")


class OwnRequest(Forbidden):
    code = "own-request"
    text = N_("Somebody else has to approve this: nobody approves their own request.")


class ReasonMissing(DomainError):
    code = "reason-missing"
    text = N_("Please write the reason; it is kept with the decision.")


class AnswerMissing(DomainError):
    code = "answer-missing"
    text = N_("Please choose or write an answer first.")


class PlacedTwice(AnswerMissing):
    """One thing of an order was put at two places."""

    code = "placed-twice"
    text = N_(
        "The same letter was chosen for two places. It was kept at the first; choose another for the second."
    )


class QuizNotAvailable(Conflict):
    code = "quiz-not-available"
    text = N_("The questions of this quiz are needed for an exam and are not available for practice.")


class QuizEmpty(Conflict):
    code = "quiz-empty"
    text = N_("There are no questions to practise here at the moment.")


class NotThisQuestion(Conflict):
    code = "not-this-question"
    text = N_("This question is not the present one. Go on where the quiz stands now.")


class TakeYourTime(Conflict):
    """Several answers in a row came faster than they can be read."""

    code = "take-your-time"
    text = N_("Please take a moment: the next question comes in %(seconds)s seconds.")


class PlayerNotFound(NotFound):
    code = "player-not-found"


class PlayedElsewhere(Conflict):
    code = "played-elsewhere"
    text = N_("You are watching on another page or device now. Only one of them counts at a time.")


class PlayerSilent(Conflict):
    code = "player-silent"
    text = N_(
        "Nothing was heard from this page for more than %(minutes)s minutes: what was played meanwhile does not count."
    )


class PlayerGone(Conflict):
    code = "player-gone"
    text = N_("This page is not counting any more. Press play once again.")


class WatchingNotSaved(DomainError):
    """The database did not answer: the page keeps what was played and sends it again."""

    code = "no-database"
    status = 503
    text = N_("The service cannot reach its database. What you watched stays on this page and is sent again.")


class BadBeat(DomainError):
    code = "bad-beat"
    text = N_("The request could not be understood. Reload the page; what was counted is kept.")


class VideoMissing(Conflict):
    code = "no-video"
    text = N_("Watching does not bring points in this event.")


class ReadTooSoon(DomainError):
    code = "read-too-soon"
    text = N_("Please read on: the button counts in %(seconds)s seconds. Nothing is lost.")


class NotThisStep(Conflict):
    """The step is judged already, or the run was finished or left."""

    code = "not-this-step"
    text = N_("This drill stands at another step by now. Open the page again to go on from there.")


class StepUnknown(DomainError):
    code = "step-unknown"
    text = N_("This step is not among those offered now. Choose one of those on the page.")
