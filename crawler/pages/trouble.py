"""Answers that are no page: error statuses and block pages, in words. Pure."""

from __future__ import annotations

from typing import Any

from crawler.pages import careers

NAMES = {
    304: "not modified, but what it was is not known",
    401: "a login is asked for",
    403: "access is refused",
    404: "there is no such page",
    410: "the page is gone",
    429: "too many requests",
}


FAILURES = {
    "DownloadTimeoutError": "no answer in time",
    "DownloadConnectionRefusedError": "the connection was refused",
    "CannotResolveHostError": "the host was not found",
    "DownloadFailedError": "the connection broke off",
    "ResponseDataLossError": "the page was cut short",
    "DownloadCancelledError": "the page is too large",
    "MemoryError": "the page takes more memory than there is for it",
}


_SPOKEN = ("ValueError", "BlockedAddress")

REFUSALS = {
    "exceeded DOWNLOAD_MAXSIZE": "the page is too large when it is unpacked",
    "max redirections reached": "too many redirects",
}
"""What Scrapy says when it gives a page up, and what we say."""


def restate(words: str) -> str:
    """Say in our words why a page was given up; what says so in words already keeps its own."""
    return next((ours for theirs, ours in REFUSALS.items() if theirs in words), words)


def explain(error: Exception) -> str:
    """Say in words what an exception means for the page; unknown ones keep their own name.

    A ``ValueError`` is how our own readers refuse something, in words that need no more, and so is
    an address that is blocked.
    """
    name = type(error).__name__
    if name == "DownloadFailedError" and "certificate verify failed" in str(error):
        return "its certificate is not to be trusted"
    if name == "DownloadCancelledError" and str(error).endswith(": its headers"):
        return "its headers are too large"
    if words := FAILURES.get(name) or (str(error) if name in _SPOKEN else ""):
        return words
    return f"{name}: {error}".removesuffix(": ")


def describe(response: Any) -> str:
    """Say in words why an answer with a bad status is no page."""
    flags = [flag for flag in response.flags if flag.startswith("asked to wait")]
    if words := blocked(response):
        return f"{response.url}: HTTP {response.status}, {words}"
    name = NAMES.get(response.status, "")
    parts = [f"HTTP {response.status}", name, *flags]
    return f"{response.url}: {', '.join(part for part in parts if part)}"


def blocked(response: Any) -> str | None:
    """Say in words that the answer is a block page or captcha, or ``None``."""
    text = getattr(response, "text", None)
    if not isinstance(text, str):
        return None
    words = careers.blocked(text, response.status)
    return f"blocked: {words}" if words else None
