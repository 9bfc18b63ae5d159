"""What may go wrong in learning."""

from webapp.core.errors import Conflict, DomainError, Forbidden
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
