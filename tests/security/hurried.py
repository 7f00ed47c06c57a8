"""Run as a process: ``rolecall`` that asks every page once and without a pause."""

from __future__ import annotations

from monitor.cli import main
from monitor.config import Config

if __name__ == "__main__":
    whole = Config.scrapy
    quick = {"RETRY_TIMES": 0, "DOWNLOAD_DELAY": 0, "DOWNLOAD_TIMEOUT": 10}
    Config.scrapy = lambda self: whole(self) | quick
    main()
