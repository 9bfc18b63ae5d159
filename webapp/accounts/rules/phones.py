"""Phone numbers: contact, never identity."""

import re
import unicodedata

from webapp.accounts.errors import PhoneWrong

MAINLAND = re.compile(r"1[3-9][0-9]{9}")
FOREIGN = re.compile(r"\+[1-9][0-9]{7,14}")


def clean(text: str) -> str:
    """The one spelling: 11 digits for a mainland mobile, '+', country code and number for others.

    Raise PhoneWrong. Source of the length of others: ITU-T E.164."""
    digits = re.sub(r"[\s\u200b\ufeff()./-]", "", unicodedata.normalize("NFKC", text))
    mainland = re.sub(r"^(\+86|0086|86(?=1[3-9][0-9]{9}$))", "", digits)
    if MAINLAND.fullmatch(mainland):
        return mainland
    foreign = re.sub(r"^00", "+", digits)
    if FOREIGN.fullmatch(foreign) and not foreign.startswith("+86"):
        return foreign
    raise PhoneWrong


def mask(phone: str) -> str:
    """'138****8000': three characters in front and the last four stay."""
    return phone[:3] + "*" * max(len(phone) - 7, 4) + phone[-4:]
