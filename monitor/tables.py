"""The tables of rolecall.toml, key by key: what each may hold, what it is when it is left out.

Every key has the sentence that docs/config.md and the JSON Schema say of it. A key that no table
names is refused. ``config`` reads the file; beside it, only this knows pydantic.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from crawler.items import Period, Remote  # noqa: TC001 - pydantic reads it at run time
from monitor import language, notation
from monitor.events import EventKind  # noqa: TC001 - pydantic reads it at run time

# To ask every installed distribution for plug-ins takes longer than to read the file, and none has
# any business here (https://docs.pydantic.dev/latest/concepts/plugins/).
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

DayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[DayName, ...] = get_args(DayName)

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
Past = Annotated[
    str,
    AfterValidator(notation.past),
    WithJsonSchema({"type": "string", "pattern": notation.DURATION}),
]
Address = Annotated[str, AfterValidator(notation.address)]
Sender = Annotated[str, AfterValidator(notation.sender)]
Link = Annotated[str, AfterValidator(notation.link)]
Contact = Annotated[str, AfterValidator(notation.contact)]
Zone = Annotated[str, AfterValidator(notation.zone)]
Language = Annotated[
    str, AfterValidator(language.known), WithJsonSchema({"type": "string", "pattern": language.TAG})
]
Clock = Annotated[
    dt.time,
    BeforeValidator(notation.clock),
    WithJsonSchema({"type": "string", "pattern": notation.CLOCK}),
]
Network = Annotated[str, AfterValidator(notation.network)]
Listen = Annotated[str, AfterValidator(notation.listen)]
Host = Annotated[str, AfterValidator(notation.host)]
Domain = Annotated[str, AfterValidator(notation.domain)]
Header = Annotated[str, AfterValidator(notation.header)]
Proxy = Annotated[str, AfterValidator(notation.proxy)]
Currency = Annotated[str, AfterValidator(notation.currency)]
Employment = Annotated[str, AfterValidator(notation.employment)]
Day = Annotated[
    Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], BeforeValidator(notation.day)
]


class Table(BaseModel):
    """A table of the file: frozen, and closed to keys that nobody knows."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, defer_build=True
    )


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
        default=DAYS, min_length=1, description="On which days it is due."
    )
    zone: Zone = Field(default="UTC", description="Its time zone, like `Europe/Zurich`.")
    language: Language | None = Field(
        default=None, description="Of its dates and numbers. Default: the key at the top."
    )
    heartbeat: bool = Field(
        default=False, description="Send a digest even when there is nothing to say."
    )
    summary: Literal["weekly", "monthly"] | None = Field(
        default=None, description="Send counts of each week or month too, beside the one before."
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


class KeepTable(Table):
    """How long the past is kept. [The store](store.md#keeping-it-small) says what never goes."""

    plain: Duration = Field(
        default="90d",
        description="How long after its closing the last text of a posting stays plain, so that "
        "`v_posting` shows it to every program.",
    )
    history: Past = Field(
        default="730d",
        description="How long after its closing every reading of a posting is kept; then the "
        "first and the last are left. At least 100d.",
    )
    visits: Past = Field(
        default="400d",
        description="How long visits that led to nothing are listed. At least 100d.",
    )
    visits_least: int = Field(
        default=50, ge=1, description="How many visits of a source are listed in any case."
    )
    pages: Duration = Field(
        default="365d", description="How long visits of `run --keep` stay in `captures`."
    )
    pages_least: int = Field(
        default=20, ge=1, description="How many such visits of a source stay in any case."
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


class AlarmTable(Table):
    """Who is told when a source breaks or recovers, and what counts as stale (operations.md)."""

    to: tuple[Address, ...] = Field(
        default=(), description="The operator's addresses: one mail a run that broke something."
    )
    always: bool = Field(
        default=False,
        description="Tell them also what they are told anyway, as readers of a search.",
    )
    stale: float = Field(
        default=3,
        ge=1,
        le=1000,
        description="`status`: a source is stale when it was not read for so many intervals.",
    )
    silence: Duration = Field(
        default="26h", description="`status`: everything is stale when no run ended for so long."
    )


class PingTable(Table):
    """A dead-man's switch in the manner of Healthchecks: each run says that it lives.

    Whoever is told so raises the alarm when nothing comes. It takes one of the three keys.
    """

    url: Link | None = Field(default=None, description="Where to say so, when it is no secret.")
    url_env: Text | None = Field(
        default=None, description="The environment variable that holds the link."
    )
    url_file: Text | None = Field(
        default=None, description="The private file whose first line is the link."
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
    metrics_env: Text | None = Field(
        default=None,
        description="The environment variable with the bearer token of `/metrics` (operations.md).",
    )
    metrics_file: Text | None = Field(
        default=None, description="The private file whose first line is that token."
    )


class SubscribeTable(Table):
    """Readers who subscribe by themselves on the page; [readers](readers.md) says how."""

    open: bool = Field(
        default=False, description="Take new readers at `/subscribe`; each confirms by mail."
    )
    searches: tuple[Text, ...] = Field(
        default=(), description="The searches that are offered to them, by id."
    )
    own_words: bool = Field(
        default=False, description="Whether they may ask for words of their own instead."
    )
    domains: tuple[Domain, ...] = Field(
        default=(), description="Only addresses of these domains, like `@uni.example`."
    )
    most: int = Field(
        default=500, ge=1, le=100_000, description="How many subscriptions there may be in all."
    )
