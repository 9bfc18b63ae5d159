"""Document numbers: one spelling, checks, masks."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.accounts.errors import (
    DocumentBirthDateWrong,
    DocumentCheckDigitWrong,
    DocumentShapeWrong,
    DocumentWrong,
)
from webapp.accounts.rules import documents
from webapp.accounts.rules.documents import DocumentKind

TODAY = date(2026, 6, 1)
RESIDENT = DocumentKind.RESIDENT_ID


def card(birth: str = "19900307", serial: str = "123", region: str = "990101") -> str:
    body = region + birth + serial
    return body + documents.check_character(body)


@st.composite
def cards(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1930, 1, 1), date(2010, 12, 31)))
    return card(
        born.strftime("%Y%m%d"), f"{draw(st.integers(0, 999)):03d}", f"99{draw(st.integers(0, 9999)):04d}"
    )


def test_check_character_follows_the_example_of_the_standard() -> None:
    # The worked examples of GB 11643-1999, annex.
    assert documents.check_character("11010519491231002") == "X"
    assert documents.check_character("44052418800101001") == "4"


def test_card_tells_birth_date_and_sex() -> None:
    woman = documents.parse(RESIDENT, card(serial="122"), TODAY)
    man = documents.parse(RESIDENT, card(serial="123"), TODAY)
    assert (woman.born_on, woman.sex, man.sex) == (date(1990, 3, 7), "female", "male")


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        lambda n: f" {n} ",
        lambda n: f"{n[:6]} {n[6:14]}-{n[14:]}",
        lambda n: "".join(chr(ord(c) + 0xFEE0) for c in n),
        lambda n: "\ufeff" + n + "\u3000",
    ],
    ids=["small x", "spaces around", "spaces and hyphens", "full width", "invisible"],
)
def test_spellings_of_one_number_are_one_number(change: "object") -> None:
    number = next(n for n in (card(serial=f"{i:03d}") for i in range(100)) if n.endswith("X"))
    assert documents.parse(RESIDENT, change(number), TODAY).number == number  # type: ignore[operator]


def test_fifteen_digits_become_the_eighteen_of_the_same_person() -> None:
    number = card("19700707", "321")
    assert documents.parse(RESIDENT, number[:6] + number[8:17], TODAY).number == number


@given(cards())
def test_every_well_formed_card_is_accepted_and_stays_as_it_is(number: str) -> None:
    parsed = documents.parse(RESIDENT, number, TODAY)
    assert parsed.number == number
    assert documents.parse(RESIDENT, parsed.number, TODAY) == parsed


@given(cards(), st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_is_noticed(number: str, place: int, step: int) -> None:
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    with pytest.raises(DocumentWrong):
        documents.parse(RESIDENT, wrong, TODAY)


@given(cards(), st.integers(0, 15))
def test_every_swap_of_neighbours_is_noticed(number: str, place: int) -> None:
    if number[place] == number[place + 1]:
        return
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    with pytest.raises(DocumentWrong):
        documents.parse(RESIDENT, wrong, TODAY)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", DocumentShapeWrong),
        ("12345", DocumentShapeWrong),
        (card() + "1", DocumentShapeWrong),
        ("A" + card()[1:], DocumentShapeWrong),
        (card("19900231"), DocumentBirthDateWrong),
        (card("20260602"), DocumentBirthDateWrong),
        (card("18991231"), DocumentBirthDateWrong),
        (card()[:17] + ("1" if card()[17] != "1" else "2"), DocumentCheckDigitWrong),
    ],
)
def test_impossible_cards_are_refused_with_the_reason(text: str, error: type[DocumentWrong]) -> None:
    with pytest.raises(error):
        documents.parse(RESIDENT, text, TODAY)


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        (DocumentKind.HK_MACAU_PERMIT, "h12345678", "H12345678"),
        (DocumentKind.HK_MACAU_PERMIT, "M1234567802", "M12345678"),
        (DocumentKind.TAIWAN_PERMIT, "12345678", "12345678"),
        (DocumentKind.TAIWAN_PERMIT, "1234567801", "12345678"),
        (DocumentKind.PERMANENT_RESIDENCE, "usa123456789012", "USA123456789012"),
        (DocumentKind.PERMANENT_RESIDENCE, card(), card()),
        (DocumentKind.PASSPORT, "e 1234567", "E1234567"),
    ],
)
def test_other_documents_have_one_spelling_too(kind: DocumentKind, text: str, number: str) -> None:
    assert documents.parse(kind, text, TODAY).number == number


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (DocumentKind.HK_MACAU_PERMIT, "A12345678"),
        (DocumentKind.HK_MACAU_PERMIT, "H1234567"),
        (DocumentKind.TAIWAN_PERMIT, "1234567"),
        (DocumentKind.PERMANENT_RESIDENCE, "US123456789012"),
        (DocumentKind.PASSPORT, "ABCDEF"),
        (DocumentKind.PASSPORT, "E123"),
        (DocumentKind.PASSPORT, "E1234567890123"),
        (DocumentKind.PASSPORT, "护照1234567"),
    ],
)
def test_wrong_shapes_of_other_documents_are_refused(kind: DocumentKind, text: str) -> None:
    with pytest.raises(DocumentShapeWrong):
        documents.parse(kind, text, TODAY)


def test_old_permanent_residence_card_carries_no_birth_date() -> None:
    assert documents.parse(DocumentKind.PERMANENT_RESIDENCE, "USA123456789012", TODAY).born_on is None


@given(st.text("0123456789ABCX", min_size=5, max_size=18))
def test_mask_keeps_the_length_and_at_most_five_characters(number: str) -> None:
    shown = documents.mask(number)
    assert len(shown) == len(number)
    assert sum(character != "*" for character in shown) <= 5
    assert "*" in shown


def test_mask_of_a_card_is_as_documented() -> None:
    assert documents.mask("99010119900307123X") == "990*************3X"


def test_a_document_in_a_log_line_is_masked() -> None:
    assert card() not in repr(documents.parse(RESIDENT, card(), TODAY))


def test_number_alone_suggests_its_kind() -> None:
    assert documents.guess_kinds(card())[0] is RESIDENT
    assert documents.guess_kinds("h12345678")[0] is DocumentKind.HK_MACAU_PERMIT
    assert documents.guess_kinds("hello") == ()
