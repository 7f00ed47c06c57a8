"""Which addresses may be dialled, and which links may be followed there. Pure.

Nothing is looked up here. Whoever dials asks about the address that it dials, at that moment, not
about a name: a name may mean another address a second later (DNS rebinding). What cannot be read as
an address is refused.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

PORTS = frozenset({80, 443})
PORT_OF = {"http": 80, "https": 443}

# What ``is_global`` of Python 3.11 takes for public although no careers site lives there.
REFUSED = tuple(
    ipaddress.ip_network(net)
    for net in (
        "192.88.99.0/24",  # 6to4 relays
        "224.0.0.0/4",  # multicast
        "fec0::/10",  # old site-local
        "ff00::/8",  # multicast
        "3fff::/20",  # documentation (RFC 9637)
        "5f00::/16",  # segment routing
    )
)
NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Allowed:
    """An exception to the rule: a network, and a port there (``None``: the usual ports)."""

    network: IPv4Network | IPv6Network
    port: int | None

    def __str__(self) -> str:
        return f"{self.network}" + (f":{self.port}" if self.port else "")


def allowed(entries: Iterable[str]) -> tuple[Allowed, ...]:
    """Read ``CIDR`` or ``CIDR:port`` entries (``127.0.0.1/32:8080``, ``[fd00::/8]:443``)."""
    return tuple(map(_allowed, entries))


def _allowed(entry: str) -> Allowed:
    network, port = entry.strip(), None
    head, _, tail = network.rpartition(":")
    if head and tail.isdigit() and ("." in head or head.endswith("]")):
        network, port = head, int(tail)
    return Allowed(ipaddress.ip_network(network.strip("[]")), port)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """Give the IPv4 address that an IPv6 address carries, if it carries one."""
    if address in NAT64 or int(address) >> 32 == 0:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return (
        address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    )


def public(address: IPv4Address | IPv6Address) -> bool:
    """Say whether an address belongs to the public Internet, also under its IPv6 disguises."""
    if isinstance(address, IPv6Address) and (inner := _inner(address)) is not None:
        return public(inner)
    refused = address.is_multicast or address.is_reserved or not address.is_global
    return not refused and not any(
        address in net for net in REFUSED if net.version == address.version
    )


def permitted(address: str, port: int, exceptions: Iterable[Allowed]) -> bool:
    """Say whether this address and port may be dialled."""
    try:
        value = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return (port in PORTS and public(value)) or any(
        value.version == rule.network.version
        and value in rule.network
        and (port in PORTS if rule.port is None else port == rule.port)
        for rule in exceptions
    )


def site(url: str) -> tuple[str, str]:
    """Give the site that a link is of, and a key is for: its scheme, and its host with the port."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def refusal(url: str, meta: dict[str, Any]) -> str | None:
    """Say what is wrong with a request before anything is resolved, or ``None``."""
    if "\\" in url or any(ord(char) <= 0x20 for char in url):  # noqa: PLR2004 - space and controls
        return "the link has characters that two programs read differently"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return f"only http and https are read, not {parts.scheme}"
    if parts.username is not None or parts.password is not None:
        return "the link carries a user name"
    if not parts.hostname:
        return "the link has no host"
    if meta.get("proxy"):
        return "proxies are not used"
    return None
