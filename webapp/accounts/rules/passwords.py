"""What a new password must be. Contestants: length and not among the common ones. Staff: MLPS."""

import re
import unicodedata
from collections.abc import Iterable

from webapp.accounts.errors import (
    PasswordCommon,
    PasswordPersonal,
    PasswordSimple,
    PasswordTooLong,
    PasswordTooShort,
)

LEAST = 8
STAFF_LEAST = 10
MOST = 128

ROWS = (
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
)

_COMMON_CORES = """
    password passw0rd p@ssword p@ssw0rd pass word mima woaini woaiwojia iloveyou aini woaizhongguo
    zhongguo china beijing shanghai jilin changchun admin administrator root user guest test demo
    welcome login letmein monkey dragon master shadow superman batman football baseball princess
    sunshine qwerty asdf zxcv qazwsx wsxedc qwer abc abcd aaa aaaa a q w qq wang li zhang liu chen yang
    zhao huang zhou wu xu sun aa ab as asd qwe zxc gonghui jingsai kaoshi jineng zhigong jiangsai
    laodong mofan anquan shengchan xiaoming baobei baba mama taobao weixin wechat alipay huawei xiaomi
    iphone computer internet killer freedom whatever trustno hello nihao secret changeme default temp
    summer winter spring autumn love lucky money happy
"""
COMMON_CORES = frozenset(_COMMON_CORES.split())
"""Words that stand at the core of the passwords tried first; digits and signs around them add little."""

_COMMON = """
    5201314520 52013145 1314520 13145200 11223344 12341234 123123123 12312312 147258369 159357 14725836
    159753 123654789 12344321 1234554321 110110110 88888888 66666666 147852369 741852963 789456123
    987654321 876543210 1q2w3e4r 1q2w3e4r5t zaq12wsx q1w2e3r4 1qazxsw2 qwe123456 abc123456 a123456789
    a1b2c3d4 aa123456 woaini1314 woaini520 iloveyou1314 password123 trustno1 3.1415926 31415926
"""
COMMON = frozenset(_COMMON.split())


def canonical(password: str) -> str:
    """One spelling before hashing: an input method's full-width digits are the same password."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, *, staff: bool = False, personal: Iterable[str] = ()) -> None:
    """Raise a PasswordWeak child when the password may not be used.

    staff: MLPS (GB/T 22239): ten characters and three of four kinds. personal: numbers (phone,
    document) that must not occur inside; the last eight characters of each count too."""
    text = canonical(password)
    least = STAFF_LEAST if staff else LEAST
    if len(text) < least:
        raise PasswordTooShort(least=least)
    if len(text) > MOST:
        raise PasswordTooLong(most=MOST)
    if _is_personal(text, personal):
        raise PasswordPersonal
    if is_common(text):
        raise PasswordCommon
    if staff and _kinds(text) < 3:
        raise PasswordSimple


def is_common(password: str) -> bool:
    """Whether a guesser comes to this password early: listed, one character repeated, a row of the
    keyboard or the alphabet, a date, or a common word with digits or signs around it."""
    text = password.lower()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    return (
        text in COMMON
        or len(set(text)) <= 2
        or _is_repeated(text)
        or _is_row(text)
        or re.fullmatch(r"(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])", text) is not None
        or (core in COMMON_CORES and len(text) < len(core) + 9)
        or (_is_row(core) and len(core) >= 4)
    )


def _is_repeated(text: str) -> bool:
    """One piece of up to four characters over and over: 'abab abab', '12341234'."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, 5))


def _is_row(text: str) -> bool:
    doubled = [row + row for row in ROWS]
    return len(text) >= 4 and any(text in row or text[::-1] in row for row in doubled)


def _is_personal(text: str, numbers: Iterable[str]) -> bool:
    lowered = text.lower()
    pieces = {
        piece.lower() for number in numbers if number for piece in (number, number[-8:]) if len(piece) >= 5
    }
    return any(piece in lowered for piece in pieces)


def _kinds(text: str) -> int:
    return sum(
        (
            any(character.isupper() for character in text),
            any(character.islower() for character in text),
            any(character.isdigit() for character in text),
            any(not character.isalnum() for character in text),
        )
    )
