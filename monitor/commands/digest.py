"""``rolecall digest``: look at what a search would be sent now, or send it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor import lock, sample, schedule
from monitor.commands import enrolled, letters, named, once, opened, summaries
from monitor.commands.command import FINE, Command, common, said
from monitor.commands.work import Work, now
from monitor.complaints import ConfigError, meant
from monitor.digest import compose
from monitor.offers import PREFIX
from monitor.search import Search
from monitor.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.commands.voice import Voice
    from monitor.config import Config
    from monitor.digest import Digest
    from monitor.store import Letter
    from monitor.summary import Summary

digest_command = click.Group("digest", params=common(), help="Look at a digest, or send it.")


def _known(config: Config, name: str | None) -> None:
    """Refuse a name that no search can have, before any store is opened."""
    known = [search.id for search in config.searches()]
    if not known:
        next_step = "`rolecall config schema --markdown` shows its keys"
        raise ConfigError([f"no [[search]] yet: it says who wants to hear of what; {next_step}"])
    if name is not None and name not in known and not name.startswith(PREFIX):
        raise _unknown(name, known)


def _unknown(name: str, known: list[str]) -> ConfigError:
    hint = meant(name, known) or f"; it can be {', '.join(known)}"
    return ConfigError([f'no search "{name}"{hint}'])


def _chosen(config: Config, store: Store, name: str | None) -> list[Search]:
    """Give the search that is named, else all that somebody is told of."""
    if name is None:
        return enrolled.told(config, store)
    searches = {one.id: one for one in (*config.searches(), *enrolled.searches(config, store))}
    if name not in searches:
        raise _unknown(name, [search.id for search in config.searches()])
    return [searches[name]]


@digest_command.command("preview", cls=Command)
@click.argument("search", required=False, shell_complete=named.searches)
@click.option("--open", "browser", is_flag=True, help="Show the HTML part in a browser.")
@click.option("--summary", is_flag=True, help="Its newest summary instead of its next digest.")
@click.option(
    "--with",
    "matter",
    type=click.Choice(["sample"]),
    help="Invented news instead of your own: how a letter looks, before anything was visited.",
)
@said
def preview(
    voice: Voice, search: str | None, browser: bool, summary: bool, matter: str | None
) -> int:
    """Print what a search would be sent now, without sending it.

    Nothing is written and nothing counts as told. Without SEARCH every search is shown.
    """
    config = opened.config(voice)
    if matter:
        return _sample(voice, config, search, browser=browser, summary=summary)
    _known(config, search)
    moment = now()
    with opened.store(config) as store:
        readers = once.Readers(config, store)
        for one in _chosen(config, store, search):
            made: Digest | Summary
            to = letters.addressee(config, one)
            if summary:
                span = schedule.summary(replace(one, summary=one.summary or "weekly"), moment)
                assert span is not None
                made = summaries.counted(store, one, span)
                letter = summaries.written(config, made, to)
            else:
                pending = store.pending(one, moment)
                made = compose(one, pending, now=moment, sample=True)
                made = readers.digest(one, pending, made, to, moment)
                letter = letters.written(config, made, to)
            _say(voice, one, letter, made.counts, browser=browser)
        if not (summary or store.status()):
            voice.talk("nothing was visited yet; --with sample shows how a letter with news looks")
    return FINE


def _sample(voice: Voice, config: Config, name: str | None, *, browser: bool, summary: bool) -> int:
    """Show a letter of invented news, to the reader of a search if there is one."""
    if summary:
        raise click.UsageError("a summary counts your own news; take --with sample without it")
    if name is not None:
        _known(config, name)
    searches = {one.id: one for one in config.searches()}
    found = searches.get(name or "") or next(iter(searches.values()), Search("sample", "Sample"))
    one = sample.everything(found)
    made = compose(one, sample.pending(one, now()), now=now(), sample=True)
    letter = letters.written(config, made, letters.addressee(config, one))
    _say(voice, one, letter, made.counts, browser=browser)
    return FINE


def _say(
    voice: Voice, search: Search, letter: Letter, counts: Mapping[str, int], *, browser: bool
) -> None:
    fields = {"digest": search.id, "subject": letter.subject, "counts": dict(counts)}
    voice.result(f"Subject: {letter.subject}\n\n{letter.text}", fields | {"text": letter.text})
    if browser:
        _show(letter, search.id)


def _show(letter: Letter, name: str) -> None:
    # It must outlive this command: the browser reads it when we are gone.
    path = Path(tempfile.mkdtemp(prefix="rolecall-")) / f"{name}.html"
    path.write_text(letter.html, encoding="utf-8")
    click.launch(path.as_uri())


@digest_command.command("send", cls=Command)
@click.argument("search", required=False, shell_complete=named.searches)
@click.option("--now", "at_once", is_flag=True, help="Do not wait for the time of the search.")
@said
def send(voice: Voice, search: str | None, at_once: bool) -> int:
    """Decide and deliver the digests that are due, or one at once.

    What was told once is not told again: a digest that is sent early leaves less for the next.
    """
    config = opened.config(voice)
    _known(config, search)
    path = config.path(config.store)
    with lock.hold(path), Store.open(path) as store:
        work, moment = Work(voice, config, store), now()
        for one in _chosen(config, store, search):
            period = schedule.due(one, store.last_period(one.id), moment)
            # Its own key: the digest of the day itself may still be to come.
            period = f"{moment:%Y-%m-%dT%H:%M:%SZ}" if at_once else period
            if period:
                letters.decide(work, one, period, moment)
            summaries.decide(work, one, moment)
        letters.deliver(work)
    voice.talk(", ".join(work.tally.letters()))
    return work.tally.code()
