"""Where readers subscribe by themselves: they ask here, and are answered by mail.

Whatever address is typed, the answer is the same; what is known of it is told to the address alone,
in a letter. Forms are taken from our own pages only (``guard``), so that no other site subscribes
whoever visits it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Route

from monitor import offers, wording
from monitor.enrolments import LIFE, FullError
from monitor.store import Store
from monitor.web import forms, wishes
from monitor.web.sessions import Guesses
from monitor.web.site import Page
from monitor.web.strangers import patience

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from monitor.enrolments import Notice
    from monitor.offers import Terms, Wish
    from monitor.store import Letter
    from monitor.web.readers import Readers
    from monitor.web.site import Site
    from monitor.web.strangers import Strangers

LONGEST = 16_384
"""Bytes of a form; a longer one says nothing."""
_FORMS, _ALL_FORMS = 40, 400
"""Forms in five minutes from one client, and from all of them: a lecture hall may be one client."""


def nothing() -> None:
    """Stand for a bell that nobody hears."""


@dataclass(frozen=True, slots=True)
class Service:
    """What readers may ask for, and who writes and posts what they are sent.

    ``compose`` makes the letter of a notice, ``post`` has it sent, ``begin`` has a first digest
    made. ``proxies`` are believed when they say for whom they ask.
    """

    terms: Terms
    compose: Callable[[Notice, datetime], Letter]
    post: Callable[[], None] = nothing
    begin: Callable[[], None] = nothing
    proxies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hall:
    """What every place has that serves readers without a login."""

    site: Site
    store: Path
    service: Service
    readers: Readers
    draw: Callable[[Page], str]
    strangers: Strangers

    def page(
        self, template: str, title: str, shown: Mapping[str, Any], status: int = 200
    ) -> Response:
        """Answer with a page that leads to no other."""
        frame = {"navigation": [], "taking": self.service.terms.taking}
        page = Page(template, title, frame | dict(shown))
        return HTMLResponse(self.draw(page), status_code=status)


class Counter:
    """Takes the forms of whoever types an address."""

    def __init__(self, hall: Hall) -> None:
        self._hall, self._terms = hall, hall.service.terms
        self._forms = Guesses(time.monotonic, own=_FORMS, every=_ALL_FORMS)

    def routes(self) -> list[Route]:
        """Give the routes; who subscribed once may ask for the links, taken or not."""
        return [
            Route("/subscribe", self.subscribe, methods=["GET", "POST"], name="subscribe"),
            Route("/subscribe/links", self.links, methods=["POST"], name="links"),
            Route("/subscribe/sent", self.sent, name="sent"),
        ]

    async def subscribe(self, request: Request) -> Response:
        """Show the form, or take it."""
        if request.method != "POST" or not self._terms.taking:
            return self._form(self._blank())
        if wait := self._wait(request):
            return patience(wait, "Too many forms from here. Try again later.")
        form = await forms.fields(request, LONGEST)
        wish = offers.wish(form)
        wrong, address = offers.wrong(wish, self._terms), ""
        try:
            address = offers.address(form, self._terms)
        except ValueError as error:
            wrong = {"address": str(error)} | wrong
        if wrong:
            return self._form(wish, wrong, wording.clean(next(iter(form.get("address", ())), "")))
        return await self._ask(address, wish)

    async def links(self, request: Request) -> Response:
        """Have the links to its subscriptions sent to an address, if it has any."""
        if wait := self._wait(request):
            return patience(wait, "Too many forms from here. Try again later.")
        try:
            address = offers.address(await forms.fields(request, LONGEST), offers.Terms())
        except ValueError as error:
            return self._form(self._blank(), {"known": str(error)})
        return await self._ask(address, None)

    async def sent(self, _: Request) -> Response:
        """Say that a letter is on its way, whether or not one is."""
        hours = int(LIFE.total_seconds() // 3600)
        return self._hall.page("sent.html", "Look into your mail", {"hours": hours})

    def _blank(self) -> Wish:
        return wishes.blank(self._terms, self._hall.site.zone)

    def _wait(self, request: Request) -> int:
        """Count a form; give the seconds until the next one is taken from there, 0 for this."""
        name = self._hall.strangers.name(request)
        wait = self._forms.wait(name)
        if not wait:
            self._forms.made(name)
        return wait

    async def _ask(self, address: str, wish: Wish | None) -> Response:
        try:
            await self._hall.readers.run(partial(self._queue, address, wish))
        except FullError:
            words = "No more subscriptions are taken at present. Ask whoever runs this page."
            return self._hall.page("trouble.html", "Full", {"words": words}, 503)
        self._hall.service.post()
        return RedirectResponse("/subscribe/sent", status_code=303)

    def _queue(self, address: str, wish: Wish | None) -> None:
        hall, now = self._hall, self._hall.site.now()

        def compose(notice: Notice) -> Letter:
            return hall.service.compose(notice, now)

        with Store.open(hall.store) as store:
            store.enrolments.ask(address, wish, self._terms, compose, now)

    def _form(
        self, wish: Wish, wrong: Mapping[str, str] | None = None, address: str = ""
    ) -> Response:
        shown = wishes.fields(wish, wrong or {}, self._terms) | {"address": address}
        shown["domains"] = " or ".join(f"@{one}" for one in self._terms.domains)
        title = "Subscribe" if self._terms.taking else "Your subscriptions"
        return self._hall.page("subscribe.html", title, shown, 422 if wrong else 200)
