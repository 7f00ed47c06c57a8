"""The server's side of the page: paths, answers, errors. Nothing is decided or drawn here."""

from __future__ import annotations

from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from monitor import metrics
from monitor.language import speaking
from monitor.render import asset
from monitor.soundness import StoreError
from monitor.trail import KNOWN
from monitor.web import addresses
from monitor.web.counter import Counter, Hall
from monitor.web.drawing import draw
from monitor.web.feeding import Feeding
from monitor.web.guard import LETTER_POLICY, LOOPBACK, Guard
from monitor.web.keeping import Keeping
from monitor.web.leaving import Exit
from monitor.web.login import METRICS, Access, Desk, Gate
from monitor.web.readers import Readers
from monitor.web.site import Ask, Missing, Page, Raw
from monitor.web.strangers import Strangers

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from starlette.requests import Request

    from monitor.lookup import Lookup
    from monitor.web.counter import Service
    from monitor.web.site import Site

ASSETS = {
    "page.css": ("page.css", "text/css"),
    "icon.svg": ("icon.svg", "image/svg+xml"),
    # What a browser asks for by itself, beside a document that names no icon.
    "favicon.ico": ("icon.svg", "image/svg+xml"),
}
_LETTER = {"Content-Security-Policy": LETTER_POLICY}


def app(
    site: Site,
    store: Path,
    *,
    hosts: Collection[str] = (),
    access: Access | None = None,
    service: Service | None = None,
) -> Starlette:
    """Make the application that serves a store; ``hosts`` are known besides this machine's own.

    Without ``access`` whoever can ask is answered: that is for this machine alone. Without
    ``service`` readers cannot subscribe by themselves.
    """
    readers = Readers(store)
    strangers = Strangers(service.proxies if service else ())
    places = [_place(site, readers, name) for name in addresses.PAGES]
    places += [_known(readers), _metrics(site, readers)]
    places.append(Exit(site, store, readers, partial(_drawn, site), strangers).route())
    places.append(Feeding(site, readers, strangers).route())
    if service is not None:
        hall = Hall(site, store, service, readers, partial(_drawn, site), strangers)
        places += [*Counter(hall).routes(), *Keeping(hall).routes()]
    middleware = [Middleware(Guard, hosts={*hosts, *LOOPBACK})]
    if access is not None:
        taking = service is not None and service.terms.taking
        desk = Desk(access, readers, partial(_drawn, site), taking=taking)
        places += desk.routes() if access.password else []
        middleware.append(Middleware(Gate, access=access, sessions=desk.sessions))
    made = Starlette(
        routes=[*places, *_own(site)],
        middleware=middleware,
        exception_handlers={
            404: partial(_trouble, site),
            405: partial(_trouble, site),
            Missing: partial(_trouble, site),
            StoreError: partial(_trouble, site),
        },
    )
    made.state.readers = readers
    return made


def _own(site: Site) -> list[Route]:
    """Give the routes that need no store: style, icon, a sign of life."""

    async def sign(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    def asset_route(name: str, file: str, kind: str) -> Route:
        async def give(_: Request) -> Response:
            return Response(
                asset(file, site.templates),
                media_type=kind,
                headers={"Cache-Control": "public, max-age=3600"},
            )

        return Route(f"/{name}", give, name=name)

    assets = [asset_route(name, *made) for name, made in ASSETS.items()]
    return [*assets, Route("/healthz", sign, name="healthz")]


def _metrics(site: Site, readers: Readers) -> Route:
    """Give the route that programs ask; it is shut like any page, or opened by a token."""

    def written(lookup: Lookup) -> str:
        now = site.now()
        return metrics.text(lookup.gauges(now), site.intervals, site.stale, now)

    async def answer(_: Request) -> Response:
        return Response(await readers.ask(written), media_type=metrics.TYPE)

    return Route(METRICS, answer, name="metrics")


def _known(readers: Readers) -> Route:
    """Give the route by which a letter leads to a posting, whose number it does not know."""

    async def answer(request: Request) -> Response:
        asked = (request.query_params.get(name, "") for name in ("source", "posting"))
        number = await readers.ask(methodcaller("place", *asked))
        if number is None:
            raise Missing("There is no such posting.")
        return RedirectResponse(addresses.to("posting", id=number), status_code=303)

    return Route(KNOWN, answer, name="known")


def _place(site: Site, readers: Readers, name: str) -> Route:
    address = addresses.PAGES[name]

    async def answer(request: Request) -> Response:
        asked = dict(request.query_params) | {
            part: str(value) for part, value in request.path_params.items()
        }
        leave = request.scope.get("rolecall.leave", "")
        return await readers.ask(partial(_made, site, name, asked, leave))

    return Route(address.path, answer, name=name)


@speaking
def _made(site: Site, name: str, asked: dict[str, str], leave: str, lookup: Lookup) -> Response:
    page = addresses.PAGES[name].make(site, lookup, Ask(addresses.to, asked))
    if isinstance(page, Raw):
        if page.html:
            return HTMLResponse(page.text, headers=_LETTER)
        return PlainTextResponse(page.text)
    return HTMLResponse(_drawn(site, page, name, leave))


def _drawn(site: Site, page: Page, name: str = "", leave: str = "") -> str:
    return draw(site, page, addresses.to, assets="/", name=name, leave=leave)


async def _trouble(site: Site, _: Request, error: Exception) -> Response:
    """Say what is wrong and where to go on; never a traceback, never an empty page."""
    status, words = 404, str(error)
    if isinstance(error, HTTPException):
        status = error.status_code
        words = "There is no such page." if status == 404 else str(error.detail)  # noqa: PLR2004
    elif isinstance(error, StoreError):
        status = 503
    title = {404: "Not found", 503: "The store cannot be read"}.get(status, "Refused")
    shown: dict[str, Any] = {"words": words, "status": status}
    return HTMLResponse(_drawn(site, Page("trouble.html", title, shown)), status_code=status)
