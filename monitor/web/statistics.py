"""Statistics that people look at: openings over time, a week's news, pay, time open."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from monitor import wording
from monitor.web.charts import Chart, barred, lined, step, stepped
from monitor.web.site import Missing, Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.figures import Pay
    from monitor.lookup import Lookup
    from monitor.web.site import Ask, Site

_WEEKS = 52
_PAYS = 4
"""Kinds of pay (currency and period) that get a chart."""
_FEW = 5
"""Fewer postings than this make no distribution."""
_BINS = 12
_LONGEST = 365
_HALF = 0.5
_WEEK = timedelta(days=7)


def statistics(site: Site, lookup: Lookup, ask: Ask) -> Page:
    """Show what is counted over time, of everything or of one source."""
    name = ask.text("source") or None
    if name is not None and lookup.visits.source(name) is None:
        raise Missing("There is no such source.")
    mondays = _mondays(site.now().astimezone(UTC).date())
    return Page(
        "statistics.html",
        f"Statistics of {name}" if name else "Statistics",
        {
            "source": name or "",
            "all": ask.to("statistics"),
            "where": ask.to("source", name=name) if name else "",
            "charts": [
                chart
                for chart in (
                    _open(lookup, mondays, name),
                    _news(lookup, mondays, name),
                    *_pays(lookup, name),
                    _lives(lookup, name),
                )
                if chart
            ],
        },
    )


def _shown(
    heading: str, words: str, chart: Chart, head: Sequence[str], rows: Sequence[Sequence[str]]
) -> dict[str, Any]:
    return {"heading": heading, "words": words, "chart": chart, "head": head, "rows": rows}


def _mondays(today: date) -> list[date]:
    """Give the first days of the last year's weeks, this one's last."""
    monday = today - timedelta(days=today.weekday())
    return [monday - _WEEK * back for back in reversed(range(_WEEKS))]


def _weekly(by_day: Counter[str], mondays: Sequence[date]) -> list[int]:
    """Sum days by week; what is older counts as the week before the first."""
    weeks = [0] * (len(mondays) + 1)
    for text, number in by_day.items():
        week = (date.fromisoformat(text) - mondays[0]).days // 7 + 1
        weeks[min(max(week, 0), len(mondays))] += number
    return weeks


def _begun(mondays: Sequence[date], *columns: Sequence[int]) -> int:
    """Give the first week in which there is anything at all; one before it, for the eye."""
    first = next((n for n in range(len(mondays)) if any(column[n] for column in columns)), 0)
    return max(min(first - 1, len(mondays) - 2), 0)


def _open(lookup: Lookup, mondays: list[date], source: str | None) -> dict[str, Any] | None:
    flow = lookup.figures.flow(source)
    came, went = _weekly(flow.appeared, mondays), _weekly(flow.closed, mondays)
    standing = list(accumulate(a - b for a, b in zip(came, went, strict=True)))[1:]
    if not any(standing):
        return None
    start = _begun(mondays, standing)
    weeks, shown = mondays[start:], standing[start:]
    labels = [wording.short_day(monday) for monday in weeks]
    return _shown(
        "Open postings",
        "At the end of each week, as far as they were seen. A source that is added brings its"
        " postings with it. A posting that closed and came back counts as open all the while.",
        lined("Open postings at the end of each week", labels, [shown]),
        ("Week from", "Open"),
        [(wording.day(monday), wording.number(n)) for monday, n in zip(weeks, shown, strict=True)][
            ::-1
        ],
    )


def _news(lookup: Lookup, mondays: list[date], source: str | None) -> dict[str, Any] | None:
    since = datetime.combine(mondays[0], datetime.min.time(), UTC)
    new, closed = (
        _weekly(lookup.figures.told(kind, since, source), mondays)[1:]
        for kind in ("opened", "closed")
    )
    if not any((*new, *closed)):
        return None
    start = _begun(mondays, new, closed)
    weeks, new, closed = mondays[start:], new[start:], closed[start:]
    labels = [wording.short_day(monday) for monday in weeks]
    return _shown(
        "New and closed a week",
        "As they were told: what stood at a source's first visit was no news. The first bar of"
        " each pair is new, the second closed. Weeks begin on Monday, UTC.",
        barred("New and closed postings a week", labels, [("new", new), ("closed", closed)]),
        ("Week from", "New", "Closed"),
        [
            (wording.day(monday), wording.number(came), wording.number(went))
            for monday, came, went in zip(weeks, new, closed, strict=True)
        ][::-1],
    )


def _pays(lookup: Lookup, source: str | None) -> list[dict[str, Any]]:
    """Show the kinds of pay that most open postings state; none is converted into another."""
    kinds: dict[tuple[str, str], Counter[Pay]] = defaultdict(Counter)
    for pay, n in lookup.figures.pay(source).items():
        kinds[pay.currency, pay.period][pay] = n
    most = sorted(kinds.items(), key=lambda item: (-item[1].total(), item[0]))[:_PAYS]
    return [_pay(*kind, pays) for kind, pays in most if pays.total() >= _FEW]


def _pay(currency: str, period: str, pays: Counter[Pay]) -> dict[str, Any]:
    middles = Ranked(((pay.low + pay.high) / 2, n) for pay, n in pays.items())
    # One figure that is wrong by a factor of a thousand must not flatten all the others.
    cut = middles.at(min(middles.total * 99 // 100, middles.total - 1))
    wide = step(cut - middles.at(0), _BINS)
    low = middles.at(0) // wide * wide
    bins = [0] * (int((cut - low) / wide) + 1)
    for middle, n in middles.counted:
        bins[min(int((middle - low) / wide), len(bins) - 1)] += n
    ends = [low + wide * number for number in range(len(bins))]
    unit = wording.a_period(period)
    labels = [wording.number(end) for end in ends]
    number = wording.count(middles.total, "open posting")
    return _shown(
        f"Pay in {currency}{unit}",
        f"Of {number} that state it, the middle of each range. {_spread(pays, middles, currency)}",
        barred(f"Pay in {currency}{unit}", labels, [("postings", bins)]),
        (f"{currency} from", "Postings"),
        [(label, wording.number(n)) for label, n in zip(labels, bins, strict=True)],
    )


def _spread(pays: Counter[Pay], middles: Ranked, currency: str) -> str:
    low = Ranked((pay.low, n) for pay, n in pays.items())
    high = Ranked((pay.high, n) for pay, n in pays.items())
    ends = (middles.quantile(0.5), low.quantile(0.1), high.quantile(0.9))
    half, least, most = map(wording.number, ends)
    return (
        f"Half are at {currency} {half} or above; nine in ten begin at {least} or"
        f" above, nine in ten end at {most} or below."
    )


class Ranked:
    """Numbers in their order, each as often as it was counted."""

    def __init__(self, counted: Iterable[tuple[float, int]]) -> None:
        self.counted = sorted(counted)
        self._upto = list(accumulate(n for _, n in self.counted))
        self.total = self._upto[-1]

    def at(self, place: int) -> float:
        """Give the number at a place, from 0 on."""
        return self.counted[bisect_right(self._upto, place)][0]

    def quantile(self, share: float) -> float:
        """Give the number below which a share lies, as ``statistics.quantiles`` (inclusive)."""
        place = share * (self.total - 1)
        low = self.at(int(place))
        return low + (self.at(min(int(place) + 1, self.total - 1)) - low) * (place % 1)


def _lives(lookup: Lookup, source: str | None) -> dict[str, Any] | None:
    """Show the share still open by age: the product-limit estimate of Kaplan and Meier (1958)."""
    lives = lookup.figures.lives(source)
    ended = sum(n for (_, closed), n in lives.items() if closed)
    if not ended:
        return None
    steps = survival(lives)
    half = next((day for day, share in steps if share <= _HALF), None)
    middle = (
        f"Half of them are closed within {wording.count(half, 'day')}."
        if half is not None
        else f"More than half are still open after {wording.count(steps[-1][0], 'day')}."
    )
    censored = sum(lives.values()) - ended
    return _shown(
        "Time open",
        f"{middle} {wording.count(ended, 'posting')} closed; {wording.number(censored)} are still"
        " open and count as open for as long as they were seen (censored), not as closed. Those"
        " that stood at their source's first visit are left out: nobody knows since when.",
        stepped("Share of postings still open, by days since first seen", steps, "d"),
        ("Days", "Still open"),
        [
            (wording.number(day), f"{wording.number(share * 100)} %")
            for day, share in _thinned(steps)
        ],
    )


def survival(lives: dict[tuple[int, bool], int]) -> list[tuple[int, float]]:
    """Give the share still open from each day on at which any closed, from day 0, within a year."""
    at_risk, share = sum(lives.values()), 1.0
    steps = [(0, 1.0)]
    days = sorted({day for day, _ in lives})
    for day in days:
        ended = lives.get((day, True), 0)
        if ended and day <= _LONGEST:
            share *= 1 - ended / at_risk
            steps.append((day, share))
        at_risk -= ended + lives.get((day, False), 0)
    end = min(days[-1], _LONGEST)
    return steps if steps[-1][0] == end else [*steps, (end, share)]


def _thinned(steps: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Give at most a screenful of steps, the last one always."""
    every = len(steps) // 30 + 1
    return [*steps[:-1:every], steps[-1]]
