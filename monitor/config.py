"""rolecall.toml: what the user asked for, checked before anything is fetched.

The file is read whole and refused whole: an unknown key is an error with a guess at what was meant,
never ignored, because a misspelt ``min_salry`` that is ignored is a digest that lies. Secrets do
not stand in the file; it names the environment variable or the file that holds them.

Relative paths in the file are relative to the file, so that cron may start Rolecall anywhere.
"""

from __future__ import annotations

import os
import pkgutil
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import Field, PrivateAttr, ValidationError

import crawler.spiders
from crawler.items import Source
from monitor import alert, complaints, notation
from monitor.complaints import ConfigError, Key
from monitor.consistency import clashes
from monitor.language import ENGLISH
from monitor.offers import Terms
from monitor.retention import Retention
from monitor.search import Search
from monitor.tables import (
    DAYS,
    AlarmTable,
    ChannelTable,
    Contact,
    DeliveryTable,
    KeepTable,
    Language,
    Link,
    NetworkTable,
    PageTable,
    PingTable,
    SearchTable,
    SourceTable,
    SubscribeTable,
    Table,
    Text,
)

NAME = "rolecall.toml"


class Config(Table):
    """The whole file."""

    store: Text = Field(default="rolecall.db", description="The file that remembers everything.")
    contact: Contact | None = Field(
        default=None, description="Your address or page, told to every site; live visits need it."
    )
    templates: Text | None = Field(
        default=None, description="A folder whose templates replace ours."
    )
    public_url: Link | None = Field(
        default=None, description="Where readers reach your Rolecall, if so."
    )
    captures: Text = Field(
        default="captures", description="Where `rolecall run --keep` archives visits."
    )
    language: Language = Field(
        default=ENGLISH,
        description="Of dates and numbers, on the page and in letters: `de`, `pt-BR`, `ar-EG`.",
    )
    delivery: DeliveryTable = DeliveryTable()
    network: NetworkTable = NetworkTable()
    keep: KeepTable = KeepTable()
    page: PageTable = PageTable()
    subscribe: SubscribeTable = SubscribeTable()
    alarm: AlarmTable = AlarmTable()
    ping: PingTable = PingTable()
    source: tuple[SourceTable, ...] = ()
    search: tuple[SearchTable, ...] = ()
    channel: tuple[ChannelTable, ...] = ()
    _path: Path = PrivateAttr(default=Path(NAME))

    @property
    def file(self) -> Path:
        """The file this was read from, as it was named."""
        return self._path

    def path(self, name: str) -> Path:
        """Give a path of the file: absolute, ``~`` spelt out, relative ones beside the file."""
        return self._path.absolute().parent / Path(name).expanduser()

    def sources(self) -> tuple[Source, ...]:
        """Give the sources as the crawler knows them."""
        return tuple(
            Source(
                s.id, s.kind, s.board, s.url, s.organization, s.currency, dict(s.options), s.browser
            )
            for s in self.source
        )

    def searches(self) -> tuple[Search, ...]:
        """Give the searches as the monitor knows them."""
        return tuple(_search(table, self.language) for table in self.search)

    def alarms(self) -> tuple[Search, ...]:
        """Give the search as which alerts are remembered, when somebody is to get them."""
        to = tuple(dict.fromkeys(self.alarm.to))
        return (Search(alert.SEARCH, alert.NAME, to=to),) if to else ()

    def terms(self) -> Terms:
        """Give what readers may subscribe to by themselves; without the table, nothing."""
        table = self.subscribe
        offered = {search.id: search for search in self.searches()}
        return Terms(
            taking=table.open,
            searches=tuple(offered[name] for name in dict.fromkeys(table.searches)),
            own_words=table.own_words,
            domains=table.domains,
            most=table.most,
        )

    def channels(self) -> dict[str, ChannelTable]:
        """Give the channels by their ids."""
        return {channel.id: channel for channel in self.channel}

    def templates_path(self) -> Path | None:
        """Give the folder of the reader's own templates, if there is one."""
        return self.path(self.templates) if self.templates else None

    def scrapy(self) -> dict[str, Any]:
        """Give what the file says to Scrapy: who asks, what may be dialled, how fast."""
        said: dict[str, Any] = {"ROLECALL_ALLOW": list(self.network.allow)}
        if self.contact:
            said["USER_AGENT"] = f"Rolecall (posting monitor; +{self.contact})"
        if self.network.delay is not None:
            said["DOWNLOAD_DELAY"] = self.network.delay
        return said

    def retention(self) -> Retention:
        """Give how long the past is kept."""
        spans = ("plain", "history", "visits", "pages")
        return Retention(
            visits_least=self.keep.visits_least,
            pages_least=self.keep.pages_least,
            **{
                name: timedelta(seconds=notation.seconds(getattr(self.keep, name)))
                for name in spans
            },
        )

    def intervals(self) -> dict[str, float]:
        """Give the seconds between two visits, by source id."""
        return {source.id: notation.seconds(source.every) for source in self.source}


def _search(table: SearchTable, language: str) -> Search:
    same = ("companies", "places", "remote", "employment", "min_salary", "salary_currency")
    more = (
        "salary_period",
        "events",
        "sources",
        "at",
        "zone",
        "heartbeat",
        "id",
        "like",
        "summary",
    )
    return Search(
        name=table.name or table.id,
        language=table.language or language,
        any_words=table.any,
        all_words=table.all,
        none_words=table.none,
        days=tuple(DAYS.index(day) for day in table.days),
        to=tuple(dict.fromkeys(table.to)),  # named twice, it is told once all the same
        channels=tuple(dict.fromkeys(table.channels)),
        **{key: getattr(table, key) for key in (*same, *more)},
    )


def find(given: str | os.PathLike[str] | None = None) -> Path:
    """Say which file is meant: the one given, else ``ROLECALL_CONFIG``, else ./rolecall.toml."""
    return Path(given or os.environ.get("ROLECALL_CONFIG") or NAME)


def load(path: Path) -> Config:
    """Read the file, or raise ``ConfigError`` with everything that is wrong in it."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            [f"{path}: not found; `rolecall init` writes one, --config names another"]
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise ConfigError([f"{path}: cannot be read: {reason}"]) from None
    return loads(text, path)


def loads(text: str, path: Path = Path(NAME)) -> Config:
    """Read the text of a file that stands (or shall stand) at ``path``; see ``load``."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([complaints.syntax(str(path), str(error))]) from None
    found = list(clashes(tables, kinds()))
    try:
        config = Config.model_validate(tables)
    except ValidationError as error:
        # A list whose entries were all refused is not empty, whatever pydantic says.
        wrong = [e for e in error.errors() if e["type"] != "too_short" or not e["input"]]
        found += (complaints.refused(e, _fields) for e in wrong)
    if found:
        raise ConfigError(complaints.listed(str(path), text, found))
    config._path = path  # noqa: SLF001 - the model's own private attribute
    return config


_BASES = {"api", "base", "completed", "described", "listed"}
"""Files beside the kinds that hold what kinds share (a test compares with the spiders)."""


def kinds() -> list[str]:
    """Give the known kinds. A kind's file bears its name, so Scrapy need not be loaded to know."""
    files = [module.name for module in pkgutil.iter_modules(crawler.spiders.__path__)]
    return sorted(set(files) - _BASES)


def schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of the file."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return head | Config.model_json_schema() | {"title": "rolecall.toml"}


TABLES: dict[str, type[Table]] = {
    "source": SourceTable,
    "search": SearchTable,
    "channel": ChannelTable,
    "delivery": DeliveryTable,
    "network": NetworkTable,
    "keep": KeepTable,
    "page": PageTable,
    "subscribe": SubscribeTable,
    "alarm": AlarmTable,
    "ping": PingTable,
}
"""The tables of the file below its top, by name."""


def _fields(table: Key) -> dict[str, Any]:
    """Give the keys that the table at this place may have."""
    model = TABLES[str(table[0])] if table else Config
    return dict(model.model_fields)
