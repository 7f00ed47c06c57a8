"""Run as a process: ``following.py`` in a world whose names mean what ``$NAMES`` says, in turn."""

from __future__ import annotations

import json
import os
import runpy
import socket
from pathlib import Path

ANSWERS = json.loads(os.environ["NAMES"])
real, by_name = socket.getaddrinfo, socket.gethostbyname


def answer(host):
    """Give the next answer for a name, ``None`` for another one; its last answer repeats."""
    answers = ANSWERS.get(host.decode() if isinstance(host, bytes) else host)
    return answers and (answers.pop(0) if len(answers) > 1 else answers[0])


def getaddrinfo(host, port, *rest, **options):
    found = answer(host)
    if found is None:
        return real(host, port, *rest, **options)
    return [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, int(port or 0))) for address in found
    ]


def gethostbyname(host):
    found = answer(host)
    return by_name(host) if found is None else found[0]


socket.gethostbyname = gethostbyname
socket.getaddrinfo = getaddrinfo  # before anything takes the real one by its name
runpy.run_path(str(Path(__file__).with_name("following.py")), run_name="__main__")
