"""A line to a phone or a chat, by any service that Apprise knows. The only apprise.

Apprise is an extra (``rolecall[push]``), loaded when a line is sent and only then. The line is the
digest's subject and a link, no word of it scraped, because chats read markup and names in what they
are sent. The address is a secret as a whole: it is never printed, nor is what Apprise would log.
It leads to public addresses only, and to what ``[network] allow`` names (``dialling``).
"""

from __future__ import annotations

import contextlib
import json
import logging
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from monitor.dialling import watched
from monitor.doors import TemporaryError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.addresses import Allowed
    from monitor.store import Letter


def line(search: str, subject: str, link: str) -> bytes:
    """Write what a push says: the subject, and a link to look things up, if there is one."""
    return json.dumps({"search": search, "title": subject, "body": link or subject}).encode()


def service_of(address: str) -> Any:
    """Give the service of one Apprise address; ``ValueError``, without it, when it is none or many.

    One: of two services that share a letter, the one that took it would get it again for the other.
    """
    with _hushed():
        try:
            import apprise  # noqa: PLC0415 - an extra, and half a second
        except ImportError:
            raise ValueError("Apprise is missing; `pip install 'rolecall[push]'`") from None
        asset = apprise.AppriseAsset(app_id="Rolecall", async_mode=False, http_redirects=False)
        service = apprise.Apprise(asset=asset)
        if not service.add(address) or len(service) != 1:
            raise ValueError("the secret is not one address that Apprise knows")
    return service


@dataclass(frozen=True, slots=True)
class Push:
    """A door to one service, of ``service_of``; ``allow`` are private addresses it may be at."""

    service: Any = field(repr=False)
    allow: tuple[Allowed, ...] = ()

    def send(self, letter: Letter) -> str:
        """Send a letter's line. Apprise says no more than whether it was taken."""
        said = json.loads(letter.mime)
        with _hushed(), watched(self.allow) as watch:
            taken = self.service.notify(
                title=said["title"], body=said["body"], body_format="text", interpret_escapes=False
            )
        if watch.refused:
            raise UnreachableError("its address is not a public one; [network] allow may name it")
        if not taken:
            raise TemporaryError("the service did not take it")
        return "taken"

    def close(self) -> None:
        """Hold nothing open."""


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """Keep back what libraries log and warn of meanwhile: their words hold addresses."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
