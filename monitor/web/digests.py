"""Digests: every letter as it was sent, and how sending it went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor import wording
from monitor.leaving import masked
from monitor.web.site import Missing, Page, Raw

if TYPE_CHECKING:
    from monitor.lookup import Lookup
    from monitor.sent import DigestNote, SentLetter
    from monitor.web.site import Ask, Site

_LENGTH = 50
_STATES = {
    "pending": "waits to be sent",
    "sending": "is being sent",
    "sent": "sent",
    "dead": "given up",
}


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One digest in a list."""

    href: str
    name: str
    when: str
    window: str
    counts: str
    letters: int


def digests(site: Site, lookup: Lookup, ask: Ask) -> Page:
    """Show every digest, the newest first."""
    found = lookup.letters.digests(before=ask.number("before"), limit=_LENGTH + 1)
    more = len(found) > _LENGTH
    return Page(
        "digests.html",
        "Digests",
        {
            "digests": [digest_line(site, ask, note) for note in found[:_LENGTH]],
            "older": ask.to("digests", before=found[_LENGTH - 1].id) if more else "",
            "newest": ask.to("digests") if "before" in ask.asked else "",
        },
    )


def digest(site: Site, lookup: Lookup, ask: Ask) -> Page:
    """Show one digest with its letters."""
    id_ = ask.number("id")
    note = None if id_ is None else lookup.letters.digest(id_)
    if note is None:
        raise Missing("There is no such digest.")
    letters = lookup.letters.letters(note.id)
    return Page(
        "digest.html",
        f"Digest of {site.day(note.until)}: {wording.clean(note.name, 80)}",
        {
            "one": digest_line(site, ask, note),
            "letters": [
                {
                    "subject": wording.clean(letter.subject),
                    "recipient": wording.clean(letter.recipient),
                    "state": _state(site, letter),
                    "href": ask.to("letter", id=letter.id),
                    "text": masked(letter.text),
                }
                for letter in letters
            ],
        },
    )


def letter(_site: Site, lookup: Lookup, ask: Ask) -> Raw:
    """Give the HTML part of a letter as it was sent, but for its reader's key to leave by."""
    id_ = ask.number("id")
    found = None if id_ is None else lookup.letters.letter(id_)
    if found is None:
        raise Missing("There is no such letter.")
    return Raw(masked(found.html), html=True)


def digest_line(site: Site, ask: Ask, note: DigestNote) -> DigestLine:
    """Make the line of a digest."""
    since = site.moment(note.since) if note.since else "the beginning"
    return DigestLine(
        href=ask.to("digest", id=note.id),
        name=_name(note),
        when=site.moment(note.decided),
        window=f"{since} to {site.moment(note.until)}",
        counts=", ".join(
            f"{wording.number(number)} {kind}" for kind, number in note.counts.items() if number
        ),
        letters=note.letters,
    )


def _name(note: DigestNote) -> str:
    name = wording.clean(note.name, 80) or wording.clean(note.search, 80)
    return f"{name}, summary" if note.kind == "summary" else name


def _state(site: Site, letter: SentLetter) -> str:
    words = _STATES.get(letter.state, letter.state)
    if letter.settled:
        words += f" {site.moment(letter.settled)}"
    if letter.attempts > 1:
        words += f", {letter.attempts} attempts"
    reply = wording.clean(letter.last_reply or "", 160)
    return f"{words} ({reply})" if reply else words
