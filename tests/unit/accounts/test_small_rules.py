"""Addresses to go on to, devices, codes, scopes of roles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.access.permissions import Role, ScopeKind
from webapp.accounts.rules import codes
from webapp.accounts.rules.addresses import on_site
from webapp.accounts.rules.devices import describe
from webapp.accounts.rules.roles import ROLE_TEXTS, fits
from webapp.organisations.rules import levels


@pytest.mark.parametrize(
    "target",
    [
        None, "", "contests", "http://evil.example/", "//evil.example", "///evil.example", "/\\evil.example",
        "\\\\evil.example", "/\t/evil.example", "/ok\r\nSet-Cookie: a=b", "javascript:alert(1)", "/[", " /x",
        "/\x80", "/\u2028x",
    ],
)  # fmt: skip
def test_addresses_elsewhere_are_not_followed(target: str | None) -> None:
    assert on_site(target, "/home") in {"/home", "/["}


@given(st.text(max_size=40))
def test_what_is_followed_begins_with_one_slash(target: str) -> None:
    followed = on_site(target, "/home")
    assert followed.startswith("/")
    assert not followed.startswith(("//", "/\\"))
    assert followed.isprintable()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile MicroMessenger/8.0",
            "WeChat · Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1",
            "Safari · iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/120 Safari/537.36 Edg/120", "Edge · Windows"),
        ("curl/8", ""),
    ],
)
def test_device_is_told_in_two_words(agent: str, words: str) -> None:
    assert describe(agent) == words


def test_code_is_shown_in_halves_and_typed_in_any_way() -> None:
    assert codes.clean(codes.shown("12345678")) == "12345678"
    assert codes.clean("1234-5678 ") == "12345678"


def test_every_role_has_a_name_and_fits_everything() -> None:
    assert set(ROLE_TEXTS) == set(Role)
    assert all(fits(role, ScopeKind.EVERYTHING) for role in Role)


@pytest.mark.parametrize(
    ("role", "kind", "is_fit"),
    [
        (Role.UNION_REVIEWER, ScopeKind.ORGANISATION, True),
        (Role.UNION_REVIEWER, ScopeKind.EVENT, False),
        (Role.ORGANISER, ScopeKind.EVENT, True),
        (Role.ORGANISER, ScopeKind.ORGANISATION, False),
        (Role.HOST, ScopeKind.CONTEST, True),
    ],
)
def test_scope_must_suit_the_role(role: Role, kind: ScopeKind, is_fit: bool) -> None:
    assert fits(role, kind) is is_fit


def test_words_for_kinds_and_levels_are_understood() -> None:
    assert (levels.kind_of(" 工会 "), levels.level_of("区县"), levels.kind_of("星系")) == (
        "union",
        "county",
        "",
    )
    assert {levels.level_of(word) for word in ("省", "产业", "市", "县", "单位")} == set(levels.LEVEL_TEXTS)
