"""What a replay says, as plain values: what expectations are written from and compared with."""

from __future__ import annotations

from replaying import visit

from crawler.captures import cases
from crawler.items import plain
from monitor.commands.lines import crawl_fields, event_fields
from monitor.compare import judge
from monitor.store import Store

QUIET = ("at", "source")


def postings(crawl):
    """Give what a spider yielded: postings by id, then snippets."""
    read = sorted((posting for posting in crawl.postings), key=lambda posting: posting.id)
    snippets = [{"snippet": True} | plain(snippet) for snippet in crawl.snippets]
    return [plain(posting) for posting in read] + snippets


def sequence(folder, store):
    """Replay every case of a source against one store; give crawls and events, case by case."""
    told = {}
    with Store.open(store) as opened:
        for case in cases(folder):
            crawl = visit(case.path, memory=opened)
            judgement = opened.record(crawl, judge)
            lines = [crawl_fields(crawl, judgement)]
            lines += [event_fields(event) for event in judgement.events]
            told[case.path.name] = [
                {key: value for key, value in line.items() if key not in QUIET} for line in lines
            ]
    return told
