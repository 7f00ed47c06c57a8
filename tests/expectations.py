"""Writes what the cases under fixtures/ are expected to give, from what they give now.

Run it after a change that is meant to change a case (``python tests/expectations.py``), read the
difference as a reader would, and commit it with the change. It writes ``postings.json`` for every
case whose spider yields something, and ``events.json`` for every case of a source with several.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from replayed import postings, sequence
from replaying import visit

from crawler.captures import cases

FIXTURES = Path(__file__).parent.parent / "fixtures"


def write(path, value):
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def expect(folder):
    """Write the expectations of one source."""
    found = cases(folder)
    for case in found:
        crawl = visit(case.path)
        if crawl.postings:
            write(case.path / "postings.json", postings(crawl))
    if len(found) > 1:
        with tempfile.TemporaryDirectory() as scratch:
            for name, told in sequence(folder, Path(scratch) / "store.db").items():
                write(folder / name / "events.json", told)


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(path.parent for path in FIXTURES.glob("*/source.toml")):
        expect(Path(name))
