"""A digest becomes a letter: the only Jinja and the only CSS inliner.

Templates get clean one-line strings and are escaped all the same, unless they are plain text. What
a template names and the digest lacks is an error, not an empty place.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast
from urllib.parse import quote, urlsplit

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor import mailbox, mime
from monitor.budget import LADDER, likely, within
from monitor.confinement import confined
from monitor.envelope import enclosed
from monitor.language import speaking
from monitor.leaving import MANAGE, PATH
from monitor.store import Letter
from monitor.trail import Trail, below
from monitor.wording import clean, count, day, moment, number, safe_url, short_day, together
from monitor.wrapping import wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from monitor.alert import Alert
    from monitor.cards import Card
    from monitor.digest import Digest
    from monitor.summary import Summary

    Told: TypeAlias = Digest | Summary | Alert

MOST_BYTES = 90_000  # of HTML; Gmail clips at about 102 kB
_LONGEST_SUBJECT = 78  # characters

_COUNTED = {
    "changed": "changed",
    "retracted": "not closed after all",
    "back": "open again",
    "new": "new",
    "open": "open now",
    "reposted": "reposted",
    "edition": "of a new year",
    "twin": "seen elsewhere too",
    "flapping": "opening and closing",
    "closed": "closed",
}

_INLINER = css_inline.CSSInliner(
    load_remote_stylesheets=False,  # the default opens files and sockets that a template names
    keep_style_tags=False,
    minify_css=True,
)


@confined
@speaking
def render(
    digest: Digest,
    recipient: str,
    sender: str,
    *,
    templates: Path | None = None,
    public_url: str | None = None,
    token: str | None = None,
    manage: str | None = None,
) -> Letter:
    """Make the letter of a digest to one address; the same digest makes the same bytes.

    ``templates`` is a folder of the reader's own, looked at first. ``token`` is the opaque key of
    this reader's one-click unsubscribe page below ``public_url``; without both, leaving is by mail.
    ``manage`` is the key of the page where a reader who subscribed there changes it.
    Raises ``ValueError`` for an address that is not one plain address, and ``RenderError`` for
    templates of the reader's own that are broken.
    """
    foot = _foot(digest, recipient, sender, public_url, (token, manage))
    # Who subscribed by themselves cannot open the page: it names readers.
    trail = Trail("" if manage else public_url or "")
    context: dict[str, Any] = foot | _overview(digest) | {"trail": trail}
    environment = environment_of(templates)
    shown, html = _fitted(environment, digest, context)
    text = wrapped(environment.get_template("digest/body.txt").render(digest=shown, **context))
    title = _subject(environment, "digest", digest, context)
    return enclosed(digest, recipient, sender, context["leave"], (title, text, html))


@confined
@speaking
def summarised(
    summary: Summary,
    recipient: str,
    sender: str,
    *,
    templates: Path | None = None,
    public_url: str | None = None,
    token: str | None = None,
    manage: str | None = None,
) -> Letter:
    """Make the letter of a summary to one address; see ``render``."""
    last = summary.until - timedelta(days=1)
    foot = _foot(summary, recipient, sender, public_url, (token, manage))
    context: dict[str, Any] = foot | {
        "headline": _said(summary.counts) or "Nothing new",
        "brief": _said(summary.counts, most=3) or "nothing new",
        "window": window(summary),
        "days": f"{short_day(summary.since)} to {short_day(last)}",
        "labels": {kind: _COUNTED.get(kind, kind).capitalize() for kind, *_ in summary.rows},
        "preview": _said(summary.counts) or "Nothing new",
        "summary": summary,
    }
    environment = environment_of(templates)
    text, html = _parts(environment, "summary/body", context)
    title = _subject(environment, "summary", summary, context)
    return enclosed(summary, recipient, sender, context["leave"], (title, text, html))


@confined
def alerted(
    alert: Alert,
    recipient: str,
    sender: str,
    *,
    templates: Path | None = None,
    public_url: str | None = None,
) -> Letter:
    """Make the letter of an alert to one operator; see ``render``. It has no click to leave by."""
    foot = _foot(alert, recipient, sender, public_url, (None, None))
    context: dict[str, Any] = foot | {
        "headline": alert.headline,
        "window": window(alert),
        "preview": alert.notes[0].text,
        "alert": alert,
    }
    environment = environment_of(templates)
    text, html = _parts(environment, "alert/body", context)
    title = _subject(environment, "alert", alert, context)
    return enclosed(alert, recipient, sender, foot["leave"], (title, text, html))


@confined
def notice(
    kind: Literal["confirm", "known"],
    said: Mapping[str, Any],
    recipient: str,
    sender: str,
    *,
    public_url: str,
    at: datetime,
    number: int,
    templates: Path | None = None,
) -> Letter:
    """Make a letter that answers a form: to confirm something, or of what is known.

    ``said`` is what its template says besides. That, ``at`` and ``number`` name the letter.
    """
    headline = {"confirm": "Confirm your subscription", "known": "Your subscriptions"}[kind]
    context = dict(said) | {
        "name": f"Rolecall at {urlsplit(public_url).hostname}",
        "headline": headline,
        "window": moment(at),
        "preview": headline,
        "recipient": mailbox.recipient_of(recipient),
        "form": below(public_url, "/subscribe"),
    }
    text, html = _parts(environment_of(templates), f"notice/{kind}", context)
    identity = mime.message_id(sender, kind, mime.digest_of(repr((at, number, said))), recipient)
    envelope = mime.Envelope(sender, recipient, at, identity, "Subscriptions", "subscriptions")
    raw = mime.build(envelope, subject=headline, text=text, html=html)
    return Letter(recipient, f"<{identity}>", headline, raw, text, html)


def _foot(
    digest: Told,
    recipient: str,
    sender: str,
    public_url: str | None,
    keys: tuple[str | None, str | None],
) -> dict[str, str]:
    """Give what the foot of a letter says: to whom it went and why, how to leave or change it."""
    leave, manage = keys
    one_click = below(public_url, f"{PATH}{leave}") if public_url and leave else None
    by_mail = quote(f"unsubscribe {mime.slug(digest.search)}")
    why = f"the search “{digest.name}” ({digest.search}) names {recipient}"
    return {
        "name": digest.name,
        "search": digest.search,
        "recipient": mailbox.recipient_of(recipient),
        "why": "You get this because "
        + (f"{recipient} subscribed to “{digest.name}”." if manage else f"{why}."),
        "manage": below(public_url, f"{MANAGE}{manage}") if public_url and manage else "",
        "leave": one_click or f"mailto:{mailbox.sender_of(sender)[1]}?subject={by_mail}",
        "page": public_url or "",
    }


def _parts(environment: Environment, name: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Give the text and the HTML of a letter whose template has both."""
    html = _INLINER.inline(environment.get_template(f"{name}.html").render(context))
    return wrapped(environment.get_template(f"{name}.txt").render(context)), html


@speaking
def entry(
    digest: Digest, card: Card, label: str, *, templates: Path | None = None
) -> tuple[str, str]:
    """Give what a feed says of a card, as text and as HTML; ``label`` is its bundle's line."""
    bare = replace(card, kept={}) if templates else card  # what was drawn by ours is not theirs
    return noted(bare, label, _since(digest), templates=templates)


@confined
def noted(card: Card, label: str, since: str, *, templates: Path | None) -> tuple[str, str]:
    """Give an entry by all that it needs: the rest of its digest is not sent along each time."""
    text, html = (_macro(f"feed/entry.{suffix}", templates) for suffix in ("txt", "html"))
    return str(text(card, label, since)).strip(), str(html(card, label, since)).strip()


def _macro(name: str, templates: Path | None) -> Callable[..., str]:
    """Give a template's ``entry``: called often, it is looked up and its imports made once."""
    found: Any = environment_of(templates).get_template(name).module
    return cast("Callable[..., str]", found.entry)


def _overview(digest: Digest) -> dict[str, str]:
    """Give what every template may say of a digest as a whole."""
    return {
        "headline": headline(digest),
        "brief": headline(digest, most=2),
        "window": window(digest),
        "day": short_day(digest.until),
        "since": _since(digest),
        "preview": preview(digest),
    }


@confined
def page(name: str, context: Mapping[str, Any], *, templates: Path | None = None) -> str:
    """Make a page of the web from one of the templates in ``web/``; escaped like any other."""
    return environment_of(templates).get_template(f"web/{name}").render(context)


@lru_cache(maxsize=8)
def asset(name: str, templates: Path | None = None) -> str:
    """Give a file of ``web/`` as it stands: the style, the icon; the reader's own first."""
    environment = environment_of(templates)
    assert environment.loader is not None
    return environment.loader.get_source(environment, f"web/{name}")[0]


@lru_cache(maxsize=8)
def environment_of(templates: Path | None = None) -> Environment:
    """Make the environment: the reader's folder first, then ours; all but ``.txt`` is escaped."""
    folders = [folder for folder in (templates, _ours()) if folder]
    # The reader's may come from elsewhere: they see what is shown, nothing of Python behind it.
    environment = (ImmutableSandboxedEnvironment if templates else Environment)(
        loader=FileSystemLoader(folders),
        # Escaping is what a file gets unless it is plain text: a new suffix is safe by default.
        autoescape=lambda name: name is None or not name.endswith(".txt"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["once"] = _once
    environment.filters["safe_url"] = safe_url
    environment.filters["count"] = count
    environment.filters["number"] = number
    environment.filters["together"] = together
    return environment


def _ours() -> Path:
    """Find the shipped templates: in the package once installed, else beside it in a checkout."""
    here = Path(__file__).parent
    installed = here / "_templates"
    return installed if installed.is_dir() else here.parent / "templates"


def headline(digest: Digest, *, most: int | None = None) -> str:
    """Say in a few words what the letter holds: "7 changed, 18 new"; at most ``most`` kinds."""
    if digest.waiting:
        return "Nothing to compare with yet"
    if said := _said(digest.counts, most):
        return said
    trouble = sum(note.tone == "trouble" for note in digest.notes)
    if trouble:
        return count(trouble, "source") + " with a problem"
    return digest.notes[0].text.rstrip(".") if digest.notes else "Nothing new"


def _said(counts: Mapping[str, int], most: int | None = None) -> str:
    """Say counts in words, at most so many kinds; "" when there are none."""
    counted = [
        f"{number(found)} {_COUNTED[kind]}" for kind, found in counts.items() if kind in _COUNTED
    ]
    left = sum(list(counts.values())[most : len(counted)]) if most else 0
    return ", ".join([*counted[:most], *([f"{number(left)} more"] if left else [])])


def window(digest: Told) -> str:
    """State the time the letter speaks of, each end with its own offset (clocks change)."""
    until = moment(digest.until)
    if digest.since is None:
        return f"The first letter of this search, up to {until}, {digest.zone}"
    return f"{moment(digest.since)} to {until}, {digest.zone}"


def _since(digest: Digest) -> str:
    """Write the day on which the window begins, with its year when that is another one."""
    if digest.since is None:
        return ""
    same_year = digest.since.year == digest.until.year
    return short_day(digest.since) if same_year else day(digest.since)


def preview(digest: Digest) -> str:
    """Give the line that a mailbox shows beside the subject: the first posting and its news."""
    for section in digest.sections:
        for card in chain(section.cards[:1], section.lines[:1]):
            return clean(": ".join(filter(None, (card.title, card.headline))), 140)
    return headline(digest)


def _fitted(
    environment: Environment, digest: Digest, context: Mapping[str, Any]
) -> tuple[Digest, str]:
    """Give the fullest form of the digest whose HTML is small enough, and that HTML."""
    template = environment.get_template("digest/body.html")

    @cache
    def form(step: int) -> tuple[Digest, str]:
        shown = within(digest, LADDER[step])
        return shown, _INLINER.inline(template.render(digest=shown, **context))

    first, last, step = 0, len(LADDER) - 1, likely(digest, MOST_BYTES)
    while first < last:  # each further step makes a letter smaller
        if len(form(step)[1].encode()) <= MOST_BYTES:
            last = step
            step = max(first, last - 1)
        else:
            first = step = step + 1
    return form(last)


def _once(macro: Callable[..., str], card: Card, *more: str | Trail) -> str:
    """Draw a part of a card that says nothing of a search: once for all that show it."""
    if (macro, more) not in card.kept:
        card.kept[macro, more] = macro(card, *more)
    return card.kept[macro, more]


@confined
@speaking
def subject(digest: Digest, *, templates: Path | None = None) -> str:
    """Make the subject of a digest's letters."""
    return _subject(environment_of(templates), "digest", digest, _overview(digest))


def _subject(
    environment: Environment,
    folder: str,
    digest: Told,
    context: Mapping[str, Any],
) -> str:
    """Make the subject; it is the search's name that gives way when it is too long."""
    template = environment.get_template(f"{folder}/subject.txt")
    made = mime.heading(template.render({**context, "digest": digest, "name": digest.name}))
    over = len(made) - _LONGEST_SUBJECT
    if over > 0:
        name = clean(digest.name, max(len(digest.name) - over, 12))
        made = mime.heading(template.render({**context, "digest": digest, "name": name}))
    return clean(made, _LONGEST_SUBJECT)
