"""What every child process needs, imported once in the fork server.

It must not import ``twisted.internet.reactor``: that would choose the reactor of all children.
"""

import scrapy.crawler
import scrapy.http
import scrapy.spiderloader

import crawler.spiders.careers_page
import crawler.spiders.greenhouse

__all__ = ["crawler", "scrapy"]
