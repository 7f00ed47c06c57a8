"""Text as a reader sees it, and the form in which two texts are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from crawler.fields import markup
from crawler.fields.markup import unescape_html
from crawler.fields.patterns import late

__all__ = ["clean", "fold", "from_html", "passages", "unescape_html"]

# Controls (C), formats (Cf: bidi marks, zero widths, tags), surrogates, private use.
UNSEEN = late(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000110bd\U000110cd\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# The first bytes of those among them that Python calls printable (U+180B and U+E0100 with theirs).
SELECTORS = (b"\xe1\xa0", b"\xf3\xa0")
# Joiners shape letters of some scripts and hold emoji together; elsewhere nobody sees them.
JOINERS = "\u200c\u200d"
DASHES = dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D], "-")
SINGLE_QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4`"), "'")
DOUBLE_QUOTES = dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"), '"')
TYPOGRAPHY = {chr(code): mark for code, mark in (DASHES | SINGLE_QUOTES | DOUBLE_QUOTES).items()}

BULLET = late(r"^(?:[-*~\u2022\u2023\u25cf\u25aa\u25e6\u2043\u00b7\u2013\u2014]\s+)+")
INLINE_BULLET = late(r"\s[\u2022\u2023\u25cf\u25aa\u25e6\u2043]\s")
SENTENCE_END = late(
    r"(?<=[.!?\u2026])[\"')\]\u2019\u201d]{0,3}\s+(?=[\"'(\[\u2018\u201c]?[^\W_a-z])"
    r"|(?<=[\u3002\uff01\uff1f])"
)
# A full stop after one of these ends no sentence: abbreviations, single capitals, C++ and its like.
NO_END = late(
    r"(?:\b(?:e\.g|i\.e|etc|vs|mr|mrs|ms|dr|prof|st|no|nr|inc|ltd|co|corp|sr|jr|approx|ca|bzw|z\.b|"
    r"u\.a|incl|min|max|dept|est|ph\.d|m\.sc|b\.sc)|\b[A-Z]|\+\+|#)\.$",
    re.IGNORECASE,
)


_KEPT = 500  # characters of a line whose sentences are kept in mind

# ASCII text is translated as bytes, by a table: thirty times as fast as a search of its characters.
_ASCII_UNSEEN = bytes([*range(0x9), *range(0xE, 0x1C), 0x7F])
_ASCII_BLANKS = bytes([*range(0x9, 0xE), *range(0x1C, 0x20)])
_CLEANED = bytes.maketrans(_ASCII_BLANKS, b" " * len(_ASCII_BLANKS))
_FOLDED = bytes.maketrans(b"`", b"'").lower().translate(_CLEANED)
_ASCII = bytes(range(0x80))


def from_html(html: str) -> str:
    """Give the visible text of HTML, blocks on lines of their own, list items after ``- ``.

    Takes a fragment, a whole page, or either one escaped as text. Hidden elements, scripts and
    comments are left out. Never raises, whatever it is given; its cost grows with the input only.
    """
    kept = (clean(line) for line in markup.lines(unescape_html(html)))
    return "\n".join(line for line in kept if line)


def clean(text: str) -> str:
    """Give text on one line: white space collapsed, nothing in it that cannot be seen.

    Control, bidirectional and zero-width characters go, so that a title cannot re-order the line
    it is shown on. A joiner between letters or emoji stays, because there it shapes what is seen.
    """
    if text.isascii():
        return _single_spaced(text.encode().translate(_CLEANED, _ASCII_UNSEEN).decode())
    if UNSEEN.search(text):
        text = UNSEEN.sub(_seen, text)
    return " ".join(text.split())


def _single_spaced(text: str) -> str:
    """Collapse the spaces of a text that holds no other white space."""
    return " ".join(text.split()) if "  " in text else text.strip(" ")


def visible(text: str) -> str:
    """Give text without what cannot be seen; joiners go as well, and white space stays."""
    if text.isascii():
        return text.encode().translate(None, _ASCII_UNSEEN).decode()
    return UNSEEN.sub("", text)


def _seen(match: re.Match[str]) -> str:
    around = match.string[max(match.start() - 1, 0) : match.end() + 1]
    joins = match[0] in JOINERS and len(around) == 3  # noqa: PLR2004 - itself and a neighbour each side
    return match[0] if joins and _shaped(around[0]) and _shaped(around[2]) else ""


def _shaped(character: str) -> bool:
    return character > "\u0100" and unicodedata.category(character)[:2] in {"Lo", "Mn", "Mc", "So"}


def fold(text: str) -> str:
    """Give the form in which two texts are compared: typography, case and spacing do not count.

    Hyphens and dashes become ``-``, curly quotes straight, every space a plain one; compatibility
    forms (ligatures, full-width letters) become ordinary ones. Not meant to be shown.
    """
    if text.isascii():  # what follows would do no more to it, in ten times the time
        return _ascii_folded(text)
    rare = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    if len(rare) * 4 > len(text):  # most of it is not ASCII: each letter by itself would take long
        return _folded(text)
    for one in {*rare.decode("utf-8", "surrogatepass")}:
        folded = _alone(one)
        if folded is None:
            return _folded(text)
        if folded != one:
            text = text.replace(one, folded)
    return _ascii_folded(text)


def _ascii_folded(text: str) -> str:
    """Fold a text in which all is folded that is not ASCII."""
    return _single_spaced(text.encode().translate(_FOLDED, _ASCII_UNSEEN).decode())


@lru_cache(maxsize=8192)
def _alone(one: str) -> str | None:
    """Fold a character that folds alike wherever it stands; ``None`` for one that may not.

    What combines with its neighbours may not: marks, and the parts of Korean syllables.
    """
    folded = _folded(f"x{one}x")[1:-1]
    seen = (one, *unicodedata.normalize("NFKC", one), *folded)
    settled = _folded(f"x{folded}x")[1:-1] == folded
    return folded if settled and not any(map(_combines, seen)) else None


def _combines(one: str) -> bool:
    return unicodedata.category(one)[0] == "M" or "\u1100" <= one <= "\u11ff"


def _folded(text: str) -> str:
    """Fold any text, by the definition."""
    plain = _plain(_typed(text))
    if plain.isascii():  # most texts are, once their quotes are straight
        return plain.lower()
    plain = unicodedata.normalize("NFKC", plain).casefold()
    return _plain(_typed(unicodedata.normalize("NFKC", plain)))


def _plain(text: str) -> str:
    """Make every space one plain space and take out what cannot be seen.

    Nearly all texts have nothing else of either, and that is known in a tenth of the time.
    """
    text = text.replace("\n", " ").replace("\u00a0", " ").strip()
    if text.isprintable() and "  " not in text and (text.isascii() or not _selects(text)):
        return text
    return " ".join(UNSEEN.sub("", text).split())


def _selects(text: str) -> bool:
    stored = text.encode()
    return any(first in stored for first in SELECTORS)


def _typed(text: str) -> str:
    """Write typographic marks as a keyboard does; ``str.translate`` takes twenty times as long."""
    if text.isascii():
        return text.replace("`", "'")
    for mark, plain in TYPOGRAPHY.items():
        text = text.replace(mark, plain)
    return text


def passages(body: str) -> list[str]:
    """Split a body into the blocks and sentences in which a change is looked for.

    Splits at line ends, bullets and sentence ends; not inside ``e.g.``, ``U.S.``, ``12.5`` or after
    ``C++.``. Bullets are dropped, nothing else is lost but white space.
    """
    found: list[str] = []
    for line in body.splitlines():
        found.extend(_kept(line) if len(line) <= _KEPT else _items(line))
    return found


@lru_cache(maxsize=8192)
def _kept(line: str) -> tuple[str, ...]:
    """Split a line that may well come again: the postings of a board have most in common."""
    return _items(line)


def _items(line: str) -> tuple[str, ...]:
    return tuple(
        sentence
        for item in INLINE_BULLET.split(line)
        for sentence in _sentences(BULLET.sub("", item.strip()))
    )


def _sentences(block: str) -> list[str]:
    sentences = []
    start = 0
    for match in SENTENCE_END.finditer(block):
        # The longest abbreviation is short; looking further back would cost more and find nothing.
        if NO_END.search(block[max(start, match.start() - 8) : match.start()]):
            continue
        sentences.append(block[start : match.end()].strip())
        start = match.end()
    sentences.append(block[start:].strip())
    return [sentence for sentence in sentences if sentence]
