"""The keys of Safe Exam Browser: what an honest browser shows is taken, everything else is not."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from webapp.contests.rules.blueprint import ExamBrowser, Text
from webapp.integrity.rules.exam_browser import Shown, is_good, key_hash

HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
URLS = st.text(st.characters(codec="ascii", min_codepoint=33), max_size=60).map(
    lambda end: f"https://exam.example/{end}"
)


def asks(config: tuple[str, ...] = (), exam: tuple[str, ...] = ()) -> ExamBrowser:
    return ExamBrowser(config, exam, Text("向主办单位领取"))


def test_the_value_is_the_digest_of_the_address_followed_by_the_key() -> None:
    """The golden vector, from the definition: SHA-256 over the bytes of address and key, in hex."""
    url, key = "https://exam.example/exams/7/start", "0f" * 32
    by_definition = hashlib.sha256(b"https://exam.example/exams/7/start" + b"0f" * 32).hexdigest()
    assert key_hash(url, key) == by_definition
    assert key_hash(f"{url}#part", key) == by_definition, "the fragment never leaves the browser"
    assert key_hash(f"{url}?late=1", key) != by_definition, "the query does"


@given(URLS, st.lists(HEX, min_size=1, max_size=4, unique=True), st.data())
def test_any_of_several_keys_is_enough(url: str, keys: list[str], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(keys))
    made = key_hash(url, key)
    assert is_good(asks(config=tuple(keys)), url, Shown(made, ""))
    assert is_good(asks(config=tuple(keys)), url, Shown(made.upper(), "odd"))
    assert is_good(asks(exam=tuple(keys)), url, Shown("", made))
    assert not is_good(asks(config=tuple(keys)), url, Shown("", made)), "each value has keys of its own"
    assert not is_good(asks(exam=tuple(keys)), url, Shown(made, ""))


@given(URLS, HEX, HEX, st.text(max_size=80))
def test_another_key_another_address_or_odd_text_is_not_enough(
    url: str, key: str, other: str, odd: str
) -> None:
    wanted = asks(config=(key,), exam=(key,))
    wrong = [odd, key, key_hash(f"{url}x".replace("#", ""), key)] + [key_hash(url, other)] * (other != key)
    for shown in wrong:
        if shown.strip().lower() != key_hash(url, key):
            assert not is_good(wanted, url, Shown(shown, shown))


@given(URLS, st.text(max_size=64))
def test_without_keys_nothing_is_good(url: str, shown: str) -> None:
    assert not is_good(asks(), url, Shown(shown, shown))
