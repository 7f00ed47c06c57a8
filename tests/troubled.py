"""A child process whose pages misbehave on request: what a page says is done to its reader."""

from __future__ import annotations

import os
import re
import signal

from crawler import kinds
from crawler.items import Posting
from crawler.spiders.base import SweepSpider
from monitor import child


class TroubledSpider(SweepSpider):
    """Reads pages of one word and a title, and does what the word says."""

    name = "troubled"
    sources_per_host = 4

    def requests(self, source):
        yield from super().requests(source)
        if source.options.get("spin"):
            spin()

    def parse(self, response):
        word, _, title = response.text.partition(" ")
        if word == "spin":
            spin()
        elif word == "exit":
            os._exit(3)
        elif word == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif word == "eat":
            hoard = []
            while True:
                hoard.append(bytes(50_000_000))
        elif word == "unsendable":
            title = lambda: None  # noqa: E731 - what no pipe carries
        elif word == "next":
            yield response.follow(title)
            return
        elif word == "both":
            yield response.follow(title)
            title = "Both"
        yield Posting(title if word == "fine" else word, title, url=response.url)


def spin():
    """Hang as a parser does: inside the interpreter's own C, where no other thread may run."""
    re.match(r"(a+)+$", "a" * 64 + "b")


def main(pipe, shared):
    """Be a child that knows the troubled kind, and beats often."""
    known = kinds.kind
    kinds.kind = lambda name: TroubledSpider if name == TroubledSpider.name else known(name)
    child.BEAT = 0.2
    child.main(pipe, shared)


def lonely(pipe, shared):
    """Be such a child, and last ten seconds when stuck."""
    child.LONELY = 10
    main(pipe, shared)
