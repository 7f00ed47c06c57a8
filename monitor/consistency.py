"""What the tables of a rolecall.toml must agree on between themselves. Pure.

It looks at the tables as TOML gave them, before any model refused a part, so that these complaints
stand beside all others. What is not even of the right shape is left to the models: no complaint of
this module is about a type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.complaints import Complaint, meant, quoted
from monitor.notation import listening

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    Table = Mapping[str, Any]

MAIL = "mail"


def clashes(tables: Table, kinds: Collection[str]) -> Iterator[Complaint]:
    """Give every complaint about tables that do not agree; ``kinds`` are the known ones."""
    for name in ("source", "search", "channel"):
        yield from _twice(name, _rows(tables, name))
    for index, source in _rows(tables, "source"):
        yield from _source(index, source, kinds)
    ids = [str(source.get("id")) for _, source in _rows(tables, "source")]
    subscribe = found if isinstance(found := tables.get("subscribe"), dict) else {}
    channels = [row.get("id") for _, row in _rows(tables, "channel")]
    for index, search in _rows(tables, "search"):
        yield from _search(index, search, ids)
        yield from _readers(index, search, channels, _names(subscribe, "searches"))
    for index, channel in _rows(tables, "channel"):
        yield from _channel(index, channel)
    if isinstance(delivery := tables.get("delivery"), dict):
        yield from _delivery(delivery)
    if isinstance(page := tables.get("page", {}), dict):
        yield from _page(page, forms=bool(subscribe.get("open")))
        yield from _subscribe(subscribe, tables, page)
    if isinstance(ping := tables.get("ping"), dict):
        yield from _one_of("ping", ping, ("url", "url_env", "url_file"))


def _rows(tables: Table, name: str) -> list[tuple[int, Table]]:
    rows = tables.get(name)
    if not isinstance(rows, list):
        return []
    return [(index, row) for index, row in enumerate(rows) if isinstance(row, dict)]


def _twice(name: str, rows: Iterable[tuple[int, Table]]) -> Iterator[Complaint]:
    """Two tables with one id would share one history."""
    first: dict[str, int] = {}
    for index, row in rows:
        if isinstance(word := row.get("id"), str) and first.setdefault(word, index) != index:
            yield Complaint(
                (name, index, "id"), f"{quoted(word)} is taken by {name}[{first[word]}]"
            )


def _source(index: int, source: Table, kinds: Collection[str]) -> Iterator[Complaint]:
    kind = source.get("kind")
    if isinstance(kind, str) and kind not in kinds:
        hint = meant(kind, kinds) or f"; it can be {', '.join(kinds)}"
        yield Complaint(("source", index, "kind"), f"{quoted(kind)} is not a known kind{hint}")
    if not source.get("board") and not source.get("url"):
        yield Complaint(("source", index), "needs a board or a url; `rolecall add LINK` finds it")


def _search(index: int, search: Table, sources: Iterable[str]) -> Iterator[Complaint]:
    named = search.get("sources")
    for place, word in enumerate(named if isinstance(named, list) else ()):
        if word not in sources:
            key = ("search", index, "sources", place)
            yield Complaint(key, f"there is no source {quoted(word)}{meant(word, sources)}")
    units = [key for key in ("salary_currency", "salary_period") if key not in search]
    if "min_salary" in search and units:
        yield Complaint(
            ("search", index, "min_salary"), f"means nothing without {' and '.join(units)}"
        )


def _names(table: Table, key: str) -> list[Any]:
    return found if isinstance(found := table.get(key), list) else []


def _readers(
    index: int, search: Table, channels: Collection[Any], offered: Collection[Any]
) -> Iterator[Complaint]:
    """Somebody must get the digest, or may ask for it; every way that is named must be there."""
    named = search.get("channels")
    for place, word in enumerate(named if isinstance(named, list) else ()):
        if word not in channels:
            hint = meant(word, map(str, channels)) or "; write its [[channel]] table"
            key = ("search", index, "channels", place)
            yield Complaint(key, f"there is no channel {quoted(word)}{hint}")
    if not search.get("to") and not named and search.get("id") not in offered:
        words = "must not be empty" if "to" in search else "missing: who gets the digest"
        yield Complaint(("search", index, "to"), f"{words}, unless `channels` names a [[channel]]")


_KEPT_IN = ("secret_env", "secret_file")
_KEYS = {
    "atom": ("folder", "url", "keep"),
    "jsonfeed": ("folder", "url", "keep"),
    "calendar": ("folder",),
    "webhook": ("url", *_KEPT_IN),
    "push": _KEPT_IN,
}
"""What a channel of a kind may say besides its id."""


def _channel(index: int, channel: Table) -> Iterator[Complaint]:
    kind = channel.get("kind")
    if channel.get("id") == MAIL:
        words = f'"{MAIL}" is what `to` of a search is for; choose another id'
        yield Complaint(("channel", index, "id"), words)
    known = {key for keys in _KEYS.values() for key in keys}
    for key in known.intersection(channel) - set(_KEYS.get(str(kind), known)):
        yield Complaint(("channel", index, key), f"means nothing to {kind}; take it out")
    if isinstance(kind, str) and kind in _SECRET:
        yield from _secret(index, channel)


_SECRET = {"webhook": "what it is signed with", "push": "its Apprise address"}
"""What a kind needs its secret for."""


def _secret(index: int, channel: Table) -> Iterator[Complaint]:
    kind = channel["kind"]
    if "url" in _KEYS[kind] and "url" not in channel:
        yield Complaint(("channel", index, "url"), f"missing: where the {kind} posts to")
    given = [key for key in _KEPT_IN if key in channel]
    if not given:
        words = f"missing: {_SECRET[kind]}; or name a file in secret_file"
        yield Complaint(("channel", index, "secret_env"), words)
    if len(given) > 1:
        words = "secret_env is given too; keep one"
        yield Complaint(("channel", index, "secret_file"), words)


def _delivery(delivery: Table) -> Iterator[Complaint]:
    if delivery.get("method") == "smtp":
        for key in ("host", "sender"):
            if key not in delivery:
                yield Complaint(("delivery", key), "missing: the method smtp needs it")
    yield from _one_of("delivery", delivery, _SECRETS)
    secrets = [key for key in _SECRETS if key in delivery]
    if secrets and "username" not in delivery:
        yield Complaint(("delivery", secrets[0]), "a password needs a username")


_SECRETS = ("password_env", "password_file")


def _one_of(name: str, table: Table, keys: Sequence[str]) -> Iterator[Complaint]:
    """Of several places for one thing, one is meant."""
    given = [key for key in keys if key in table]
    for key in given[1:]:
        yield Complaint((name, key), f"{given[0]} is given too; keep one")


_TOKENS = ("metrics_env", "metrics_file")


def _page(page: Table, *, forms: bool) -> Iterator[Complaint]:
    """Let nobody show everything to everybody: without a login the page is this machine's alone.

    With ``forms`` that anybody may send, proxies say who sent them, whoever logs readers in.
    """
    yield from _one_of("page", page, _SECRETS)
    yield from _one_of("page", page, _TOKENS)
    for key, other in (("user_header", "proxies"), ("proxies", "user_header")):
        if page.get(key) and not page.get(other) and not (forms and key == "proxies"):
            yield Complaint(("page", key), f"means nothing without {other}")
    if not _guarded(page):
        for key in (key for key in _TOKENS if key in page):
            words = "means nothing without a login: whoever reaches the page may ask for /metrics"
            yield Complaint(("page", key), words)
    listen = page.get("listen")
    if isinstance(listen, str) and not _guarded(page) and not _loopback(listen):
        words = "is not on this machine alone, so the page needs a login: keep what"
        words += " `rolecall config password` prints in a file and name it as password_file"
        yield Complaint(("page", "listen"), f"{quoted(listen)} {words}")


def _guarded(page: Table) -> bool:
    return any(page.get(key) for key in ("password_env", "password_file", "user_header"))


def _subscribe(subscribe: Table, tables: Table, page: Table) -> Iterator[Complaint]:
    """Whoever may subscribe must reach the page, find something there, and see nothing else."""
    ids = [search.get("id") for _, search in _rows(tables, "search")]
    for place, word in enumerate(_names(subscribe, "searches")):
        if word not in ids:
            hint = meant(word, map(str, ids)) or "; write its [[search]] table"
            key = ("subscribe", "searches", place)
            yield Complaint(key, f"there is no search {quoted(word)}{hint}")
    if not subscribe.get("open"):
        return
    if "public_url" not in tables:
        words = "needs public_url: where readers reach the page"
        yield Complaint(("subscribe", "open"), words)
    if not subscribe.get("searches") and not subscribe.get("own_words"):
        yield Complaint(("subscribe", "open"), "needs searches to offer, or own_words = true")
    if not _guarded(page):
        words = "needs a login to the other pages, which name readers: keep what"
        words += " `rolecall config password` prints in a file and name it as password_file of"
        yield Complaint(("subscribe", "open"), f"{words} [page]")


def _loopback(listen: str) -> bool:
    try:
        return listening(listen)[0].is_loopback
    except ValueError:
        return True  # the model says what is wrong with it
