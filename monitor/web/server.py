"""The page on a socket, in a thread beside the schedule: the only uvicorn."""

from __future__ import annotations

import os
import socket
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from monitor.logs import Lines
from monitor.notation import listening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.applications import Starlette

_PATIENCE = 5.0
"""Seconds that requests under way may still take when the page stops."""


class ListenError(Exception):
    """Raised when the page cannot have its address; says why and what to do."""


@contextmanager
def serving(application: Starlette, listen: str) -> Iterator[str]:
    """Serve for as long as the block runs, and give the link; raises ``ListenError``.

    Headers that a proxy adds are left alone: who asks is whoever opened the connection.
    """
    bound = bind(listen)
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            log_level="warning",
            access_log=False,
            # Where stderr is lines, ours take its records as well.
            log_config=None if isinstance(sys.stderr, Lines) else LOGGING_CONFIG,
            proxy_headers=False,
            server_header=False,
            lifespan="off",
            ws="none",
            http="h11",
            loop="asyncio",
            h11_max_incomplete_event_size=16_384,
            limit_concurrency=200,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=int(_PATIENCE),
        )
    )
    thread = threading.Thread(target=server.run, args=([bound],), name="rolecall-page", daemon=True)
    thread.start()
    try:
        yield f"http://{listen}/"
    finally:
        server.should_exit = True
        thread.join(_PATIENCE)
        bound.close()


def bind(listen: str) -> socket.socket:
    """Take the address at once, so that a taken one is told before anything else begins."""
    address, port = listening(listen)
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET  # noqa: PLR2004 - IPv6
    try:
        return socket.create_server((str(address), port), family=family)
    except OSError as error:
        raise ListenError(
            f"{listen}: {os.strerror(error.errno or 0)}; the page cannot be served there. Change"
            " `listen` of [page] in rolecall.toml, or leave it out: `rolecall serve --no-page`."
        ) from error
