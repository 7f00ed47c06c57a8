"""A link's stable form: what stays the same when a page is shared, tracked or re-listed.

Nothing here asks the network; whether two links answer with the same page is not known.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from crawler.fields.patterns import late

# Parameters that say where a reader came from, not what is shown. Greenhouse's gh_src and Lever's
# lever-source are such; gh_jid is the posting itself and stays.
_TRACKING = late(
    r"(?:utm_.*|mc_[ce]id|gh_src|ref|ref_?id|referrer|referer|source|src|lever-source(?:\[\])?|"
    r"lever-origin|ashby_src|jobsource|trk|trackingid|gclid|fbclid|msclkid|dclid|yclid|igshid|_ga|"
    r"_gl|_hs\w+|hsctatracking|mkt_tok|sessionid|jsessionid|phpsessid|sid|tk|tsid)",
    re.IGNORECASE,
)
_SESSION = late(r";jsessionid=[^/;?]*", re.IGNORECASE)
# Kept as they stand in a path: an escape is left alone, since %2F and / are different names.
_PATH = "%/:@!$&'()*+,;=-._~"
_PORTS = {"http": 80, "https": 443}
# The second level under which a country registers companies: acme.co.uk is the site, not co.uk.
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gob", "gov", "ne", "net", "or", "org"})


def canonical(url: str) -> str:
    """Give the link under which a page is known: host in lower case, query sorted, tracking gone.

    Default port and session ids are dropped, parameters that name a posting are kept; of fragments
    only a route (``#en/jobs/309530``), by which sites drawn by script tell their postings apart. A
    text that is no http(s) link comes back stripped, never an error.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return url
    if parts.scheme not in _PORTS or not host:
        return url
    netloc = f"[{host}]" if ":" in host else host.rstrip(".")
    if port not in (None, _PORTS[parts.scheme]):
        netloc = f"{netloc}:{port}"
    path = quote(_SESSION.sub("", parts.path), safe=_PATH, errors="replace")
    route = parts.fragment if "/" in parts.fragment and ":~:" not in parts.fragment else ""
    return urlunsplit((parts.scheme, netloc, path or "/", _query(parts.query), route))


def _query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = sorted(pair for pair in pairs if not _TRACKING.fullmatch(pair[0]))
    return urlencode(kept, errors="replace")


def absolute(url: str, base: str) -> str | None:
    """Resolve a link of a page to an http(s) one, or ``None`` (mailto:, javascript:, broken)."""
    try:
        joined = urljoin(base, url.strip())
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if parts.scheme in _PORTS and parts.netloc else None


def address(url: str, *words: str | None) -> str:
    """Give the id that a posting has by its address: path and query, without the host.

    ``words`` tell several postings of one address apart.
    """
    parts = urlsplit(canonical(url))
    query = f"?{parts.query}" if parts.query else ""
    query += f"#{parts.fragment}" if parts.fragment else ""
    name = slug(*words)
    return f"{parts.path.rstrip('/') or '/'}{query}{'#' if name else ''}{name}"


def site(url: str) -> str:
    """Give the registrable host: ``careers.acme.co.uk`` belongs to ``acme.co.uk``.

    A short rule instead of the public suffix list, which would be one more thing to keep current:
    hosts shared by many customers of one provider count as one site.
    """
    try:
        labels = (urlsplit(url).hostname or "").rstrip(".").split(".")
    except ValueError:
        return ""
    if all(label.isdigit() for label in labels):
        return ".".join(labels)
    national = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL  # noqa: PLR2004 - two letters make a country
    return ".".join(labels[-3:] if national else labels[-2:])


def slug(*words: str | None) -> str:
    """Make a short readable name of some words, for an id where the page gives none.

    Letters of every script stay; empty when there are none.
    """
    text = unicodedata.normalize("NFKD", " ".join(word for word in words if word))
    text = "".join(c for c in text if not unicodedata.combining(c)).casefold()
    return re.sub(r"[\W_]+", "-", text).strip("-")[:96].rstrip("-")
