"""What somebody else's code may dial for us: public addresses, and what the allow-list names.

A library that sends has resolvers, redirects and proxies of its own. Python tells of every address
at the moment of dialling, whoever dials (https://docs.python.org/3/library/audit_events.html), so
the address that is judged is the one that is dialled. Proxies that the environment names are hidden
meanwhile: a proxy would fetch anything. The watch is over the whole process, threads included.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from crawler.addresses import permitted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.addresses import Allowed

_DIALS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy")
_watches: list[Watch] = []


class NotPublicError(PermissionError):
    """Raised where an address is dialled that may not be: an ``OSError``, as any failed dialling.

    Without the address in its words: what is sent to may be a secret.
    """


class Watch:
    """One stretch of time under the rule: what may be dialled besides, and whether more was."""

    def __init__(self, exceptions: tuple[Allowed, ...]) -> None:
        self.exceptions = exceptions
        self.refused = False

    def judge(self, address: Any) -> None:
        """Let an address pass, or raise ``NotPublicError``; local sockets are no addresses."""
        if not isinstance(address, tuple):
            return
        host, port = str(address[0]), int(address[1])
        # A service is named by its owner, port and all; a page never names one.
        if not permitted(host, 443, ()) and not permitted(host, port, self.exceptions):
            self.refused = True
            raise NotPublicError("not a public address")


@contextmanager
def watched(exceptions: tuple[Allowed, ...]) -> Iterator[Watch]:
    """Watch over what is dialled, whoever dials it; yields the watch."""
    _listen()
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.lower() in _PROXIES}
    watch = Watch(exceptions)
    _watches.append(watch)
    try:
        yield watch
    finally:
        _watches.remove(watch)
        os.environ.update(hidden)


@cache
def _listen() -> None:
    """Begin to listen, once: no such hook can be taken away again."""
    sys.addaudithook(_heard)


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _DIALS:
        for watch in _watches:
            watch.judge(arguments[1])
