import hashlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.certificates.rules.facts import Facts, canonical, digest_of, facts_from, is_same_name

WORDS = st.fixed_dictionaries({"zh": st.text(), "en": st.text()})


def facts(**changes: Any) -> Facts:
    words = {"zh": "安全生产知识", "en": "Work safety"}
    given_values: dict[str, Any] = {
        "serial": "JS26-00000-00000-00000",
        "name": "欧阳䶮",
        "number": "000123",
        "unit": "第一机械厂",
        "award": words,
        "contest": words,
        "event": words,
        "stage": words,
        "hosts": words,
        "finished": ("learning", "exam"),
        "rank": None,
        "goes_on": False,
        "issued_on": date(2026, 5, 31),
    }
    return Facts(**(given_values | changes))


@given(st.text(), WORDS, st.none() | st.integers(1, 1000), st.booleans(), st.dates())
def test_facts_survive_the_way_through_json(
    name: str, words: Any, rank: int | None, goes_on: bool, day: date
) -> None:
    one = facts(name=name, event=words, rank=rank, goes_on=goes_on, issued_on=day)
    assert facts_from(one.as_json()) == one


def test_the_order_of_keys_does_not_change_the_digest() -> None:
    data = facts().as_json()
    assert digest_of(dict(reversed(list(data.items())))) == digest_of(data)
    assert digest_of(data) == hashlib.sha256(canonical(data)).hexdigest()


@pytest.mark.parametrize("field", ["name", "unit", "number", "serial"])
def test_any_other_word_changes_the_digest(field: str) -> None:
    assert digest_of(facts(**{field: "别的"}).as_json()) != digest_of(facts().as_json())


def test_chinese_is_written_as_it_is() -> None:
    assert "欧阳䶮".encode() in canonical(facts().as_json())


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("欧阳䶮", "欧阳䶮"),
        (" 欧 阳䶮", "欧阳䶮"),
        ("阿卜杜热合曼•艾力", "阿卜杜热合曼·艾力"),
        ("阿卜杜热合曼艾力", "阿卜杜热合曼·艾力"),
        ("john SMITH", "John Smith"),
        ("Ｊｏｈｎ　Ｓｍｉｔｈ", "John Smith"),
    ],
)
def test_the_same_name_written_differently_is_the_same(typed: str, name: str) -> None:
    assert is_same_name(typed, name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("欧阳", "欧阳䶮"), ("欧**", "欧阳䶮"), ("", "欧阳䶮"), ("王芳", "王方"), ("བཀྲ་ཤིས", "བཀྲ་ཤས")],
)
def test_another_name_is_another(typed: str, name: str) -> None:
    assert not is_same_name(typed, name)
