"""The channels besides mail: what a digest says on each, and the door by which it leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from monitor import feeds, mime, render
from monitor.doors import RefusalError
from monitor.shelf import Shelf
from monitor.store import Letter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.config import ChannelTable, Config
    from monitor.digest import Digest
    from monitor.doors import Transport
    from monitor.search import Search
    from monitor.store import Store

_SUFFIXES = {"atom": "atom", "jsonfeed": "json"}


@dataclass(frozen=True, slots=True)
class News:
    """What one digest may say on any channel; ``silent`` when no letter is due for it."""

    config: Config
    search: Search
    digest: Digest
    silent: bool

    def letters(self) -> Iterator[Letter]:
        """Give the letters of the search's channels, each of which may have nothing to say."""
        channels = self.config.channels()
        for name in self.search.channels:
            channel = channels[name]
            content = None if self.silent else self._feed()
            if content is not None:
                yield self._letter(channel, content)

    def _letter(self, channel: ChannelTable, content: bytes) -> Letter:
        sender, digest = self.config.delivery.sender, self.digest
        identity = mime.message_id(sender, digest.search, digest.period, channel.id)
        return Letter(
            recipient=channel.id,
            message_id=f"<{identity}>",
            subject=self.subject,
            mime=content,
            text="",
            html="",
            channel=channel.kind,
        )

    @property
    def subject(self) -> str:
        """The subject that a mail of the digest has."""
        return render.subject(self.digest, templates=self.config.templates_path())

    def _feed(self) -> bytes | None:
        config, folder = self.config, self.config.templates_path()
        return feeds.entries(
            self.digest,
            feeds.authority(config.delivery.sender, config.public_url),
            partial(render.entry, self.digest, templates=folder),
            home=config.public_url or "",
        )


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
        return self._shelf(channel)

    def _shelf(self, channel: ChannelTable) -> Shelf:
        def told(search: str, letter: Letter) -> list[bytes]:
            return self.store.told(search, letter.channel, letter.recipient, most=channel.keep)

        def draw(parts: Sequence[bytes], name: str) -> bytes:
            link = f"{channel.url.rstrip('/')}/{name}" if channel.url else ""
            made = feeds.atom if channel.kind == "atom" else feeds.json_feed
            return made(parts, keep=channel.keep, link=link)

        folder = self.config.path(channel.folder)
        return Shelf(folder, _SUFFIXES[channel.kind], told, draw)
