"""Answers of boards' JSON APIs, told from the pages that come in their place. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.pages import board, described, trouble

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(response: Any) -> Any:
    """Parse a JSON answer.

    Raises ``ValueError`` in words for a page in its place: a block page, a login, or the provider's
    own site, to which the address of a board that is no more often leads.
    """
    found = described.answer(response.text)
    if found is None:
        raise ValueError(trouble.blocked(response) or f"{response.url} answers with no JSON")
    return found


def stated(answer: Any) -> dict[str, Any]:
    """Give the fields of an answer that say something."""
    return (
        {name: value for name, value in answer.items() if value} if isinstance(answer, dict) else {}
    )


def last(_answer: Any, _response: Any) -> Iterator[str]:
    """Name no page after an answer: it is the only one, or the last."""
    return iter(())


def label(*parts: Any) -> str:
    """Put the parts of an address together as a reader writes it; what is no text is left out."""
    return ", ".join(dict.fromkeys(filter(None, map(board.word, parts))))
