"""What may go wrong with a person's data, sign-in, recovery and second factor."""

from webapp.core.errors import Conflict, DomainError
from webapp.core.words import N_


class DocumentWrong(DomainError):
    """Parent of everything that can be wrong with a document number."""

    code = "document-wrong"
    text = N_("This document number cannot be right. Please compare it with the document.")


class DocumentShapeWrong(DocumentWrong):
    code = "document-shape"
    text = N_("A number of this kind looks different. Expected: %(expected)s.")


class DocumentBirthDateWrong(DocumentWrong):
    code = "document-birth-date"
    text = N_(
        "Digits 7 to 14 are the birth date; here they are not a possible date. Please compare each digit."
    )


class DocumentCheckDigitWrong(DocumentWrong):
    code = "document-check-digit"
    text = N_("The last character does not fit the others: one character is probably mistyped.")


class NameWrong(DomainError):
    code = "name-wrong"
    text = N_("Please enter the name exactly as on the document.")


class NameTooShort(NameWrong):
    code = "name-too-short"
    text = N_("Please enter the full name, at least two characters.")


class NameTooLong(NameWrong):
    code = "name-too-long"
    text = N_("A name has at most %(most)d characters.")


class NameCharacterWrong(NameWrong):
    code = "name-character"
    text = N_(
        "The character “%(character)s” cannot stand in a name. Chinese characters (rare ones too), Latin"
        " letters, spaces, hyphens, apostrophes and the dot · are possible."
    )


class NameCharacterPrivate(NameWrong):
    code = "name-character-private"
    text = N_(
        "One character of the name is a device's own drawing that other devices cannot show. Please type it"
        " with a current input method, or write that character in pinyin; a reviewer can correct it later."
    )


class PhoneWrong(DomainError):
    code = "phone-wrong"
    text = N_("Please enter an 11-digit mobile number, or a foreign number with + and its country code.")


class PasswordWeak(DomainError):
    """Parent of the refusals of a new password."""

    code = "password-weak"
    text = N_("Please choose another password.")


class PasswordTooShort(PasswordWeak):
    code = "password-too-short"
    text = N_("Please use at least %(least)d characters. A few words in a row are easy to remember.")


class PasswordTooLong(PasswordWeak):
    code = "password-too-long"
    text = N_("Please use at most %(most)d characters.")


class PasswordCommon(PasswordWeak):
    code = "password-common"
    text = N_("This password is among the first that people try. Please choose a less usual one.")


class PasswordPersonal(PasswordWeak):
    code = "password-personal"
    text = N_("A password must not contain your phone or document number.")


class PasswordSimple(PasswordWeak):
    code = "password-simple"
    text = N_(
        "A staff password mixes at least three of: capital letters, small letters, digits, other characters."
    )


class SignInWrong(DomainError):
    """Wrong password, unknown account, invited or disabled account: one answer for all."""

    code = "sign-in-wrong"
    text = N_("Phone or document number and password do not fit. Please check both, or set a new password.")


class NobodySignsIn(DomainError):
    """Told on the command line only: on pages an unknown number answers like a wrong password."""

    code = "nobody-signs-in"
    text = N_("Nobody signs in with this phone or document number.")


class SignInShared(DomainError):
    code = "sign-in-shared"
    text = N_("Several people sign in with this phone. Give the document number instead.")


class SignInSlowed(DomainError):
    code = "sign-in-slowed"
    status = 429
    text = N_(
        "Several sign-ins failed. Please wait %(wait_s)d seconds, then try again or set a new password."
    )


class SignInLocked(DomainError):
    code = "sign-in-locked"
    status = 429
    text = N_(
        "Too many sign-ins failed, so this sign-in is closed for %(minutes)d minutes."
        " You can set a new password at once."
    )


class SignInAmbiguous(DomainError):
    code = "sign-in-ambiguous"
    text = N_("Several people use this phone. Please sign in with your document number.")


class DocumentTaken(DomainError):
    """The number belongs to a record already; whose, is not told."""

    code = "document-taken"
    status = 409
    text = N_("There is already a record with this document number.")


class CodeWrong(DomainError):
    """Wrong, used, expired or foreign code, or an unknown number: one answer for all."""

    code = "code-wrong"
    text = N_(
        "Document number and code do not fit, or the code has expired. Please check both,"
        " or ask for a new code."
    )


class SecondFactorWrong(DomainError):
    code = "second-factor-wrong"
    text = N_("This code does not fit. Please enter the newest six digits; each can be used once.")


class AlreadyDecided(Conflict):
    code = "already-decided"
    text = N_("This was decided in the meantime.")


class OwnRequest(DomainError):
    code = "own-request"
    status = 403
    text = N_("Nobody decides on a request of their own. Please leave it to a colleague.")


class SecondPersonNeeded(DomainError):
    code = "second-person-needed"
    status = 403
    text = N_("A second person must confirm this: whoever proposed it cannot.")


class ChangeOpen(Conflict):
    code = "change-open"
    text = N_("A change of this kind is waiting for a reviewer already. Withdraw it first to send another.")


class ReasonMissing(DomainError):
    code = "reason-missing"
    text = N_("Please give a reason: the person will read it.")


class ConsentMissing(DomainError):
    code = "consent-missing"
    text = N_("Without the privacy notice there can be no record. Please read it and agree.")


class WorkbookUnreadable(DomainError):
    code = "workbook-unreadable"
    text = N_(
        "This is not a workbook made from the template: an .xlsx file of at most 5 MB and 5,000 rows with the"
        " sheets 组织 or 人员 (Organisations, People)."
    )


class UploadGone(DomainError):
    code = "upload-gone"
    status = 409
    text = N_("The upload was kept for half an hour and is gone. Please choose the file again.")
