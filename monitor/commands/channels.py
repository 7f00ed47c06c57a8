"""The channels besides mail: what a digest says on each, and the door by which it leaves."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from crawler.addresses import allowed
from monitor import deadlines, feeds, mime, push, render
from monitor.commands.document import document
from monitor.commands.secrets import SecretError, private
from monitor.digest import compose
from monitor.doors import RefusalError, UnreachableError
from monitor.shelf import Shelf
from monitor.store import Letter
from monitor.webhook import Webhook, key_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.config import Config
    from monitor.digest import Digest, Pending
    from monitor.doors import Transport
    from monitor.search import Search
    from monitor.store import Store
    from monitor.tables import ChannelTable

_SUFFIXES = {"atom": "atom", "jsonfeed": "json", "calendar": "ics"}


@dataclass(frozen=True)
class News:
    """What one digest may say on any channel; ``silent`` when no letter is due for it."""

    config: Config
    store: Store
    search: Search
    pending: Pending
    digest: Digest
    silent: bool

    def letters(self) -> Iterator[Letter]:
        """Give the letters of the search's channels; one that has nothing to say has none."""
        channels = self.config.channels()
        for name in self.search.channels:
            content = self._content(channels[name])
            if content is not None:
                yield self._letter(channels[name], content)

    def _content(self, channel: ChannelTable) -> bytes | None:
        if channel.kind == "calendar":
            return self._deadlines(channel)
        if self.silent:
            return None
        if channel.kind == "webhook":
            return document(self.search, self.pending, self.digest, self._subject)
        if channel.kind == "push":
            return push.line(self.search.id, self._subject, self.config.public_url or "")
        return self._feed

    def _letter(self, channel: ChannelTable, content: bytes) -> Letter:
        sender, digest = self.config.delivery.sender, self.digest
        identity = mime.message_id(sender, digest.search, digest.period, channel.id)
        return Letter(
            recipient=channel.id,
            message_id=f"<{identity}>",
            subject=self._subject,
            mime=content,
            text="",
            html="",
            channel=channel.kind,
        )

    @cached_property
    def _subject(self) -> str:
        return render.subject(self.digest, templates=self.config.templates_path())

    @property
    def _host(self) -> str:
        return feeds.authority(self.config.delivery.sender, self.config.public_url)

    @cached_property
    def _feed(self) -> bytes | None:
        write = partial(render.entry, self.digest, templates=self.config.templates_path())
        home = self.config.public_url or ""
        return feeds.entries(self.digest, self._host, write, home=home)

    def _deadlines(self, channel: ChannelTable) -> bytes | None:
        """Give the deadlines of the window, whatever events the search asks for.

        A calendar that has nothing yet begins with all that is open, as a new search does.
        """
        pending, until = self.pending, self.pending.until
        if not self.store.told(self.search.id, channel.kind, channel.id, most=1):
            pending = self.store.pending(self.search, until, afresh=True)
        digest = compose(replace(self.search, events=()), pending, now=until)
        return deadlines.states(digest, self._host)


@dataclass(slots=True)
class Doors:
    """Every way out: mail by ``mail``, the rest by the [[channel]] whose id the letter bears."""

    config: Config
    store: Store
    mail: Transport
    _opened: dict[str, Transport] = field(default_factory=dict, init=False)

    def send(self, letter: Letter) -> str:
        """Send a letter by its own door."""
        return self._door(letter).send(letter)

    def close(self) -> None:
        """Close every door that was opened."""
        for door in (self.mail, *self._opened.values()):
            door.close()

    def _door(self, letter: Letter) -> Transport:
        if letter.door == "mail":
            return self.mail
        channel = self.config.channels().get(letter.recipient)
        if channel is None or channel.kind != letter.channel:
            words = f"rolecall.toml has no [[channel]] {letter.recipient} of kind {letter.channel}"
            raise RefusalError(f"{words} any more")
        if channel.id not in self._opened:
            self._opened[channel.id] = self._open(channel)
        return self._opened[channel.id]

    def _open(self, channel: ChannelTable) -> Transport:
        allow = allowed(self.config.network.allow)
        if channel.kind == "webhook":
            return Webhook(str(channel.url), secret_of(self.config, channel), allow)
        if channel.kind == "push":
            return push.Push(secret_of(self.config, channel), allow)
        return self._shelf(channel)

    def _shelf(self, channel: ChannelTable) -> Shelf:
        # A calendar is the sum of everything that was said; a feed, of its newest entries.
        most = -1 if channel.kind == "calendar" else channel.keep

        def told(search: str, letter: Letter) -> list[bytes]:
            return self.store.told(search, letter.channel, letter.recipient, most=most)

        folder = self.config.path(channel.folder)
        return Shelf(folder, _SUFFIXES[channel.kind], told, partial(_drawn, channel))


def secret_of(config: Config, channel: ChannelTable) -> Any:
    """Give what a channel makes of its secret, or raise ``UnreachableError`` without its words."""
    path = config.path(channel.secret_file) if channel.secret_file else None
    read = push.service_of if channel.kind == "push" else key_of
    try:
        return read(private(channel.secret_env, path))
    except (SecretError, ValueError) as error:
        raise UnreachableError(str(error)) from None


def _drawn(channel: ChannelTable, parts: Sequence[bytes], name: str) -> bytes:
    if channel.kind == "calendar":
        return deadlines.calendar(parts)
    draw = feeds.atom if channel.kind == "atom" else feeds.json_feed
    link = f"{channel.url.rstrip('/')}/{name}" if channel.url else ""
    return draw(parts, keep=channel.keep, link=link)
