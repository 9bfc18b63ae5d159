"""Tables of the timed exam.

An attempt (paper, seed) is fixed when drawn; its sheet carries what changes: answers, state,
deadline, lease. Saving is one guarded statement on the sheet that also appends answer events."""

from webapp.exam.models.analyses import ItemAnalysis, ItemReport, PaperSimulation
from webapp.exam.models.attempts import AnswerEvent, Attempt, Exam, LeaseEvent, SectionVisit, Sheet
from webapp.exam.models.control import (
    Announcement,
    AnnouncementRead,
    ExamAction,
    ExamAlarm,
    ExamWatch,
    Silence,
    TimeGrant,
)
from webapp.exam.models.drafts import BlueprintDraft
from webapp.exam.models.draws import ParityReport, PastDrawSecret
from webapp.exam.models.essays import EssayAnswer, EssayCorrection
from webapp.exam.models.grades import CorrectedKey, Grade, GradingFailure, Ruling, StoppedQuestion
from webapp.exam.models.sessions import ExamSession, SessionBooking

__all__ = [
    "Announcement",
    "AnnouncementRead",
    "AnswerEvent",
    "Attempt",
    "BlueprintDraft",
    "CorrectedKey",
    "EssayAnswer",
    "EssayCorrection",
    "Exam",
    "ExamAction",
    "ExamAlarm",
    "ExamSession",
    "ExamWatch",
    "Grade",
    "GradingFailure",
    "ItemAnalysis",
    "ItemReport",
    "LeaseEvent",
    "PaperSimulation",
    "ParityReport",
    "PastDrawSecret",
    "Ruling",
    "SectionVisit",
    "SessionBooking",
    "Sheet",
    "Silence",
    "StoppedQuestion",
    "TimeGrant",
]
