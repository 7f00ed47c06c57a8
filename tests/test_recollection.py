"""What the crawler is lent of the memory, and what is not loaded for it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest
from judging import HARBOR, START, crawl, judge, posting

from crawler.items import Link, Page
from crawler.memory import Recollection
from monitor.recollection import Lent
from monitor.store import Store

PAGE = Page(
    "https://jobs.harborline.example/7",
    START,
    "h" * 64,
    etag='"e"',
    postings=("7",),
    links=(Link("https://jobs.harborline.example/7/apply", "parse"),),
)


def test_the_lent_memory_recalls_what_the_store_does_and_may_write_nothing(tmp_path):
    path = tmp_path / "s.db"
    with Store.open(path) as store:
        pages = (PAGE, replace(PAGE, url="https://jobs.harborline.example/8"))
        store.record(crawl(0, posting("7"), rows={"7": "abc"}, pages=pages), judge)
        whole = store.recall(HARBOR.id)
    lent = Lent(path)
    assert lent.recall(HARBOR.id) == whole
    assert whole.rows["7"].hash == "abc"
    assert whole.pages[PAGE.url] == PAGE
    assert lent.recall("nobody") == Recollection()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        lent._connection.execute("DELETE FROM postings")
    lent.close()


def test_a_page_is_read_when_it_is_asked_for_and_not_held(tmp_path):
    path, asked = tmp_path / "s.db", []
    with Store.open(path) as store:
        store.record(crawl(0, posting("7"), pages=(PAGE,)), judge)
    lent = Lent(path)
    pages = lent.recall(HARBOR.id).pages
    lent._connection.set_trace_callback(asked.append)
    assert pages.get("https://jobs.harborline.example/none") is None
    assert pages[PAGE.url] == PAGE
    assert [statement.rpartition("=")[2] for statement in asked] == [
        " 'https://jobs.harborline.example/none'",
        f" '{PAGE.url}'",
    ]
    lent.close()


def test_a_store_that_is_missing_is_not_made(tmp_path):
    with pytest.raises(sqlite3.OperationalError):
        Lent(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


@pytest.mark.slow
def test_a_child_loads_no_rules_of_the_monitor_with_it():
    asked = "import sys, monitor.extension; print([m for m in sys.modules if m in sys.argv[1:]])"
    heavy = ["monitor.store", "monitor.digest", "monitor.compare", "sqlite_utils", "pydantic"]
    answer = subprocess.run(
        [sys.executable, "-c", asked, *heavy], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
