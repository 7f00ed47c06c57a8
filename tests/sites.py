"""Whole crawls of an invented site, written down in the test: links to answers, as a case."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from replaying import visit

from crawler.captures import write_source
from crawler.items import Source
from crawler.memory import Recollection

MOMENT = datetime(2026, 11, 2, 7, tzinfo=UTC)


class Memory:
    """Remembers the pages of one crawl, as the store would."""

    def __init__(self, crawl):
        self.recollection = Recollection({page.url: page for page in crawl.pages}, {})

    def recall(self, _):
        return self.recollection


def exchange(folder, number, url, answer):
    """Write one answer: a body as text or bytes, JSON as a value, or what a dict says."""
    given = answer if isinstance(answer, dict) and "status" in answer else {"body": answer}
    body = given.get("body", b"")
    if not isinstance(body, (str, bytes)):
        body = json.dumps(body)
    file = folder / f"{number}.body"
    file.write_bytes(body.encode() if isinstance(body, str) else body)
    return {
        "method": "GET",
        "url": url,
        "status": given.get("status", 200),
        "headers": given.get("headers", []),
        "body": file.name,
    }


def crawl(tmp_path, source, answers, memory=None):
    """Visit a source (the fields of it as a mapping) whose links answer as given."""
    folder = tmp_path / str(len(list(tmp_path.iterdir()))) / "20261102T070000"
    folder.mkdir(parents=True)
    write_source(folder.parent, Source(**{"id": "x"} | source))
    exchanges = [exchange(folder, n, *pair) for n, pair in enumerate(answers.items())]
    index = {"started": MOMENT.isoformat(), "exchanges": exchanges}
    (folder / "index.json").write_text(json.dumps(index))
    return visit(folder, memory=memory and Memory(memory))
