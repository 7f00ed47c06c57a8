"""What every child process needs, imported once in the fork server.

It must not import ``twisted.internet.reactor``: that would choose the reactor of all children.
"""

import gc

# What is loaded here stays; to look through it for what does not took a third of the time.
gc.disable()

import scrapy.crawler  # noqa: E402 - after the line above
import scrapy.http  # noqa: E402 - same
import scrapy.spiderloader  # noqa: E402 - same

import crawler.spiders.careers_page  # noqa: E402 - same
import crawler.spiders.greenhouse  # noqa: E402 - same

# Children share it for as long as nobody writes to it (https://docs.python.org/3/library/gc.html).
gc.freeze()
gc.enable()

__all__ = ["crawler", "scrapy"]
