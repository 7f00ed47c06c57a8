"""``rolecall readers``: who gets letters, of which search, since when, and who does not and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.items import plain
from monitor import offers, wording
from monitor.commands import opened
from monitor.commands.command import FINE, command, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from monitor.audience import Stop
    from monitor.commands.voice import Voice
    from monitor.config import Config
    from monitor.offers import Enrolment, Terms


@command("readers")
@said
def readers_command(voice: Voice) -> int:
    """List who gets letters of which search, and who does not and why.

    Those that rolecall.toml names, and those who subscribed on the page. `rolecall subscribe` lifts
    what keeps letters from an address, `rolecall forget` removes a reader.
    """
    config = opened.config(voice)
    with opened.store(config) as store:
        stops, made = store.audience.stops(), store.enrolments.all()
    listed = [*_named(config, stops), *_made(made, config.terms(), stops)]
    width = max((len(one["address"]) for one in listed), default=0)
    for one in listed:
        since = f", {one['since']:%Y-%m-%d}" if one["since"] else ""
        words = f"{one['name']} ({one['search']}), {one['by']}{since}: {one['state']}"
        voice.result(f"{one['address']:<{width}}  {words}", plain(one))
    if not listed:
        voice.trouble("nobody yet: a [[search]] names readers in `to`, [subscribe] lets them come")
    return FINE


def _named(config: Config, stops: Sequence[Stop]) -> Iterator[dict[str, Any]]:
    for search in config.searches():
        for address in search.to:
            state = _stopped(stops, search.id, address) or "gets letters"
            yield _reader(address, search.id, search.name, "rolecall.toml", state)


def _made(
    made: Sequence[Enrolment], terms: Terms, stops: Sequence[Stop]
) -> Iterator[dict[str, Any]]:
    for one in made:
        state = _stopped(stops, one.search, one.recipient) or _state(one, terms)
        name = offers.name_of(one.wish, terms)
        since = one.confirmed_at or one.asked_at
        found = _reader(one.recipient, one.search, name, "subscribed", state)
        yield found | {"since": since, "offer": one.wish.offer or None}


def _reader(address: str, search: str, name: str, by: str, state: str) -> dict[str, Any]:
    fields = {"address": address, "search": search, "name": wording.clean(name), "by": by}
    return fields | {"state": state, "since": None, "offer": None}


def _stopped(stops: Sequence[Stop], search: str, address: str) -> str:
    found = next((stop for stop in stops if stop.covers(search, address)), None)
    return wording.clean(found.words) if found else ""


def _state(one: Enrolment, terms: Terms) -> str:
    if one.confirmed_at is None:
        return "not confirmed yet"
    if offers.search_of(one, terms) is None:
        return "sleeps: not on offer, or named by rolecall.toml"
    return "gets letters"
