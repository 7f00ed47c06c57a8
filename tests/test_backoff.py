from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.middlewares.backoff import retry_after

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (b"5", 5),
        (b" 120 ", 120),
        (b"0", 0),
        (b"Sun, 22 Nov 2026 12:00:30 GMT", 30),
        (b"Sun, 22 Nov 2026 11:00:00 GMT", 0),
        (b"31536000", 31536000),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(header, seconds):
    assert retry_after(header, NOW) == seconds


@pytest.mark.parametrize("header", [None, b"", b"-5", b"soon", b"1e9", b"\xff\xfe", b"5 seconds"])
def test_a_retry_after_that_makes_no_sense_says_nothing(header):
    assert retry_after(header, NOW) is None


@given(st.binary(max_size=60))
def test_no_header_breaks_the_reader(noise):
    wait = retry_after(noise, NOW)
    assert wait is None or wait >= 0
