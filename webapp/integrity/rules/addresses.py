"""Network addresses of exam pages: coarse prefixes, ranges of known sites, clusters.

Many people behind one address are the rule in factories, dormitories and halls. A cluster is worth a
look only where no named site explains it; a shared computer in a hall is explained the same way."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from webapp.integrity.errors import BadNetwork, NetworkTooWide

WIDEST_V4 = 16
WIDEST_V6 = 32


def prefix_of(address: str) -> str:
    """The coarse part that is kept in the clear: /24 of IPv4, /48 of IPv6, '' for what is no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    bits = 24 if found.version == 4 else 48
    return str(ipaddress.ip_network(f"{found}/{bits}", strict=False))


def network_of(text: str) -> str:
    """A range somebody typed, in canonical form. raise (BadNetwork), (NetworkTooWide)."""
    try:
        found = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise BadNetwork(network=text.strip()[:60]) from error
    if found.prefixlen < (WIDEST_V4 if found.version == 4 else WIDEST_V6):
        raise NetworkTooWide(most=65_536)
    return str(found)


@dataclass(frozen=True)
class Sighting:
    """One attempt on one device at one address. site: a known site explains the address."""

    attempt_id: int
    person_id: int
    device: str
    address: str
    prefix: str
    has_site: bool


@dataclass(frozen=True)
class Cluster:
    """Several people on one device or address without a known site. kind: device | address."""

    kind: str
    prefix: str
    attempt_ids: tuple[int, ...]
    people: int
    weight: float


@dataclass(frozen=True)
class ClusterLimits:
    """From how many people on. A family shares an address, so three people there mean nothing yet."""

    device_people: int = 2
    address_people: int = 4
    weight_device: float = 1.0
    weight_address: float = 0.5


CLUSTER_LIMITS = ClusterLimits()


def clusters(seen: Iterable[Sighting], limits: ClusterLimits = CLUSTER_LIMITS) -> list[Cluster]:
    """Devices and addresses that several people used, the largest first; known sites raise nothing."""
    groups: dict[tuple[str, str], list[Sighting]] = {}
    for one in seen:
        if one.has_site:
            continue
        if one.device:
            groups.setdefault(("device", one.device), []).append(one)
        if one.address:
            groups.setdefault(("address", one.address), []).append(one)
    found = []
    for (kind, _name), members in groups.items():
        people = len({one.person_id for one in members})
        least = limits.device_people if kind == "device" else limits.address_people
        if people >= least:
            weight = limits.weight_device if kind == "device" else limits.weight_address
            ids = tuple(sorted({one.attempt_id for one in members}))
            found.append(Cluster(kind, members[0].prefix, ids, people, weight))
    return sorted(found, key=lambda cluster: (-cluster.people, cluster.kind, cluster.attempt_ids))
