"""An invented store as a reader's page shows it: a month of two employers, told in two digests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from starlette.testclient import TestClient

from crawler.items import Asked, Counts, Crawl, Place, Posting, Salary, Source
from monitor.compare import judge
from monitor.digest import compose
from monitor.render import render
from monitor.search import Search
from monitor.store import Store
from monitor.web.app import app
from monitor.web.site import Site

START = datetime(2026, 11, 2, 7, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
KELP = Source("kelp", "greenhouse", board="kelp", organization="Kelp Works")
MOLE = Source("mole", "lever", board="mole", organization="Mole Robotics")
SEARCH = Search(
    "optics", "Optics", to=("reader@example.org",), any_words=("optics",), zone="Europe/Zurich"
)
BODY = """Kelp Works grinds lenses for buoys.
You will align optics by hand.
We meet on Mondays."""
BASE = "http://127.0.0.1:8750"


def posting(name, title, **fields):
    plain = {
        "organization": "Kelp Works",
        "places": (Place("Bergen, Norway", "Bergen", None, "Norway"),),
        "url": f"https://kelp.example/jobs/{name}",
        "body": f"{BODY}\nReference {name}.",
        "employment_types": ("FULL_TIME",),
        "date_posted": "2026-10-28",
    }
    return Posting(name, title, **(plain | fields))


def pay(low, high, currency="NOK", period="year"):
    return Salary(low, high, currency, period, raw=f"{low}-{high} {currency}")


def crawl(day, *postings, source=KELP, **fields):
    started = START + timedelta(days=day)
    asked = Asked("GET", f"https://{source.id}.example/api?page=1", 200, 31_200, 0.4)
    values = {
        "outcome": "complete",
        "postings": postings,
        "extractor": 1,
        "counts": Counts(asked=2, answered=2, bytes=31_200),
        "requests": (asked, replace(asked, status=404, words="its page answers 404")),
    }
    return Crawl(source, started, started + timedelta(seconds=75), **(values | fields))


def crawls():
    """Give the visits of a month: pay raised, text reworded, one closed, one new, one elsewhere."""
    grinder = posting("g1", "Lens Grinder", salary=pay(480_000, 520_000), remote="onsite")
    welder = posting(
        "w2", "Underwater Welder", valid_through="2026-11-28", body="Optics not asked."
    )
    keeper = posting("k3", "Buoy Keeper", body="Keep buoys. Know some optics.")
    dearer = replace(
        grinder,
        salary=pay(500_000, 560_000),
        body=grinder.body.replace("by hand", "by hand and by laser"),
    )
    fresh = posting("f4", "Optics Intern", employment_types=("INTERN",), requirements=("MS", "PhD"))
    arm = posting("m1", "Arm Designer", organization="Mole Robotics", remote="remote", body="Arms.")
    twin = replace(fresh, id="m9", url="https://mole.example/9")
    return [
        crawl(0, grinder, welder, keeper),
        crawl(0.1, arm, source=MOLE),
        crawl(4, dearer, welder, keeper),
        crawl(8, dearer, welder),
        crawl(10, dearer, welder, fresh),
        crawl(14, arm, twin, source=MOLE),
        crawl(15, source=KELP, outcome="failed", reasons=("https://kelp.example/api: HTTP 503",)),
        crawl(21, dearer, welder, fresh),
    ]


def fill(path, visits=None, search=SEARCH):
    """Make the store and decide two digests of a search; give its path."""
    with Store.open(path) as store:
        for number, visit in enumerate(crawls() if visits is None else visits):
            store.record(visit, judge)
            if number in (1, 6):
                tell(store, search, visit.started + timedelta(hours=1))
    return path


def tell(store, search, now):
    pending = store.pending(search, now)
    digest = compose(search, pending, now=now, period=f"{now:%Y-%m-%d}")
    letter = render(digest, search.to[0], "Rolecall <roles@example.org>")
    store.decide(search, digest.period, pending, [letter], digest.counts, now)


def site(**fields):
    plain = {
        "now": lambda: NOW,
        "searches": (SEARCH,),
        "intervals": {"kelp": 86_400.0, "mole": 30 * 86_400.0},
    }
    return Site(**(plain | fields))


def client(store, made=None, **options):
    """Give a client of the page that asks as a browser on this machine does."""
    return TestClient(app(made or site(), store, **options), base_url=BASE, follow_redirects=False)
