"""The way out: a reader stops the letters of a search with one click, without a login (RFC 8058).

Opening the link changes nothing, because mail scanners open links; only a form or a mail program's
POST does. Whoever has no key learns nothing here: a wrong key is answered alike, whatever was.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse
from starlette.routing import Route

from monitor import wording
from monitor.leaving import PATH, leads_out
from monitor.store import Store
from monitor.web.site import Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from monitor.audience import Subscription
    from monitor.lookup import Lookup
    from monitor.web.readers import Readers
    from monitor.web.site import Site
    from monitor.web.strangers import Strangers


class Exit:
    """Where one leaves. It alone writes to the store, through a connection of that moment."""

    def __init__(
        self,
        site: Site,
        store: Path,
        readers: Readers,
        draw: Callable[[Page], str],
        strangers: Strangers,
    ) -> None:
        self._site, self._store, self._readers, self._draw = site, store, readers, draw
        self._strangers = strangers

    def route(self) -> Route:
        """Give the route of the way out."""
        return Route(f"{PATH}{{key}}", self.answer, methods=["GET", "POST"], name="leave")

    async def answer(self, request: Request) -> Response:
        """Show what a key is of, or stop its letters; the body of the POST says nothing more."""
        key = str(request.path_params["key"])
        found = None
        if leads_out(request.scope["path"]):
            found = await self._readers.ask(partial(_known, key))
        if found is None:
            words = "This link is not known here. Stop the letters by answering one of them."
            return self._strangers.unknown(request, words)
        if request.method == "POST" and not found.stopped:
            await self._readers.run(partial(self._leave, key))
        return HTMLResponse(self._shown(found, stopped=found.stopped or request.method == "POST"))

    def _leave(self, key: str) -> None:
        with Store.open(self._store) as store:
            store.audience.leave(key, self._site.now())

    def _shown(self, found: Subscription, *, stopped: bool) -> str:
        name = wording.clean(found.name, 80) or wording.clean(found.search, 80)
        shown = {"name": name, "stopped": stopped, "navigation": []}
        return self._draw(Page("leave.html", "Stop letters", shown))


def _known(key: str, lookup: Lookup) -> Subscription | None:
    return lookup.subscription(key)
