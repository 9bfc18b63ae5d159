"""A taken port is said at once, with the next step."""

import socket
from collections.abc import Iterator

import pytest

from webapp.supervisor import ports


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        yield other.getsockname()[1]


def test_a_taken_port_is_named_with_the_next_step(taken: int) -> None:
    with pytest.raises(ports.PortTaken, match=rf"Port {taken} .*PORT={taken + 1} make run"):
        ports.claim("127.0.0.1", taken)


def test_zero_finds_a_free_port() -> None:
    found = ports.claim("127.0.0.1", 0)
    assert ports.claim("127.0.0.1", found) == found


@pytest.mark.parametrize("port", [-1, 65536, 1_000_000])
def test_no_port_is_refused_in_words(port: int) -> None:
    with pytest.raises(ports.PortRefused, match="65535"):
        ports.claim("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused_in_words() -> None:
    with pytest.raises(ports.PortRefused, match=r"203\.0\.113\.7"):
        ports.claim("203.0.113.7", 0)


def test_the_live_port_moves_aside(taken: int) -> None:
    found = ports.claim_near("127.0.0.1", taken, taken=taken - 1)
    assert found not in {taken, taken - 1}
