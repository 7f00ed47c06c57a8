"""The one way out: a download handler that dials public addresses only.

Every fetch (page, redirect, robots.txt, sitemap) passes through ``GuardedHandler``. The check sits
where the name is resolved, because the address that is checked there is the address that is
dialled; a check before the request would be undone by a second lookup (DNS rebinding). It refuses
proxies, other schemes, other ports, user names in links, and, failing closed, to exist without a
reactor.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import CannotResolveHostError
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer

from crawler.refused import BlockedAddress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

PORTS = frozenset({80, 443})

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


@implementer(IResolutionReceiver)
class _Sieve:
    """Passes on the addresses that may be dialled and remembers that others were offered."""

    def __init__(self, receiver: Any, port: int, exceptions: tuple[Allowed, ...]) -> None:
        self.receiver, self.port, self.exceptions = receiver, port, exceptions
        self.refused: list[str] = []

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802 - Twisted's name
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802 - Twisted's name
        if permitted(address.host, self.port, self.exceptions):
            self.receiver.addressResolved(address)
        else:
            self.refused.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's name
        self.receiver.resolutionComplete()


@implementer(IHostnameResolver)
class GuardedResolver:
    """The reactor's resolver with a sieve behind it; IP literals pass through it as well."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.exceptions: tuple[Allowed, ...] = ()
        self.refused: dict[tuple[str, int], list[str]] = {}

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803 - Twisted passes it by this name
        hostName: str,  # noqa: N803 - same
        portNumber: int = 0,  # noqa: N803 - same
        addressTypes: Any = None,  # noqa: N803 - same
        transportSemantics: str = "TCP",  # noqa: N803 - same
    ) -> Any:
        """Resolve as the inner resolver does, and pass on only what may be dialled."""
        sieve = _Sieve(resolutionReceiver, portNumber, self.exceptions)
        self.refused[(hostName, portNumber)] = sieve.refused
        return self.inner.resolveHostName(
            sieve, hostName, portNumber, addressTypes, transportSemantics
        )


def install() -> GuardedResolver:
    """Put the guard before the reactor's resolver, once a process."""
    from twisted.internet import reactor as installed  # noqa: PLC0415 - would install one

    reactor: Any = installed  # its interfaces are not known to type checkers
    current = reactor.nameResolver
    if isinstance(current, GuardedResolver):
        return current
    guard = GuardedResolver(current)
    reactor.installNameResolver(guard)
    return guard


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


class GuardedHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler behind the guard. Settings: ``ROLECALL_ALLOW`` (CIDR:port list)."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._guard = install()
        self._guard.exceptions = allowed(crawler.settings.getlist("ROLECALL_ALLOW"))

    async def download_request(self, request: Request) -> Response:
        """Fetch, or raise ``BlockedAddress`` with the reason in words."""
        if reason := refusal(request.url, request.meta):
            raise BlockedAddress(f"{request.url}: {reason}")
        parts = urlsplit(request.url)
        host, port = parts.hostname or "", parts.port or PORT_OF[parts.scheme]
        try:
            response = await super().download_request(request)
        except CannotResolveHostError as error:
            if refused := self._guard.refused.get((host, port)):
                addresses = ", ".join(sorted(set(refused)))
                raise BlockedAddress(
                    f"{request.url}: {addresses} is not a public address"
                ) from error
            raise
        dialled = response.ip_address
        if dialled is None or not permitted(str(dialled), port, self._guard.exceptions):
            raise BlockedAddress(f"{request.url}: {dialled} is not a public address")
        return response


PORT_OF = {"http": 80, "https": 443}
