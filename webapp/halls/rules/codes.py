"""The code on an admission ticket, and the signed text in its QR picture: neither tells who it is."""

from collections.abc import Sequence

from itsdangerous import BadData, Signer

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
_SALT = "admission ticket"
_LOOKS_LIKE = str.maketrans({"0": "Q", "O": "Q", "1": "J", "I": "J", "L": "J", "U": "V"})


def code_of(numbers: Sequence[int]) -> str:
    """A code of LENGTH signs from as many random numbers."""
    return "".join(ALPHABET[number % len(ALPHABET)] for number in numbers[:LENGTH])


def typed(text: str) -> str:
    """A code as somebody types it: any case, with blanks or hyphens; signs that codes never use are taken
    for what they look like. '' when it cannot be a code."""
    clean = "".join(sign for sign in text.upper() if sign.isalnum()).translate(_LOOKS_LIKE)
    return clean if len(clean) == LENGTH and all(sign in ALPHABET for sign in clean) else ""


def shown(code: str) -> str:
    """A code as it is printed: two groups of four."""
    return f"{code[:4]} {code[4:]}"


def signed(secret: str, exam_id: int, code: str) -> str:
    """The text of the QR picture's address: exam, code and signature."""
    return _signer((secret,)).sign(f"{exam_id}.{code}").decode()


def opened(secrets: Sequence[str], token: str) -> tuple[int, str] | None:
    """Exam and code of a token, or None when it is forged or damaged.

    secrets: the present key first, then earlier ones that may still be in use."""
    try:
        exam, code = _signer(secrets).unsign(token).decode().split(".", 1)
        return int(exam), code
    except (BadData, ValueError):
        return None


def _signer(secrets: Sequence[str]) -> Signer:
    # The last key of the list signs; all of them are accepted.
    return Signer(list(reversed(secrets)), salt=_SALT)
