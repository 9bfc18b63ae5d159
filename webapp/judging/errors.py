"""What practical tests refuse."""

from webapp.core.errors import Conflict, DomainError, NotFound
from webapp.core.words import N_


class ModuleGone(NotFound):
    code = "module-gone"
    text = N_("This stage has no such module of a practical test.")


class SheetGone(NotFound):
    code = "sheet-gone"
    text = N_("There is no such sheet, or it is not yours.")


class WorkGone(NotFound):
    code = "work-gone"
    text = N_("There is no such work.")


class ItemsFixed(Conflict):
    code = "items-fixed"
    text = N_("The sheets are open already. Their items can no longer be changed.")


class ItemsMissing(Conflict):
    code = "items-missing"
    text = N_("This module has no items yet.")


class ItemsTooMuch(DomainError):
    code = "items-too-much"
    status = 422
    text = N_("The items give up to %(total)s points, the module only %(mark)s.")


class NobodyTakesPart(Conflict):
    code = "nobody-takes-part"
    text = N_("Nobody takes part in this stage yet.")


class DrawnAlready(Conflict):
    code = "drawn-already"
    text = N_("Everybody has a blind number already.")


class NotDrawn(Conflict):
    code = "not-drawn"
    text = N_("The blind numbers are not drawn yet.")


class NoJudges(Conflict):
    code = "no-judges"
    text = N_("Nobody is named to judge this module yet.")


class TooFewJudges(DomainError):
    code = "too-few-judges"
    text = N_(
        "%(found)s judges are named, %(fewest)s are asked for. Name more, or write down why these are enough."
    )


class TooFewForTheRules(Conflict):
    code = "too-few-for-the-rules"
    text = N_(
        "%(found)s judges are named; the contest file asks for %(fewest)s without exception. Name more."
    )


class AlarmsUnexplained(DomainError):
    code = "alarms-unexplained"
    text = N_(
        "The sheets of these numbers lie far apart: %(numbers)s. Open them again, or write into the note what came of looking at them."
    )


class NotAJudge(DomainError):
    code = "not-a-judge"
    status = 422
    text = N_("This person does not hold the role of a judge for this event.")


class JudgeTwice(Conflict):
    code = "judge-twice"
    text = N_("This person judges the module already.")


class JudgeHasSigned(Conflict):
    code = "judge-has-signed"
    text = N_("This judge has signed sheets of this module and stays.")


class StaysBlind(DomainError):
    code = "stays-blind"
    status = 403
    text = N_("You judge this module. Who bears which number is told to you when it is decoded.")


class SheetClosed(Conflict):
    code = "sheet-closed"
    text = N_("This sheet is signed. The chief judge can open it again.")


class NumberAbsent(Conflict):
    code = "number-absent"
    text = N_("Number %(number)s is noted as absent.")


class SheetIncomplete(DomainError):
    code = "sheet-incomplete"
    status = 422
    text = N_("These items have no value yet: %(items)s")


class ValueRefused(DomainError):
    code = "value-refused"
    status = 422
    text = N_("This item cannot have the value “%(value)s”.")


class SamePerson(DomainError):
    code = "same-person"
    status = 403
    text = N_("The second typing is done by somebody else.")


class NoSecondNeeded(Conflict):
    code = "no-second-needed"
    text = N_("This sheet does not wait for a second typing.")


class ReasonMissing(DomainError):
    code = "practical-reason"
    status = 422
    text = N_("Please say why: it stays with the sheet.")


class SheetsOpen(Conflict):
    code = "sheets-open"
    text = N_("%(open)s of %(total)s sheets are not signed yet.")


class NotSignedOff(Conflict):
    code = "not-signed-off"
    text = N_("The chief judge has not signed this module as it is now.")


class DecodedAlready(Conflict):
    code = "decoded-already"
    text = N_("This module is decoded. Its sheets stay as they are.")


class NotDecoded(Conflict):
    code = "not-decoded"
    text = N_("These modules are not decoded yet: %(modules)s")


class ScanRefused(DomainError):
    code = "scan-refused"
    status = 422
    text = N_("“%(name)s” is no picture or PDF of at most %(most)s MB.")


class ScoresFileWrong(DomainError):
    code = "scores-file-wrong"
    status = 422
    text = N_("These columns are missing: %(missing)s")


class FileEmpty(DomainError):
    code = "practical-file-empty"
    status = 422
    text = N_("There is no filled row in this file.")


class NothingToHandIn(Conflict):
    code = "nothing-to-hand-in"
    text = N_("No work is to be handed in here now.")


class TooLate(Conflict):
    code = "work-too-late"
    text = N_("The time for handing in is over.")


class WorkRefused(DomainError):
    code = "work-refused"
    status = 422
    text = N_("This file cannot be taken: it must not be empty and at most %(most)s MB.")


class PieceWrong(DomainError):
    code = "piece-wrong"
    status = 422
    text = N_("This piece is not as long as announced. Please send it again.")


class WorkIncomplete(DomainError):
    code = "work-incomplete"
    status = 422
    text = N_("%(missing)s pieces have not arrived yet.")


class WorkDiffers(DomainError):
    code = "work-differs"
    status = 422
    text = N_("What has arrived is not the file that was announced. Please send it again.")
