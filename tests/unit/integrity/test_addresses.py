"""Addresses are kept coarse, and a known site explains a crowd."""

import pytest

from webapp.integrity.errors import BadNetwork, NetworkTooWide
from webapp.integrity.rules.addresses import Sighting, clusters, network_of, prefix_of


def seen(attempt: int, device: str, address: str, has_site: bool = False) -> Sighting:
    return Sighting(attempt, attempt, device, address, "10.1.2.0/24", has_site)


def test_only_the_coarse_part_of_an_address_is_kept() -> None:
    assert prefix_of("10.1.2.77") == "10.1.2.0/24"
    assert prefix_of("2001:db8:1:2::5") == "2001:db8:1::/48"
    assert prefix_of("nowhere") == ""


def test_a_range_is_written_one_way_and_has_a_limit() -> None:
    assert network_of(" 10.20.3.4/16 ") == "10.20.0.0/16"
    with pytest.raises(BadNetwork):
        network_of("hall 3")
    with pytest.raises(NetworkTooWide):
        network_of("10.0.0.0/8")


def test_two_people_on_one_device_and_many_behind_one_address_are_found() -> None:
    found = clusters([seen(1, "d", "a"), seen(2, "d", "b"), *(seen(n, f"d{n}", "hall") for n in range(3, 8))])
    assert [(one.kind, one.people) for one in found] == [("address", 5), ("device", 2)]


def test_a_family_behind_one_address_raises_nothing() -> None:
    assert clusters([seen(n, f"d{n}", "home") for n in range(1, 4)]) == []


def test_a_known_site_raises_nothing_even_on_one_device() -> None:
    assert clusters([seen(n, "shared", "hall", has_site=True) for n in range(1, 30)]) == []


def test_one_person_with_two_attempts_on_a_device_is_no_cluster() -> None:
    two = [Sighting(n, 9, "d", f"a{n}", "", False) for n in (1, 2)]
    assert clusters(two) == []
