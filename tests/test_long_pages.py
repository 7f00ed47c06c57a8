"""A page four times as long takes about four times as long to read, whatever its kind.

``ROLECALL_LONG_PAGE=5000000 pytest tests/test_long_pages.py`` tries pages of 5 MB.
"""

from __future__ import annotations

import json
import os
import re
import time

import pytest
from test_hostile import SAMPLES, at, changed, documents, heard, read, spots

LONG = int(os.environ.get("ROLECALL_LONG_PAGE", "800000"))
# Twice the linear time, for a machine that does other things as well; quadratic is four times.
SLACK = 2
LEAST = 0.02
"""Seconds below which a clock says nothing."""


def grown(body, size):
    """Give an answer that says the same as often as makes it ``size`` bytes long."""
    if found := list(documents(body)):
        value, put = found[0]
        ways = [way for way in spots(value) if isinstance(at(value, way), (list, str))]
        way = max(ways, key=lambda way: len(json.dumps(at(value, way))))
        part = at(value, way)
        times = size // len(json.dumps(part)) + 1
        return put(
            changed(
                value,
                way,
                "\n".join([part] * times) if isinstance(part, str) else many(part, times),
            )
        )
    begin, end = re.search(rb"<body[^>]*>|\A", body).end(), body.rfind(b"</body>")
    inner = body[begin : end if end > 0 else None]
    copies = (numbered(inner, copy) for copy in range(size // max(len(inner), 1) + 1))
    return body[:begin] + b"".join(copies) + (body[end:] if end > 0 else b"")


def many(rows, times):
    return [
        json.loads(numbered(json.dumps(row).encode(), copy))
        for copy in range(times)
        for row in rows
    ]


def numbered(part, copy):
    """Give a copy with other numbers at the ends of its words, so that ids are not the same."""
    return re.sub(rb'(?<=\d\d\d)(?=["<])', str(copy).encode() if copy else b"", part)


def seconds(callback, response, body):
    begun = time.process_time()
    read(callback, response, body)
    return time.process_time() - begun


@pytest.mark.slow
@pytest.mark.parametrize("path", SAMPLES)
def test_reading_takes_time_by_the_length_of_the_page(path):
    callbacks = {
        callback.__name__: (callback, response)
        for callback, response in heard(path)
        if response.body
    }
    for name, (callback, response) in callbacks.items():
        short, long = (grown(response.body, size) for size in (LONG // 4, LONG))
        once = max(seconds(callback, response, short), LEAST)
        most = SLACK * once * len(long) / len(short)
        taken = seconds(callback, response, long)
        if taken > most:  # the machine may have been slow just then; a quadratic reader is again
            taken = seconds(callback, response, long)
        assert taken <= most, f"{name}: {once:.2f}, {taken:.2f} s"
