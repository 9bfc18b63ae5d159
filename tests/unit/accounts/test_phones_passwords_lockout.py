"""Phones, passwords, lockout."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.accounts.errors import (
    PasswordCommon,
    PasswordPersonal,
    PasswordSimple,
    PasswordTooLong,
    PasswordTooShort,
    PasswordWeak,
    PhoneWrong,
)
from webapp.accounts.rules import lockout, passwords, phones

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("13900000001", "13900000001"),
        ("139 0000 0001", "13900000001"),
        ("+86 139-0000-0001", "13900000001"),
        ("8613900000001", "13900000001"),
        ("１３９０００００００１", "13900000001"),
        ("+852 5000 0001", "+85250000001"),
        ("00852 50000001", "+85250000001"),
    ],
)
def test_phone_has_one_spelling(typed: str, phone: str) -> None:
    assert phones.clean(typed) == phone


@pytest.mark.parametrize(
    "typed", ["", "12345678901", "1390000000", "139000000011", "+8612345678901", "phone", "+12"]
)
def test_wrong_phone_is_refused(typed: str) -> None:
    with pytest.raises(PhoneWrong):
        phones.clean(typed)


def test_masked_phone_keeps_three_and_four() -> None:
    assert phones.mask("13900008001") == "139****8001"
    assert phones.mask("+85250000001") == "+85*****0001"


@pytest.mark.parametrize(
    "password", ["炉火纯青 2026 年", "correct horse battery", "zhuangpei-gongyi", "Yf7!kd02x"]
)
def test_good_contestant_password_passes(password: str) -> None:
    passwords.check(password)


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("short7!", PasswordTooShort),
        ("x" * 129, PasswordTooLong),
        ("12345678", PasswordCommon),
        ("98765432", PasswordCommon),
        ("password", PasswordCommon),
        ("Password1!", PasswordCommon),
        ("qwertyuiop", PasswordCommon),
        ("1qaz2wsx", PasswordCommon),
        ("aaaaaaaa", PasswordCommon),
        ("abcabcabc", PasswordCommon),
        ("woaini1314", PasswordCommon),
        ("19900307", PasswordCommon),
        ("１２３４５６７８", PasswordCommon),
        ("x13900000001", PasswordPersonal),
        ("my00000001", PasswordPersonal),
    ],
)
def test_weak_contestant_password_is_refused_with_the_reason(
    password: str, error: type[PasswordWeak]
) -> None:
    with pytest.raises(error):
        passwords.check(password, personal=["13900000001"])


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("Kd02x!fgh", PasswordTooShort),
        ("only small letters", PasswordSimple),
        ("zhuangpei88", PasswordSimple),
    ],
)
def test_staff_password_needs_length_and_kinds(password: str, error: type[PasswordWeak]) -> None:
    with pytest.raises(error):
        passwords.check(password, staff=True)


def test_staff_password_with_three_kinds_passes() -> None:
    passwords.check("Zhuangpei-88", staff=True)


@given(st.text(min_size=1, max_size=20))
def test_full_width_typing_is_the_same_password(text: str) -> None:
    assert passwords.canonical(passwords.canonical(text)) == passwords.canonical(text)


def test_first_four_failures_cost_nothing() -> None:
    assert all(lockout.pause(failures) == timedelta(0) for failures in range(5))


def test_fifth_failure_slows_and_tenth_locks_for_fifteen_minutes() -> None:
    assert lockout.closed_for(5, NOW, NOW) == timedelta(seconds=2)
    assert lockout.closed_for(9, NOW, NOW) == timedelta(seconds=32)
    assert lockout.closed_for(10, NOW, NOW) == timedelta(minutes=15)
    assert lockout.closed_for(10, NOW, NOW + timedelta(minutes=15)) == timedelta(0)


@given(st.integers(0, 30))
def test_pauses_never_get_shorter(failures: int) -> None:
    assert lockout.pause(failures) <= lockout.pause(failures + 1)


def test_a_series_of_failures_counts_until_a_quarter_of_an_hour_goes_by_without_one() -> None:
    nine = [NOW - timedelta(minutes=10) * n for n in range(9)]
    assert lockout.counted(nine, NOW + timedelta(minutes=14)) == 9
    assert lockout.counted(nine, NOW + timedelta(minutes=15)) == 0
    assert lockout.counted([NOW, NOW - timedelta(minutes=15)], NOW) == 1
    assert lockout.counted([], NOW) == 0


def test_an_address_with_very_many_failures_waits_two_seconds() -> None:
    assert lockout.address_closed_for(299, NOW, NOW) == timedelta(0)
    assert lockout.address_closed_for(300, NOW, NOW) == timedelta(seconds=2)
    assert lockout.address_closed_for(300, NOW, NOW + timedelta(seconds=2)) == timedelta(0)
    assert lockout.address_closed_for(0, None, NOW) == timedelta(0)
