"""JMESPath expressions that a user wrote: what they find in an answer's JSON.

An expression that makes no sense is a ``ValueError`` that names its option; one that does not fit
a row (a text where a list is joined) finds nothing there.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import jmespath  # type: ignore[import-untyped] # ships no types
from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]


def check(query: Any, option: str) -> str:
    """Give an expression back once it is known to be one; raises ``ValueError`` in words."""
    if not isinstance(query, str) or not query.strip():
        raise ValueError(f"{option}: a JMESPath expression is wanted")
    try:
        _compiled(query)
    except JMESPathError as error:
        words = " ".join(str(error).split("\n")[0].split())
        raise ValueError(f"{option}: {query!r} is no JMESPath expression: {words}") from None
    return query


def find(query: str, value: Any) -> Any:
    """Give what an expression finds, ``None`` when it does not fit."""
    try:
        return _compiled(query).search(value)
    except (JMESPathError, TypeError, RecursionError):
        return None


@cache
def _compiled(query: str) -> Any:
    return jmespath.compile(query)
