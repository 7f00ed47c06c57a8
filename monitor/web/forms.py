"""The body of a form, read up to a length: what is longer, or no form, says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request

_FIELDS = 40


async def fields(request: Request, most: int) -> Mapping[str, Sequence[str]]:
    """Give the values of a form by name; nothing for a body of over ``most`` bytes."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            return {}
    try:
        return parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        return {}
