"""Identity documents: one spelling for each number, its check, its mask and what it tells.

A number is brought to one spelling before anything compares it, so that nobody becomes two
people by typing full-width digits, a small x or the old 15-digit number (RELIABILITY rule 27)."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from webapp.accounts.errors import DocumentBirthDateWrong, DocumentCheckDigitWrong, DocumentShapeWrong
from webapp.core.words import N_, Message


class DocumentKind(StrEnum):
    """Documents that identify a person (DECISIONS 1). The values are stored."""

    RESIDENT_ID = "resident-id"
    HK_MACAU_PERMIT = "hk-macau-permit"
    TAIWAN_PERMIT = "taiwan-permit"
    PERMANENT_RESIDENCE = "permanent-residence"
    PASSPORT = "passport"


KIND_TEXTS: Mapping[DocumentKind, str] = {
    DocumentKind.RESIDENT_ID: N_("Resident identity card"),
    DocumentKind.HK_MACAU_PERMIT: N_("Mainland travel permit for Hong Kong and Macau residents"),
    DocumentKind.TAIWAN_PERMIT: N_("Mainland travel permit for Taiwan residents"),
    DocumentKind.PERMANENT_RESIDENCE: N_("Foreign permanent resident identity card"),
    DocumentKind.PASSPORT: N_("Passport"),
}

EXPECTED: Mapping[DocumentKind, str] = {
    DocumentKind.RESIDENT_ID: N_("18 characters: 17 digits and a digit or X"),
    DocumentKind.HK_MACAU_PERMIT: N_("the letter H or M and 8 digits"),
    DocumentKind.TAIWAN_PERMIT: N_("8 digits"),
    DocumentKind.PERMANENT_RESIDENCE: N_("18 digits that begin with 9, or 3 letters and 12 digits"),
    DocumentKind.PASSPORT: N_("5 to 12 letters and digits, at least one digit"),
}

SHAPES: Mapping[DocumentKind, re.Pattern[str]] = {
    DocumentKind.RESIDENT_ID: re.compile(r"[1-9][0-9]{16}[0-9X]"),
    DocumentKind.HK_MACAU_PERMIT: re.compile(r"[HM][0-9]{8}"),
    DocumentKind.TAIWAN_PERMIT: re.compile(r"[0-9]{8}"),
    DocumentKind.PERMANENT_RESIDENCE: re.compile(r"9[0-9]{16}[0-9X]|[A-Z]{3}[0-9]{12}"),
    DocumentKind.PASSPORT: re.compile(r"(?=.*[0-9])[A-Z0-9]{5,12}"),
}

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
"""GB 11643-1999, 4.2: the weighted sum modulo 11 picks the check character."""

EARLIEST_BIRTH = date(1900, 1, 1)


@dataclass(frozen=True)
class Document:
    """A checked document: kind and the one spelling of its number.

    `born_on` and `sex` ('female', 'male' or '') come from the number where it carries them."""

    kind: DocumentKind
    number: str
    born_on: date | None = None
    sex: str = ""

    @property
    def mask(self) -> str:
        """How the number is shown: see `mask`."""
        return mask(self.number)

    @property
    def last4(self) -> str:
        """The four last characters, which people are asked for beside a name."""
        return self.number[-4:]

    def __repr__(self) -> str:
        return f"Document({self.kind.value}, {self.mask})"


def parse(kind: DocumentKind, text: str, today: date) -> Document:
    """The document that `text` spells.

    today: numbers with a later birth date are refused. Raise DocumentShapeWrong,
    DocumentBirthDateWrong or DocumentCheckDigitWrong. Source: GB 11643-1999."""
    number = normalise(kind, text)
    if not SHAPES[kind].fullmatch(number):
        raise DocumentShapeWrong(expected=Message(EXPECTED[kind]))
    if not _is_citizen_shape(kind, number):
        return Document(kind, number)
    born_on = _birth_date(number)
    if born_on is None or not EARLIEST_BIRTH <= born_on <= today:
        raise DocumentBirthDateWrong
    if check_character(number[:17]) != number[17]:
        raise DocumentCheckDigitWrong
    return Document(kind, number, born_on, "male" if int(number[16]) % 2 else "female")


def normalise(kind: DocumentKind, text: str) -> str:
    """One spelling: NFKC, capitals, no spaces or hyphens; an identity card of 15 digits gets its 18;
    travel permits lose the counter of reissues behind the number that stays for life."""
    number = re.sub(r"[\s\u200b\ufeff·._-]", "", unicodedata.normalize("NFKC", text)).upper()
    if kind is DocumentKind.RESIDENT_ID and re.fullmatch(r"[1-9][0-9]{14}", number):
        return lengthen(number)
    if kind is DocumentKind.HK_MACAU_PERMIT and re.fullmatch(r"[HM][0-9]{10}", number):
        return number[:9]
    if kind is DocumentKind.TAIWAN_PERMIT and re.fullmatch(r"[0-9]{10}", number):
        return number[:8]
    return number


def guess_kinds(text: str) -> tuple[DocumentKind, ...]:
    """The kinds whose shape the text fits, likeliest first: sign-in asks for a number only."""
    return tuple(kind for kind in DocumentKind if SHAPES[kind].fullmatch(normalise(kind, text)))


def lengthen(number: str) -> str:
    """The 18 characters of an identity card of 15 digits, which were issued to people born in 19xx."""
    body = number[:6] + "19" + number[6:]
    return body + check_character(body)


def check_character(body: str) -> str:
    """The 18th character to 17 digits."""
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return CHECK_CHARACTERS[total % 11]


def mask(number: str) -> str:
    """A number as it is shown: three characters in front and two at the end stay; of fewer than
    nine characters one and two. The stars keep the length: '990***************3X'."""
    front = 3 if len(number) >= 9 else 1
    return number[:front] + "*" * (len(number) - front - 2) + number[-2:]


def _is_citizen_shape(kind: DocumentKind, number: str) -> bool:
    return (
        kind in {DocumentKind.RESIDENT_ID, DocumentKind.PERMANENT_RESIDENCE}
        and len(number) == 18
        and number[:1].isdigit()
    )


def _birth_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
