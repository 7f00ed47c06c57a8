"""``rolecall feeds``: the secret addresses of feeds and calendars, and new ones for old."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor import lock, trail
from monitor.commands import opened
from monitor.commands.command import FINE, command, said
from monitor.commands.page import site
from monitor.complaints import ConfigError, meant
from monitor.lookup import Lookup
from monitor.store import Store
from monitor.web.documents import EVERYTHING, KINDS, address

if TYPE_CHECKING:
    from monitor.commands.voice import Voice
    from monitor.config import Config


@command("feeds")
@click.argument("scope", required=False)
@click.option("--renew", is_flag=True, help="Give it another address; the old one is dead.")
@said
def feeds_command(voice: Voice, scope: str | None, renew: bool) -> int:
    """Print the addresses of feeds and calendars that `serve` answers.

    SCOPE is `search/ID`, `source/ID` or `all`; without it every feed is printed. Whoever has an
    address can read that feed, without a login, until it is renewed.
    """
    config = opened.config(voice)
    opened.store(config).close()
    known = _scopes(config)
    if scope is not None and scope not in known:
        hint = meant(scope, known) or f"; it can be {', '.join(known)}"
        raise ConfigError([f'no feed "{scope}"{hint}'])
    chosen = known if scope is None else [scope]
    path = config.path(config.store)
    if renew:
        if scope is None:
            raise ConfigError(["--renew needs a SCOPE; `rolecall feeds` lists them"])
        with lock.hold(path), Store.open(path) as store:
            store.renew_feed(scope)
    public = config.public_url or f"http://{config.page.listen}"
    with Lookup.open(path) as lookup, lookup.reading():
        for one in chosen:
            for suffix in KINDS:
                link = trail.below(public, address(lookup, one, suffix))
                voice.result(link, {"scope": one, "form": suffix, "link": link})
    return FINE


def _scopes(config: Config) -> list[str]:
    shown = site(config)
    searches = [f"search/{one.id}" for one in shown.searches]
    return [EVERYTHING, *searches, *(f"source/{name}" for name in shown.intervals)]
