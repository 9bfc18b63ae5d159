"""Real names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.accounts.errors import (
    NameCharacterPrivate,
    NameCharacterWrong,
    NameTooLong,
    NameTooShort,
    NameWrong,
)
from webapp.accounts.rules import names


@pytest.mark.parametrize(
    "name",
    [
        "王芳",
        "欧阳娜娜",
        "赵䶮",
        "李㛃",
        "𠮷田",
        "张𬭎",
        "阿依古丽·买买提",
        "Anna-Maria O'Neil",
        "José Nuñez",
        "〇明",
        "John Q. Public",
    ],
)
def test_names_of_real_people_are_taken_as_they_are(name: str) -> None:
    assert names.clean(name) == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" 王 芳 ", "王芳"),
        ("王　芳", "王芳"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽 ・ 买买提", "阿依古丽·买买提"),
        ("Ａｎｎａ　Ｌｅｅ", "Anna Lee"),
        ("Anna   Lee", "Anna Lee"),
        ("Jose\u0301 Lee", "José Lee"),
        ("O’Neil Anna", "O'Neil Anna"),
    ],
)
def test_ways_of_typing_a_name_become_one(typed: str, name: str) -> None:
    assert names.clean(typed) == name


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", NameTooShort),
        ("王", NameTooShort),
        ("· ·", NameTooShort),
        ("王" * 51, NameTooLong),
        ("王3", NameCharacterWrong),
        ("王芳😀", NameCharacterWrong),
        ("王\x00芳", NameCharacterWrong),
        ("王\u202e芳", NameCharacterWrong),
        ("王\n芳", NameCharacterWrong),
        ("<b>王芳", NameCharacterWrong),
        ("=王芳", NameCharacterWrong),
        ("·王芳", NameCharacterWrong),
        ("Иван Петров", NameCharacterWrong),
        ("王\ue003", NameCharacterPrivate),
    ],
)
def test_what_is_no_name_is_refused(typed: str, error: type[NameWrong]) -> None:
    with pytest.raises(error):
        names.clean(typed)


@given(st.text(max_size=60))
def test_a_cleaned_name_stays_as_it_is(text: str) -> None:
    try:
        name = names.clean(text)
    except NameWrong:
        return
    assert names.clean(name) == name
    assert not any(character in "\r\n\t\x00<>&=@+" for character in name)
