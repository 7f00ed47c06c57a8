"""Scrapy settings. Every value that is not Scrapy's default says why."""

from importlib.metadata import PackageNotFoundError, version

from scrapy.settings.default_settings import DOWNLOADER_MIDDLEWARES_BASE as _DOWNLOADER
from scrapy.settings.default_settings import EXTENSIONS_BASE as _EXTENSIONS

try:
    _VERSION = version("rolecall")
except PackageNotFoundError:  # run from a checkout that was never installed
    _VERSION = "0"

BOT_NAME = "rolecall"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# -- honesty ------------------------------------------------------------------------------------

# default "Scrapy/x (+https://scrapy.org)"; rolecall.toml adds the operator's contact.
USER_AGENT = f"Rolecall/{_VERSION} (posting monitor; contact not configured)"
# default None: the whole agent string; sites address us by name.
ROBOTSTXT_USER_AGENT = "Rolecall"
# default False.
ROBOTSTXT_OBEY = True

# -- the way out --------------------------------------------------------------------------------

_HANDLER = "crawler.middlewares.fixture_mode.CaptureHandler"
# default: also file, ftp, s3 and data, which would let a link read local files.
DOWNLOAD_HANDLERS = {
    "http": _HANDLER,
    "https": _HANDLER,
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
# default none: settles live, record or replay before anything is built.
ADDONS = {"crawler.middlewares.fixture_mode.FixtureMode": 100}
# Networks that may be dialled although they are not public: "CIDR" or "CIDR:port".
ROLECALL_ALLOW: list[str] = []
# The browser that draws pages for sources that ask for one; else $ROLECALL_CHROMIUM, else PATH.
ROLECALL_CHROMIUM: str | None = None
# default False: certificates would not be checked.
DOWNLOAD_VERIFY_CERTIFICATES = True
# default True: http_proxy in the environment would carry requests past the address guard.
HTTPPROXY_ENABLED = False
# default 1 GiB; the largest board answer seen was 5 MB, a decompression bomb stops here.
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
# default 180 s; a visit has a deadline of its own.
DOWNLOAD_TIMEOUT = 30
# default 20.
REDIRECT_MAX_TIMES = 6
# default True: a meta refresh would be followed before we judge the page.
METAREFRESH_ENABLED = False
# default True: the first Set-Cookie fetches the public suffix list from the network, and a careers
# page that needs a login is not ours to read.
COOKIES_ENABLED = False

# -- closed doors -------------------------------------------------------------------------------

# default True: a local port that runs Python.
TELNETCONSOLE_ENABLED = False
# default True since 2.19: another one.
REMOTE_CONTROL_ENABLED = False

# -- pace ---------------------------------------------------------------------------------------

# default 16: with a visit a host, this many hosts at once.
CONCURRENT_REQUESTS = 16
# default 8.
CONCURRENT_REQUESTS_PER_DOMAIN = 2
# default 0.
DOWNLOAD_DELAY = 0.5
# default 2; the pauses between are ours (backoff.py).
RETRY_TIMES = 2
# default: also the errors of Twisted's client, which would be loaded for their names alone; OSError
# is what an empty packed body gives.
RETRY_EXCEPTIONS = [
    "scrapy.exceptions.CannotResolveHostError",
    "scrapy.exceptions.DownloadConnectionRefusedError",
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.DownloadTimeoutError",
    "scrapy.exceptions.ResponseDataLossError",
    OSError,
]
# default ERROR: an answer that stays bad is a reason in the crawl, not an error of the program.
RETRY_GIVE_UP_LOG_LEVEL = "INFO"
# Seconds; a site that asks for more is asked again on the next visit.
ROLECALL_LONGEST_WAIT = 120.0
# Seconds a visit may take.
ROLECALL_DEADLINE = 900.0
# Requests a visit may make: endless lists and calendars have no last page.
ROLECALL_MOST_PAGES = 5000
# Links that may lead from the first page to another one: a page of ten postings each, that is a
# list of ten thousand; "next month" has no last page either.
ROLECALL_MOST_DEPTH = 1000

_NOT_OURS = {
    # Scrapy 2.14-2.19 lets requests past robots.txt while it is being fetched.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware",
    # Scrapy retries within milliseconds, whatever Retry-After says.
    "scrapy.downloadermiddlewares.retry.RetryMiddleware",
    # A visit asks only what its own pages named; redirects are judged by the guard.
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware",
    # What the settings above switch off would still be loaded, and the rest would be run for every
    # request: no spider has a user name, the timeout is the handler's, a visit counts by itself.
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware",
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware",
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware",
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware",
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware",
    "scrapy.downloadermiddlewares.stats.DownloaderStats",
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware",
    # Loaded even when they are switched off: the second brings a whole web server along.
    "scrapy.extensions.telnet.TelnetConsole",
    "scrapy.extensions.remote_control.RemoteControl",
}
# Taken out here and not by ``None`` below: Scrapy loads whatever stands there to compare its names,
# and the one for cookies alone brings a whole HTTP client along.
DOWNLOADER_MIDDLEWARES_BASE = {
    name: place for name, place in _DOWNLOADER.items() if name not in _NOT_OURS
}
EXTENSIONS_BASE = {name: place for name, place in _EXTENSIONS.items() if name not in _NOT_OURS}
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    # Scrapy would send a source's key to whatever site it is led to. Before the one for User-Agent.
    "crawler.middlewares.keys.KeysMiddleware": 390,
    "crawler.middlewares.backoff.BackoffMiddleware": 550,
    "crawler.middlewares.conditional.ConditionalMiddleware": 560,
}

# -- cost ---------------------------------------------------------------------------------------

# default 100: 2.19 starts as many tasks for every response; measured 1.4-1.6 times the CPU.
CONCURRENT_ITEMS = 1
# default True: parses the source of every callback for every response; measured 1.2 times.
WARN_ON_GENERATOR_RETURN_VALUE = False
# default DEBUG.
LOG_LEVEL = "INFO"
# default True: sixty lines of statistics after every sweep.
STATS_DUMP = False

# default ASCII escapes.
FEED_EXPORT_ENCODING = "utf-8"
# default: Scrapy's own, which writes what a spreadsheet runs as a formula.
FEED_EXPORTERS = {"csv": "crawler.exporters.PlainCsvExporter"}
