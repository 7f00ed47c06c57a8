"""``rolecall subscribe``: let letters go again to an address that stopped or refused them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor import lock, notation
from monitor.audience import EVERY
from monitor.commands import enrolled, named, opened
from monitor.commands.command import FINE, NOTHING_DONE, Written, command, said
from monitor.commands.work import now
from monitor.store import Store
from monitor.wording import count

if TYPE_CHECKING:
    from monitor.audience import Stop
    from monitor.commands.voice import Voice


@command("subscribe")
@click.argument("address", type=Written("address", notation.address))
@click.argument("search", required=False, shell_complete=named.searches)
@said
def subscribe_command(voice: Voice, address: str, search: str | None) -> int:
    """Let letters go again to an address that stopped or refused them.

    ADDRESS gets the letters of SEARCH again, or of every search that names it. Ask a reader who
    unsubscribed first. What an address refused meanwhile is sent again.
    """
    config = opened.config(voice)
    path = config.path(config.store)
    with opened.store(config) as store:
        searches = enrolled.searches(config, store)
    told = [one.id for one in searches if address.lower() in map(str.lower, one.to)]
    with lock.hold(path), Store.open(path) as store:
        lifted = store.audience.lift(address, search, now())
    for stop in lifted.stops:
        words = f"{address} gets {_letters(stop)} again ({stop.words})"
        voice.result(words, {"address": address, "search": stop.search or None, "why": stop.why})
    if lifted.letters:
        voice.talk(f"{count(lifted.letters, 'letter')} will be sent again by the next run")
    if not lifted.stops:
        voice.trouble(f"nothing keeps letters from {address}")
    if not told:
        voice.trouble(f"no [[search]] of {config.file} names {address}; add it to `to` of one")
    return FINE if lifted.stops or told else NOTHING_DONE


def _letters(stop: Stop) -> str:
    return "letters" if stop.search == EVERY else f"the letters of {stop.search}"
