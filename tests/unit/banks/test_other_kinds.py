"""Files that are no banks at all get a clear word, not a list of guesses."""

import pytest

from webapp.banks.formats.files import read_bank_file


@pytest.mark.parametrize(
    ("content", "name", "word"),
    [
        (b"%PDF-1.7 1 0 obj", "bank.pdf", "PDF"),
        (b"\x89PNG\r\n\x1a\n0000", "bank.png", "picture"),
        (b"\xff\xd8\xff\xe0 JFIF", "bank.csv", "picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "bank.doc", ".doc"),
    ],
)
def test_a_file_for_the_eye_is_refused_with_what_to_do(content: bytes, name: str, word: str) -> None:
    parsed = read_bank_file(content, name)
    assert parsed.questions == ()
    (problem,) = parsed.problems
    assert problem.code == "wrong-kind"
    assert word in problem.reason.text
    assert problem.hint is not None
