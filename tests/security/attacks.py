"""Links that lead where nobody may go, a site that hands them out, and a victim that counts."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading

from site_on_loopback import Site

HERE = "127.0.0.1"
HOSTS = (
    HERE,
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "0",
    "0.0.0.0",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "ⓛocalhost",
    "%31%32%37.0.0.1",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[::1%25lo]",
    socket.gethostname(),
    f"somebody@{HERE}",
    f"somebody:word@{HERE}",
    f"public.example@{HERE}",
)
"""Ways to write this machine, or none at all."""
ODD = (
    f"http://{HERE}{{port}}\\@public.example/",
    f"http://public.example\\@{HERE}{{port}}/",
    f"http://{HERE}{{port}}#@public.example/",
    f"http://{HERE}{{port}}?@public.example/",
    f"http://{HERE}%00.public.example{{port}}/",
    f"http://{HERE}%09{{port}}/",
    f"https://{HERE}{{port}}/",
    "http:///path",
    "http://",
)
SCHEMES = (
    "file:///etc/passwd",
    "file:/etc/passwd",
    "file:..",
    f"ftp://{HERE}{{port}}/",
    f"gopher://{HERE}{{port}}/1",
    f"dict://{HERE}{{port}}/stat",
    f"ws://{HERE}{{port}}/",
    "s3://bucket/key",
    "data:text/html,<a href=/jobs/1-welder>x</a>",
    "javascript:alert(1)",
)
STATUSES = (301, 302, 303, 307, 308)
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


class Victim:
    """Listens on both loopback addresses and counts who connects; at port 80 where it may.

    At port 80 only the address is against the rule, elsewhere the port is, too.
    """

    def __init__(self):
        self.connections = 0
        for port in (80, 0):
            with contextlib.suppress(OSError):
                self._bind(port)
                break
        self.suffix = "" if self.port == 80 else f":{self.port}"
        self._ended = threading.Event()

    def _bind(self, port):
        first = socket.create_server((HERE, port))
        self.port, self.sockets = first.getsockname()[1], [first]
        if socket.has_ipv6:
            with contextlib.suppress(OSError):
                more = socket.create_server(("::1", self.port), family=socket.AF_INET6)
                self.sockets.append(more)

    @property
    def url(self):
        return f"http://{HERE}:{self.port}"

    @property
    def rules(self):
        """Give the entries of the allow-list that would open the victim."""
        return [f"127.0.0.0/8:{self.port}", f"[::1/128]:{self.port}"]

    def links(self):
        """Give every link that leads to the victim, or nowhere."""
        hosts = [f"http://{host}{self.suffix}/jobs" for host in HOSTS]
        return hosts + [link.format(port=self.suffix) for link in ODD + SCHEMES]

    def __enter__(self):
        self.thread = threading.Thread(target=self._count)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self.thread.join()
        for one in self.sockets:
            one.close()

    def _count(self):
        with selectors.DefaultSelector() as waiting:
            for one in self.sockets:
                waiting.register(one, selectors.EVENT_READ)
            while not self._ended.is_set():
                for key, _ in waiting.select(0.02):
                    connection, _ = key.fileobj.accept()
                    self.connections += 1
                    with connection, contextlib.suppress(OSError):
                        connection.settimeout(0.2)
                        connection.recv(65536)
                        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


class Trap:
    """A site that may be visited, whose every page leads to the victim in another way."""

    def __init__(self, victim):
        self.victim, self.site, self.misled = victim, Site(), Site()
        self.targets = [*self.moved(), *self.linked()]

    def __enter__(self):
        self.site.__enter__()
        self.misled.__enter__()
        self._fill()
        return self

    def __exit__(self, *_):
        self.misled.__exit__()
        self.site.__exit__()

    @property
    def rules(self):
        return [f"{HERE}/32:{self.site.port}", f"{HERE}/32:{self.misled.port}"]

    def moved(self):
        """Give where redirects lead: status and link."""
        away = f"{self.victim.url}/jobs"
        yield from ((status, away) for status in STATUSES)
        yield from ((302, away.removeprefix("http:")) for _ in "x")
        for link in self.victim.links():
            if " " not in link and link.isascii():
                yield 302, link

    def linked(self):
        """Give the links that stand on pages."""
        return [f"{self.victim.url}/jobs/{number}-welder" for number in range(9)]

    def starts(self):
        """Give the pages of the site at which a visit may begin."""
        names = ("jobs", "sitemap.xml", "index.xml", "feed.xml", "meta/jobs", "refresh/jobs")
        return [f"{self.site.url}/{name}" for name in names] + [f"{self.misled.url}/jobs"]

    def _fill(self):
        put, away = self.site.put, self.linked()
        moved = list(self.moved())
        links = "".join(f'<a href="/jobs/{n}-welder">Welder {n}</a>' for n in range(len(moved)))
        put(
            "/jobs",
            f'<html><head><link rel="canonical" href="{away[0]}"><link rel="next" href="{away[1]}">'
            f"</head><body>{links}<a href='{away[2]}'>Welder</a>"
            f'<a rel="next" href="{away[3]}">Next</a><iframe src="{away[4]}"></iframe></body></html>',
        )
        for number, (status, link) in enumerate(moved):
            put(f"/jobs/{number}-welder", status=status, headers={"Location": link})
        xml = {"Content-Type": "application/xml"}
        put("/sitemap.xml", f"<urlset><url><loc>{away[5]}</loc></url></urlset>", headers=xml)
        put(
            "/index.xml",
            f"<sitemapindex><sitemap><loc>{self.victim.url}/sitemap.xml</loc></sitemap></sitemapindex>",
            headers=xml,
        )
        put(
            "/feed.xml",
            f"<rss><channel><item><link>{away[6]}</link></item></channel></rss>",
            headers=xml,
        )
        put(
            "/meta/jobs",
            f'<html><head><meta http-equiv="refresh" content="0;url={away[7]}"></head></html>',
        )
        put("/refresh/jobs", "<html></html>", headers={"Refresh": f"0; url={away[8]}"})
        put(
            "/drawn/jobs",
            DRAWN.replace(
                "LINKS",
                repr(
                    [
                        link.encode("ascii", "xmlcharrefreplace").decode()
                        for link in self.victim.links()
                    ]
                ),
            ),
        )
        self.misled.put(
            "/robots.txt", status=302, headers={"Location": f"{self.victim.url}/robots.txt"}
        )
        self.misled.put("/jobs", "<html></html>")


DRAWN = """<!doctype html><html><body><a href="/jobs/1-welder">Welder</a><script>
for (const link of LINKS) {
  try { fetch(link, {mode: "no-cors"}).catch(() => 0); } catch (e) {}
  try { new Image().src = link; } catch (e) {}
  try { new WebSocket(link.replace("http", "ws")); } catch (e) {}
  try { navigator.sendBeacon(link, "x"); } catch (e) {}
  const frame = document.createElement("iframe"); frame.src = link; document.body.append(frame);
}
</script></body></html>"""
