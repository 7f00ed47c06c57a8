"""What the source of a page must hold before the page can say that its posting is closed.

A tree of the page costs far more than a look at its source, and nearly no page says so. The look
is exact in one direction only: where it finds nothing a tree would find nothing, however tags,
comments, hidden parts and references stand inside words; where it finds something, build the tree.
"""

from __future__ import annotations

from codecs import register_error
from functools import lru_cache
from html import unescape
from itertools import groupby
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING

from crawler.fields import text
from crawler.fields.patterns import late

if TYPE_CHECKING:
    from collections.abc import Iterable

# One of these stands in whatever says that a posting is closed, and behind a space.
HINTS = tuple(
    """
longer|closed|filled|expired|unavailable|inactive|not available|not accepting|ended|been removed
been cancel|been taken|been archived|not exist|doesn't exist|be found|nicht mehr|besetzt|vergeben
abgelaufen|n'est plus|n'est pas|expiré|pourvu|clôturé|fermé|est close|no está|caducad|expirado
finalizado|está cerrada|está cubierta|se aceptan|gesloten|vervuld|verlopen|ingevuld|niet meer
niet langer|non è più|scaduta|è stata|è chiusa|encerrada|preenchida|fechada|não está|wygasł
jest nieakt|nie jest już|není|obsazen|ukončen|ikke lenger|er besat|lukket|udløbet|utløpt
inte längre|tillsatt|är stängd
""".strip()
    .replace("\n", "|")
    .split("|")
)
# In Chinese and Japanese a word stands behind any other.
EASTERN_HINTS = ("終了", "締め切", "已")
_ASCII_HINTS = tuple(filter(str.isascii, HINTS))

# A number that parsers do not all read as one character: a control, or more than there are. (A name
# that some do not know leaves signs in the text that stand in no hint.)
_NUMBER = late(
    r"&#(?!(?:0{0,3}(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6]|1[6-9]\d|[2-9]\d\d|[1-9]\d{3})"
    r"|[xX]0{0,3}(?:[2-6][0-9a-fA-F]|7[0-9a-dA-D]|[a-fA-F][0-9a-fA-F]|[1-9a-fA-F][0-9a-fA-F]{2,3}));)"
)
# Not a character that is compared in the same form whatever stands beside it.
_UNCERTAIN = late(
    r"[^\t\n\r -~\xa0-\u017f\u0400-\u0481\u2000-\u206f\u20a0-\u20bf\u2122\u2190-\u27bf\ufe0f"
    r"\U0001d400-\U0001d7ff\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff]"
)
_CONTROLS = [chr(n) for n in (*range(9), 11, 12, *range(14, 32), 127)]
# ASCII in small letters, and a space where a visible word may begin behind the sign.
_PLAIN = bytes.maketrans(
    f"{ascii_uppercase}>;/\t\n\r`".encode(), f"{ascii_lowercase}{' ' * 6}'".encode()
)


def stand(folded: str) -> bool:
    """Say whether one of the hints stands in a folded text."""
    words = _ASCII_HINTS if folded.isascii() else (*HINTS, *EASTERN_HINTS)
    return any(hint in folded for hint in words)


def possible(html: str) -> bool:
    """Say whether a page may hold a hint in its visible text; ``True`` where that is unclear."""
    if "&" in html:
        if _NUMBER.search(html):
            return True
        html = unescape(html)
    if any(control in html for control in _CONTROLS):
        return True
    try:
        plain = html.encode("ascii", _FOLDED).translate(_PLAIN).decode()
    except UnicodeEncodeError:
        return True
    return _BEGUN.search(f" {plain}") is not None


def _folded(found: UnicodeError) -> tuple[bytes, int]:
    """Fold the characters that ASCII has not; the encoder finds them quicker than a pattern."""
    if not isinstance(found, UnicodeEncodeError):
        raise found
    folded = _alone(found.object[found.start : found.end])
    if folded is None:
        raise found
    return folded, found.end


@lru_cache(maxsize=1024)
def _alone(run: str) -> bytes | None:
    """Fold characters that nothing beside them changes; spaces at the ends stay."""
    return None if _UNCERTAIN.search(run) else text.fold(f".{run}.")[1:-1].encode()


_FOLDED = "rolecall.folded"
register_error(_FOLDED, _folded)


def _begun(words: Iterable[str]) -> str:
    """Give the pattern of words, whole or cut off by a tag behind any letter."""
    branches = []
    for letter, group in groupby(sorted(words), key=lambda word: word[0]):
        rests = [word[1:] for word in group]
        further = "" if "" in rests else rf"(?:<|{_begun(rests)})"
        branches.append((" ++" if letter == " " else letter) + further)
    return "|".join(branches)


_BEGUN = late(f" (?:{_begun(HINTS)})")
