"""rolecall.toml: what the user asked for, checked before anything is fetched. The only pydantic.

The file is read whole and refused whole: an unknown key is an error with a guess at what was meant,
never ignored, because a misspelt ``min_salry`` that is ignored is a digest that lies. Secrets do
not stand in the file; it names the environment variable or the file that holds them.

Relative paths in the file are relative to the file, so that cron may start Rolecall anywhere.
"""

from __future__ import annotations

import datetime as dt
import os
import pkgutil
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    WithJsonSchema,
)

import crawler.spiders
from crawler.items import Period, Remote, Source
from monitor import complaints, notation
from monitor.complaints import ConfigError, Key
from monitor.consistency import clashes
from monitor.events import EventKind  # noqa: TC001 - pydantic reads it at run time
from monitor.search import Search

NAME = "rolecall.toml"
DayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DAYS: tuple[DayName, ...] = get_args(DayName)

Text = Annotated[str, Field(min_length=1)]
Identifier = Annotated[
    str,
    AfterValidator(notation.identifier),
    WithJsonSchema({"type": "string", "pattern": notation.IDENTIFIER}),
]
Duration = Annotated[
    str,
    AfterValidator(notation.duration),
    WithJsonSchema({"type": "string", "pattern": notation.DURATION}),
]
Address = Annotated[str, AfterValidator(notation.address)]
Sender = Annotated[str, AfterValidator(notation.sender)]
Link = Annotated[str, AfterValidator(notation.link)]
Contact = Annotated[str, AfterValidator(notation.contact)]
Zone = Annotated[str, AfterValidator(notation.zone)]
Clock = Annotated[
    dt.time,
    BeforeValidator(notation.clock),
    WithJsonSchema({"type": "string", "pattern": notation.CLOCK}),
]
Network = Annotated[str, AfterValidator(notation.network)]
Listen = Annotated[str, AfterValidator(notation.listen)]
Host = Annotated[str, AfterValidator(notation.host)]
Header = Annotated[str, AfterValidator(notation.header)]
Proxy = Annotated[str, AfterValidator(notation.proxy)]
Currency = Annotated[str, AfterValidator(notation.currency)]
Employment = Annotated[str, AfterValidator(notation.employment)]
Day = Annotated[
    Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], BeforeValidator(notation.day)
]


class Table(BaseModel):
    """A table of the file: frozen, and closed to keys that nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class DeliveryTable(Table):
    """How digests leave. Without this table they are written into the folder `mail`."""

    method: Literal["folder", "smtp", "stdout"] = Field(
        default="folder", description="`folder` writes .eml files, `smtp` sends, `stdout` prints."
    )
    folder: Text = Field(default="mail", description="Where the method `folder` writes.")
    sender: Sender = Field(
        default="Rolecall <rolecall@localhost>", description="The address digests come from."
    )
    host: Text | None = Field(
        default=None, description="The SMTP server; needed by the method `smtp`."
    )
    port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="Default: 587 for starttls, 465 for tls, 25 for none.",
    )
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="Whether and how the connection is encrypted."
    )
    username: Text | None = Field(default=None, description="The name to log in with.")
    password_env: Text | None = Field(
        default=None, description="The environment variable that holds the password."
    )
    password_file: Text | None = Field(
        default=None, description="The file whose first line is the password."
    )

    @property
    def port_used(self) -> int:
        """Give the port: the one of the file, else the one that belongs to the security."""
        return self.port or {"starttls": 587, "tls": 465, "none": 25}[self.security]


class SourceTable(Table):
    """One place that lists postings. `rolecall add LINK` writes this table for you."""

    id: Identifier = Field(description="Your name for it; renaming it keeps its history.")
    kind: Text = Field(description="The sort of site, as `rolecall add` recognised it.")
    board: Text | None = Field(
        default=None, description="Its name at its host (kinds with boards)."
    )
    url: Link | None = Field(default=None, description="Its listing page (kinds without boards).")
    organization: Text | None = Field(
        default=None, description="The employer, as digests shall name it."
    )
    every: Duration = Field(default="6h", description="How often to visit: `30m`, `6h`, `1d`.")
    currency: Currency | None = Field(
        default=None, description="What a bare `$` means there, as an ISO 4217 code."
    )
    browser: bool = Field(
        default=False,
        description="Its pages are drawn by script: read them from a browser; "
        "needs `pip install 'rolecall[browser]'` and a Chromium.",
    )
    match: Literal["exact", "path"] = Field(
        default="exact", description="Replay only: how a recorded exchange is found again."
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="What only this kind understands."
    )


class SearchTable(Table):
    """What one reader wants to hear of, when and where. A key that is left out asks nothing."""

    id: Identifier = Field(description="Your name for it; renaming it shows everything again.")
    name: Text | None = Field(
        default=None, description="What its digests are called. Default: the id."
    )
    to: tuple[Address, ...] = Field(
        default=(), description="Who gets the digest by mail; needed without `channels`."
    )
    channels: tuple[Text, ...] = Field(
        default=(), description="Other ways it takes: the ids of [[channel]] tables."
    )
    any: tuple[Text, ...] = Field(default=(), description="At least one of these words occurs.")
    all: tuple[Text, ...] = Field(default=(), description="Every one of these words occurs.")
    none: tuple[Text, ...] = Field(default=(), description="None of these words occurs.")
    companies: tuple[Text, ...] = Field(default=(), description="Only these employers.")
    places: tuple[Text, ...] = Field(default=(), description="Only these places.")
    remote: tuple[Remote, ...] = Field(default=(), description="`remote`, `hybrid`, `onsite`.")
    employment: tuple[Employment, ...] = Field(
        default=(),
        description="schema.org's words: `FULL_TIME`, `PART_TIME`, `INTERN`, `CONTRACTOR` …",
    )
    like: Text | None = Field(
        default=None,
        description="Only postings near this one, the nearest first: `SOURCE/ID` or its link.",
    )
    min_salary: float | None = Field(
        default=None, ge=0, description="The least pay; a posting that states none is not refused."
    )
    salary_currency: Currency | None = Field(
        default=None, description="The currency of `min_salary`."
    )
    salary_period: Period | None = Field(default=None, description="The period of `min_salary`.")
    events: tuple[EventKind, ...] = Field(default=(), description="Only these events.")
    sources: tuple[Text, ...] = Field(default=(), description="Only these sources, by id.")
    at: Clock = Field(default=dt.time(7), description="When its digest is due, local time.")
    days: tuple[Day, ...] = Field(
        default=_DAYS, min_length=1, description="On which days it is due."
    )
    zone: Zone = Field(default="UTC", description="Its time zone, like `Europe/Zurich`.")
    heartbeat: bool = Field(
        default=False, description="Send a digest even when there is nothing to say."
    )


class ChannelTable(Table):
    """A way to readers besides mail; a search takes it by naming it in its `channels`."""

    id: Identifier = Field(description="Your name for it; a new name is a new channel.")
    kind: Literal["atom", "jsonfeed", "calendar", "webhook", "push"] = Field(
        description="`atom` and `jsonfeed` write the file of a feed, `calendar` one of deadlines; "
        "`webhook` posts JSON to a link; `push` sends a line. See [channels](channels.md)."
    )
    folder: Text = Field(
        default="feeds", description="Where the file of a feed or calendar is: `SEARCH.atom` …"
    )
    url: Link | None = Field(
        default=None, description="Where a webhook posts to; where readers find a feed's folder."
    )
    keep: int = Field(default=200, ge=1, le=10_000, description="How many entries a feed keeps.")
    secret_env: Text | None = Field(
        default=None, description="The environment variable with its secret (webhook, push)."
    )
    secret_file: Text | None = Field(
        default=None, description="The private file whose first line is that secret."
    )


class NetworkTable(Table):
    """How the web is asked. The defaults are polite; few will need this table."""

    allow: tuple[Network, ...] = Field(
        default=(), description="Private addresses that may be visited, as CIDR:port."
    )
    delay: float | None = Field(
        default=None, ge=0, le=3600, description="Seconds between two requests."
    )
    processes: int = Field(
        default=1, ge=1, le=64, description="How many processes share the sources."
    )


class PageTable(Table):
    """The page that `rolecall serve` shows; docs/page.md says how to reach it from elsewhere."""

    listen: Listen = Field(default="127.0.0.1:8750", description="The address and port it is at.")
    hosts: tuple[Host, ...] = Field(
        default=(), description="Names it may be asked by, besides `public_url` and this machine."
    )
    zone: Zone = Field(default="UTC", description="The time zone its times are written in.")
    password_env: Text | None = Field(
        default=None, description="The environment variable with what `config password` printed."
    )
    password_file: Text | None = Field(
        default=None, description="The file whose first line is what `config password` printed."
    )
    user_header: Header | None = Field(
        default=None, description="The header in which a proxy names whom it let in."
    )
    proxies: tuple[Proxy, ...] = Field(
        default=(), description="The addresses, as CIDR, from which `user_header` is believed."
    )


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
    delivery: DeliveryTable = DeliveryTable()
    network: NetworkTable = NetworkTable()
    page: PageTable = PageTable()
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
        return tuple(_search(table) for table in self.search)

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

    def intervals(self) -> dict[str, float]:
        """Give the seconds between two visits, by source id."""
        return {source.id: notation.seconds(source.every) for source in self.source}


def _search(table: SearchTable) -> Search:
    same = ("companies", "places", "remote", "employment", "min_salary", "salary_currency")
    more = ("salary_period", "events", "sources", "at", "zone", "heartbeat", "id", "like")
    return Search(
        name=table.name or table.id,
        any_words=table.any,
        all_words=table.all,
        none_words=table.none,
        days=tuple(_DAYS.index(day) for day in table.days),
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
    "page": PageTable,
}
"""The tables of the file below its top, by name."""


def _fields(table: Key) -> dict[str, Any]:
    """Give the keys that the table at this place may have."""
    model = TABLES[str(table[0])] if table else Config
    return dict(model.model_fields)
