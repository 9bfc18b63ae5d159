"""The program that checks certificates without us: it agrees with the library that signs, and refuses what was changed."""

import json
import zlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.check_certificate import canonical, is_signed, statements_of
from webapp.certificates.rules import facts as rules
from webapp.certificates.rules.signed import statement

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()


def test_the_first_test_vector_of_rfc_8032() -> None:
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )
    assert is_signed(public, b"", signature)
    assert not is_signed(public, b"\x00", signature)


@settings(max_examples=15)
@given(st.binary(max_size=80), st.integers(0, 63), st.integers(1, 255))
def test_any_changed_byte_of_the_signature_is_noticed(message: bytes, at: int, by: int) -> None:
    signature = bytearray(KEY.sign(message))
    assert is_signed(PUBLIC, message, bytes(signature))
    signature[at] ^= by
    assert not is_signed(PUBLIC, message, bytes(signature))
    assert not is_signed(PUBLIC, message + b"!", KEY.sign(message))


@pytest.mark.parametrize("length", [0, 63, 65])
def test_signatures_of_another_length_are_refused(length: int) -> None:
    assert not is_signed(PUBLIC, b"", bytes(length))


WORDS = st.text(alphabet='王㛃𬭎䶮·é" \\\n', max_size=8)


@given(st.dictionaries(st.sampled_from(["name", "serial", "unit"]), WORDS, min_size=1))
def test_both_sides_write_the_same_bytes(said: dict[str, str]) -> None:
    assert canonical(said) == rules.canonical(said)
    (read,) = statements_of(statement(said, "digest", "key", b"\x01" * 64).encode())
    assert canonical(read["facts"]) == rules.canonical(said)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"%PDF-1.7\nstream\nx\nendstream", b'{"form": "jiangsai-certificate-1"']
)
def test_a_file_without_signed_data_has_none(content: bytes) -> None:
    assert statements_of(content) == []


@pytest.mark.parametrize("end_of_line", [b"\n", b"\r\n"])
@pytest.mark.parametrize("last", [ord("\r"), ord("\n"), 0])
def test_packed_data_is_read_whatever_byte_it_ends_with(last: int, end_of_line: bytes) -> None:
    # One more "y" adds 121 to the sum that packed data ends with: 256 of them give every last byte.
    texts = (statement({"name": "y" * at}, "digest", "key", b"\x01" * 64).encode() for at in range(256))
    text = next(one for one in texts if zlib.compress(one)[-1] == last)
    packed = b"%PDF-1.7\nstream" + end_of_line + zlib.compress(text) + end_of_line + b"endstream"
    assert [json.loads(text)] == statements_of(packed)


def test_numbers_and_lists_stay_what_they_are() -> None:
    said = {"rank": 3, "finished": ["exam"], "goes_on": False}
    assert json.loads(canonical(said)) == said
