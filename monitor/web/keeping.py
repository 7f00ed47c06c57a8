"""What the keys in letters open: a subscription to confirm, to change, to stop.

Opening a link changes nothing, because mail scanners open links: a button does. Nothing else is
shown by a key, not even the address; a wrong one is answered alike, whatever was.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from starlette.routing import Route

from monitor import offers
from monitor.leaving import CONFIRM, MANAGE
from monitor.store import Store
from monitor.web import forms, wishes
from monitor.web.counter import LONGEST

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response

    from monitor.enrolments import Known
    from monitor.lookup import Lookup
    from monitor.offers import Wish
    from monitor.web.counter import Hall


class Keeping:
    """Answers to keys. It writes to the store by a connection of that moment."""

    def __init__(self, hall: Hall) -> None:
        self._hall, self._terms = hall, hall.service.terms

    def routes(self) -> list[Route]:
        """Give the routes of both sorts of keys."""
        both = ["GET", "POST"]
        return [
            Route(f"{CONFIRM}{{key}}", self.confirm, methods=both, name="confirm"),
            Route(f"{MANAGE}{{key}}", self.manage, methods=both, name="manage"),
        ]

    async def confirm(self, request: Request) -> Response:
        """Show what a key confirms, or begin it; again is as once."""
        hall, key = self._hall, str(request.path_params["key"])
        found = await hall.readers.ask(partial(_asked, key, hall.site.now()))
        if found is None:
            words = "This link is not known here, or too old. Subscribe once more for a new one."
            return hall.strangers.unknown(request, words)
        manage = ""
        if request.method == "POST":
            if made := await hall.readers.run(partial(self._begin, key)):
                found, manage = made
            hall.service.begin()
        begun = bool(found.enrolment.confirmed_at)
        shown = wishes.described(found.enrolment.wish, self._terms, hall.site.now())
        shown |= {"begun": begun, "manage": manage and MANAGE + manage}
        return hall.page("confirm.html", "Subscribed" if begun else "Begin these letters?", shown)

    def _begin(self, key: str) -> tuple[Known, str] | None:
        with Store.open(self._hall.store) as store:
            found = store.enrolments.confirm(key, self._hall.site.now())
            if found is None:
                return None
            one = found.enrolment
            return found, store.enrolments.key(one.search, one.recipient) or ""

    async def manage(self, request: Request) -> Response:
        """Show what a subscription asks for, change it, or stop it."""
        key = str(request.path_params["key"])
        found = await self._hall.readers.ask(partial(_managed, key))
        if found is None:
            return self._hall.strangers.unknown(request, "This link is not known here.")
        if request.method != "POST":
            return self._shown(found, found.enrolment.wish)
        form = await forms.fields(request, LONGEST)
        if "stop" in form:
            found = await self._hall.readers.run(partial(self._stop, key)) or found
            return self._shown(found, found.enrolment.wish)
        wish = offers.wish(form)
        if wrong := offers.wrong(wish, self._terms):
            return self._shown(found, wish, wrong)
        found = await self._hall.readers.run(partial(self._change, key, wish)) or found
        self._hall.service.begin()
        return self._shown(found, wish, saved=True)

    def _stop(self, key: str) -> Known | None:
        with Store.open(self._hall.store) as store:
            return store.enrolments.stop(key, self._hall.site.now())

    def _change(self, key: str, wish: Wish) -> Known | None:
        with Store.open(self._hall.store) as store:
            return store.enrolments.change(key, wish)

    def _shown(
        self,
        found: Known,
        wish: Wish,
        wrong: Mapping[str, str] | None = None,
        *,
        saved: bool = False,
    ) -> Response:
        shown = wishes.fields(wish, wrong or {}, self._terms)
        shown |= wishes.described(found.enrolment.wish, self._terms, self._hall.site.now())
        asleep = offers.search_of(found.enrolment, self._terms) is None
        shown |= {"stopped": found.stopped, "saved": saved, "asleep": asleep}
        title = "Stopped" if found.stopped else "Your letters"
        return self._hall.page("manage.html", title, shown, 422 if wrong else 200)


def _asked(key: str, now: datetime, lookup: Lookup) -> Known | None:
    return lookup.asked(key, now)


def _managed(key: str, lookup: Lookup) -> Known | None:
    return lookup.managed(key)
