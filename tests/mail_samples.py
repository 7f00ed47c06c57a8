"""Invented postings, events and windows that the digest, render and mail tests share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crawler.items import Place, Posting, Salary
from monitor.compare import changes
from monitor.digest import CrawlNote, Pending
from monitor.events import Event, Known, Tie
from monitor.search import Search
from monitor.weigh import heaviest

SINCE = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
UNTIL = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
SENDER = "Rolecall <watch@lists.example>"
READER = "reader@mail.example"
SEARCH = Search(id="ml-intern-phd", name="ML internships, PhD", to=(READER,), zone="Europe/Zurich")

OLD_BODY = """Join the Imaging group for a paid internship of 12 weeks.
Applicants must be enrolled in a PhD or Master's programme in a related field.
The pay for this role is $10,000-$11,000 monthly.
This role is hybrid: three days a week in the office are expected.
You will document what you learn for the people who come after you."""
NEW_BODY = """Join the Imaging group for a paid internship of 12 to 16 weeks.
Applicants must be enrolled in a PhD programme in a related field.
The pay for this role is $12,100 monthly.
This role is on site: five days a week in the office are expected.
You will document what you have learned for the people who come after you.
Relocation support is offered."""


def posting(number=1, **fields):
    """Make a posting of Acme; ``fields`` override."""
    plain = {
        "id": f"p{number}",
        "title": f"Research Engineer {number}",
        "organization": "Acme Imaging",
        "places": (Place("Zürich, Switzerland"),),
        "url": f"https://jobs.acme.example/openings/{number}?ref=board&lang=en",
        "date_posted": "2026-11-20",
    }
    return Posting(**(plain | fields))


def monthly(low, high=None):
    """Make a monthly pay in US dollars."""
    return Salary(low, high or low, "USD", "month", raw=f"{low:,}-{high or low:,} monthly")


def event(kind, item, hours=1, **fields):
    """Make an event of a posting, ``hours`` into the window."""
    plain = {
        "at": SINCE + timedelta(hours=hours),
        "source": "acme",
        "kind": kind,
        "posting_id": item.id,
        "title": item.title,
        "posting": item,
    }
    return Event(**(plain | fields))


def changed(before, after, hours=1, **fields):
    """Make the event that the comparison of two readings gives."""
    delta = changes(before, after)
    plain = {"before": before, "changes": delta, "weight": heaviest(delta)}
    return event("changed", after, hours, **(plain | fields))


def pending(*events, **fields):
    """Make what is pending: the events, numbered in order, in a window of a day."""
    numbered = tuple(replace(one, id=number) for number, one in enumerate(events, 1))
    plain = {
        "search": SEARCH.id,
        "since": SINCE,
        "until": UNTIL,
        "cursor": 0,
        "head": len(events),
        "events": numbered,
        "crawls": (CrawlNote("acme", "Acme Imaging", UNTIL - timedelta(hours=1), "complete"),),
        "organizations": {"acme": "Acme Imaging", "borea": "Borea Robotics"},
        "first_seen": {("acme", "p1"): datetime(2026, 9, 21, 5, tzinfo=UTC)},
    }
    return Pending(**(plain | fields))


def pay_change():
    """Make the event of the sample internship: other pay, degree, place of work and text."""
    before = posting(
        1,
        title="Machine Learning Intern, Imaging (PhD)",
        places=(Place("Cupertino, California"),),
        salary=monthly(10_000, 11_000),
        requirements=("MS", "PhD"),
        remote="hybrid",
        employment_types=("INTERN",),
        start_date="2026-05-18",
        valid_through="2027-01-15",
        date_posted="2026-09-21",
        body=OLD_BODY,
    )
    after = replace(
        before,
        salary=monthly(12_100),
        requirements=("PhD",),
        remote="onsite",
        start_date="2027-05-17",
        body=NEW_BODY,
    )
    return changed(before, after)


def mixed():
    """Make about thirty events of every kind, of several companies."""
    events = [pay_change()]
    for number in range(2, 6):
        old = posting(number, title=f"Optics Technician {number}", body="Work in a team of five.")
        events.append(changed(old, replace(old, places=(Place("Bern"), Place("Basel")))))
    edited = "Acme is an equal employer. We welcome applications from everyone."
    for number in range(6, 17):
        old = posting(number, title=f"Line Lead {number}", body="Acme is an employer.\nWe build.")
        events.append(changed(old, replace(old, body=f"{edited}\nWe build.")))
    events += [
        event("opened", posting(number, salary=monthly(9_000, 12_500))) for number in range(20, 32)
    ]
    for number in range(32, 35):
        item = posting(
            number,
            title=f"Gripper Designer {number}",
            organization="Borea Robotics",
            valid_through="2026-11-26",
            employment_types=("FULL_TIME",),
        )
        events.append(event("opened", item, source="borea"))
    events.append(event("retracted", posting(40, title="Field Calibrator")))
    events.append(event("reopened", posting(41, title="Night Shift Assembler")))
    events += [
        event("closed", posting(number), reason="its page answers 404") for number in range(42, 45)
    ]
    return pending(
        *events,
        told_closed=frozenset({("acme", "p40"), ("acme", "p41")}),
        crawls=(
            CrawlNote("acme", "Acme Imaging", UNTIL - timedelta(hours=1), "complete"),
            CrawlNote(
                "borea", "Borea Robotics", UNTIL - timedelta(hours=1), "complete", baseline=312
            ),
            CrawlNote(
                "cobalt",
                "Cobalt Foods",
                UNTIL - timedelta(hours=1),
                "failed",
                ("robots.txt answered 503",),
            ),
        ),
    )


def twins():
    """Make a window of openings at two sources, of every kind of news, and a doubtful one."""
    own = [posting(number, salary=monthly(10_000), remote="hybrid") for number in range(60, 66)]
    adverts = [
        replace(
            one,
            id=f"g{one.id}",
            url=f"https://gazette.example/{one.id}",
            salary=monthly(9_000),
            places=(Place("Bern"),),
        )
        for one in own
    ]
    raised = replace(own[1], salary=monthly(11_000))
    elsewhere = {"source": "gazette"}
    events = (
        event("opened", own[0]),
        event("opened", adverts[0], **elsewhere),
        changed(own[1], raised),
        event("opened", adverts[2], **elsewhere),
        event("closed", own[3], reason="its page answers 404"),
        event("closed", adverts[4], reason="not listed", **elsewhere),
        event("opened", own[5]),
    )
    standing = [own[0], raised, *own[2:]]
    ties = tuple(
        Tie(
            "twin",
            number != 5,
            "title 100% alike, text 63% alike",
            Known(advert, "closed" if number == 4 else "open", SINCE, UNTIL, source="gazette"),
            Known(one, "closed" if number == 3 else "open", SINCE, UNTIL, source="acme"),
        )
        for number, (advert, one) in enumerate(zip(adverts, standing, strict=True))
    )
    return pending(*events, ties=ties, secondhand=frozenset({"gazette"}))


def scripts():
    """Make a window of Chinese, Japanese, Korean, Arabic and Hebrew postings."""
    cjk = posting(
        50, title="机器学习实习生（影像）", organization="蓝海影像科技有限公司", language="zh"
    )
    jp = posting(
        51, title="光学エンジニア", organization="株式会社アクメ", places=(Place("東京都"),)
    )
    rtl = posting(
        52,
        title="مهندس تعلم الآلة - Imaging (2027)",
        organization="شركة أكمي للتصوير",
        language="ar",
        salary=monthly(4_000, 5_000),
    )
    heb = posting(53, title="מתמחה בלמידת מכונה", organization="אקמי בע״מ", language="he")
    return pending(
        event("opened", cjk),
        event("opened", jp),
        event("opened", heb),
        changed(rtl, replace(rtl, salary=monthly(5_500), places=(Place("دبي"),))),
    )
