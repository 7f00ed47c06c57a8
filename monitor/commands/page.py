"""The page as rolecall.toml describes it: what ``serve`` shows and ``export`` writes."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor import feeds
from monitor.commands import letters, notices
from monitor.commands.secrets import SecretError, private, secret
from monitor.commands.work import now
from monitor.complaints import ConfigError
from monitor.digest import compose
from monitor.notation import listening
from monitor.web.app import app
from monitor.web.counter import Service, nothing
from monitor.web.login import SHORTEST_TOKEN, Access
from monitor.web.passwords import sound
from monitor.web.server import serving as on_socket
from monitor.web.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from monitor.config import Config
    from monitor.lookup import Lookup
    from monitor.search import Search


def site(config: Config) -> Site:
    """Give what the pages need to know of the file."""
    captures = config.path(config.captures)
    return Site(
        now=now,
        zone=config.page.zone,
        language=config.language,
        searches=config.searches(),
        intervals=config.intervals(),
        stale=config.alarm.stale,
        captures=captures if captures.is_dir() else None,
        templates=config.templates_path(),
        preview=partial(preview, config),
        authority=feeds.authority(config.delivery.sender, config.public_url),
        home=config.public_url or "",
    )


def preview(config: Config, lookup: Lookup, search: Search, moment: datetime) -> str:
    """Make the HTML of a search's next letter; nothing counts as told."""
    digest = compose(search, lookup.pending(search, moment), now=moment, sample=True)
    return letters.written(config, digest, letters.addressee(config, search)).html


def hosts(config: Config) -> set[str]:
    """Give the names by which the page may be asked, besides this machine's own."""
    address, _ = listening(config.page.listen)
    own = f"[{address}]" if ":" in str(address) else str(address)
    public = urlsplit(config.public_url or "").hostname
    return {own, *config.page.hosts, *([public] if public else [])}


def access(config: Config) -> Access | None:
    """Give who is let in, or ``None`` when the file asks for no login.

    Raises ``ConfigError`` for a secret that cannot be read or is a password in the clear.
    """
    page = config.page
    written = secret(config, "page", page)
    if written is not None and not sound(written):
        key = "password_env" if page.password_env else "password_file"
        words = "holds no hash of a password; `rolecall config password` prints one"
        raise ConfigError([f"{config.file} page.{key}: {words}"])
    if written is None and page.user_header is None:
        return None
    https = (config.public_url or "").startswith("https://")
    return Access(written, page.user_header, page.proxies, https, _token(config))


def _token(config: Config) -> str | None:
    """Read the bearer token of ``/metrics``, ``None`` when the file names none."""
    page = config.page
    if not (page.metrics_env or page.metrics_file):
        return None
    file = config.path(page.metrics_file) if page.metrics_file else None
    key = "metrics_env" if page.metrics_env else "metrics_file"
    try:
        token = private(page.metrics_env, file)
    except SecretError as error:
        raise ConfigError([f"{config.file} page.{key}: {error}"]) from None
    if len(token) < SHORTEST_TOKEN:
        words = f"the token is shorter than {SHORTEST_TOKEN} letters; `openssl rand -hex 32`"
        raise ConfigError([f"{config.file} page.{key}: {words}"])
    return token


def service(config: Config, post: Callable[[], None], begin: Callable[[], None]) -> Service | None:
    """Give what readers may subscribe to by themselves, ``None`` when that is nothing."""
    terms = config.terms()
    if not (terms.searches or terms.own_words) or config.public_url is None:
        return None
    return Service(terms, partial(notices.composed, config), post, begin, config.page.proxies)


@contextmanager
def serving(
    config: Config, post: Callable[[], None] = nothing, begin: Callable[[], None] = nothing
) -> Iterator[str]:
    """Serve the page while the block runs; give the link to it.

    ``post`` is called when a letter waits to be sent, ``begin`` when a digest may be due.
    """
    made = app(
        site(config),
        config.path(config.store),
        hosts=hosts(config),
        access=access(config),
        service=service(config, post, begin),
    )
    try:
        with on_socket(made, config.page.listen) as link:
            yield link
    finally:
        made.state.readers.close()
