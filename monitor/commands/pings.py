"""A sign of life after each run, to whoever raises the alarm when none comes.

In the manner of Healthchecks (https://healthchecks.io/docs/http_api/): ``/start`` when a run
begins; the link itself when it did its work, though some sources may have failed; the link and the
exit code when it did not. A ping that cannot be sent fails no run, and is said.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.addresses import allowed
from monitor.commands.command import FINE, SOME_FAILED
from monitor.commands.runs import code_of
from monitor.commands.secrets import SecretError, private
from monitor.doors import TemporaryError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.commands.voice import Voice
    from monitor.commands.work import Tally
    from monitor.config import Config

_PATIENCE = 5.0
"""Seconds a ping may take: a run must not wait for it, nor a signal."""
_DONE = frozenset({FINE, SOME_FAILED})
_OK = range(200, 300)


@contextmanager
def around(voice: Voice, config: Config, tally: Tally) -> Iterator[None]:
    """Say that a run begins, and how it ended, however it does."""
    url = _link(voice, config)
    _say(voice, config, url, "/start", "")
    try:
        yield
    except BaseException as error:
        code = code_of(error)
        _say(voice, config, url, f"/{code}", f"exit code {code}, {type(error).__name__}")
        raise
    code = tally.code()
    _say(voice, config, url, "" if code in _DONE else f"/{code}", f"exit code {code}, {tally}")


def _link(voice: Voice, config: Config) -> str | None:
    """Give the link that is pinged, ``None`` when there is none, or none that can be read."""
    ping = config.ping
    if not (ping.url_env or ping.url_file):
        return ping.url
    try:
        return private(ping.url_env, config.path(ping.url_file) if ping.url_file else None)
    except SecretError as error:
        voice.trouble(f"ping: {error}", event="ping")
        return None


def _say(voice: Voice, config: Config, url: str | None, what: str, words: str) -> None:
    """Post one ping; its words are counts, never what was scraped, and no error names the link."""
    if url is None:
        return
    from monitor.webhook import Post  # noqa: PLC0415 - loads TLS, and few runs are pinged

    post = Post(allowed(config.network.allow), _PATIENCE, _PATIENCE)
    headers = {"Content-Type": "text/plain", "User-Agent": "Rolecall (ping)"}
    try:
        status, reason = post.to(_extended(url, what), words.encode(), headers)
    except (TemporaryError, UnreachableError) as error:
        voice.trouble(f"ping: {error}", event="ping")
        return
    if status not in _OK:
        voice.trouble(f"ping: {status} {reason}".strip(), event="ping")


def _extended(url: str, what: str) -> str:
    """Lengthen the path of a link; one that cannot be read is refused where it is dialled."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return parts._replace(path=parts.path.rstrip("/") + what).geturl() if what else url
