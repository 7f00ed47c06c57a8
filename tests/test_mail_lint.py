"""The linter is only worth something if it catches what it is there for."""

from email import message_from_bytes, policy

import mail_samples as samples
import pytest
from mail_lint import lint

from monitor import mime
from monitor.digest import compose
from monitor.render import render


@pytest.fixture(scope="module")
def letter():
    digest = compose(samples.SEARCH, samples.mixed(), now=samples.UNTIL)
    return render(digest, samples.READER, samples.SENDER)


def test_a_letter_is_clean(letter):
    assert lint(letter.mime) == []


def in_part(number, old, new):
    """Give a mutation of the text (0) or HTML (1) part."""

    def mutate(message):
        part = list(message.iter_parts())[number]
        content = part.get_content()
        assert old in content, old
        kind = "html" if number else "plain"
        part.set_content(content.replace(old, new, 1), subtype=kind, cte="quoted-printable")

    return mutate


def header(name, value):
    """Give a mutation that sets a header, or drops it when there is no value."""

    def mutate(message):
        del message[name]
        if value is not None:
            message[name] = value

    return mutate


def stock_policy(message):
    del message["List-Unsubscribe"]
    message["List-Unsubscribe"] = f"<https://lists.example/u/{'k' * 190}>"
    message.policy = policy.SMTP


HTML, TEXT = 1, 0
LINK = 'href="https://jobs.acme.example/openings/1?ref=board&amp;lang=en"'
MUTANTS = {
    "RFC 2047 inside List-Unsubscribe": stock_policy,
    "layout table without role": in_part(HTML, 'role="presentation" ', ""),
    "scheme javascript:alert(1)": in_part(HTML, LINK, 'href="javascript:alert(1)"'),
    "forbidden <script>": in_part(HTML, "<h1", "<script>x</script><h1"),
    "forbidden <svg>": in_part(HTML, "<h2", "<svg></svg><h2"),
    "old and new text touch": in_part(HTML, "<h2", "<p><del>39.96</del><ins>39.95</ins></p><h2"),
    "img without alt": in_part(HTML, "<h2", '<img src="cid:a"><h2'),
    "scheme data:image/png;base64,AA": in_part(
        HTML, "<h2", '<img alt="" src="data:image/png;base64,AA"><h2'
    ),
    "css gap": in_part(HTML, "<h2", '<p style="display:flex;gap:4px">x</p><h2'),
    "event attribute onclick": in_part(HTML, "<h2", '<p onclick="x()">x</p><h2'),
    "lang or dir": in_part(HTML, '<html lang="en" dir="ltr"', "<html"),
    "doctype": in_part(HTML, "<!DOCTYPE html>", ""),
    "title": in_part(HTML, "<title>", "<title></title><title>"),
    "style in body": in_part(HTML, "<h2", "<style>p{color:red}</style><h2"),
    "html size": in_part(HTML, "</body>", f"<p>{'x' * 90_000}</p></body>"),
    "heading order": in_part(HTML, "<h2", "<h4>x</h4><h2"),
    "empty link": in_part(HTML, "<h2", '<a href="mailto:a@b.example"></a><h2'),
    "link missing in text part": in_part(TEXT, "https://jobs.acme.example/openings/1?", "-"),
    "bidi control in text": in_part(TEXT, "Imaging", "\u202egnigamI"),
    "control character in text": in_part(TEXT, "Imaging", "Ima\x07ging"),
    "bidi control in html": in_part(HTML, "Imaging", "\u2067Imaging"),
    "control character in subject": header("Subject", "abc \u202e def"),
    "subject length": header("Subject", "x" * 79),
    "no way to unsubscribe": header("List-Unsubscribe", "<http://lists.example/u/a>"),
    "header List-Id": header("List-Id", None),
    "header Message-ID": header("Message-ID", None),
}


@pytest.mark.parametrize("finding", MUTANTS)
def test_a_defect_is_caught(letter, finding):
    message = message_from_bytes(letter.mime, policy=mime.Policy())
    MUTANTS[finding](message)
    assert finding in lint(message.as_bytes())


def test_a_wrong_one_click_header_is_caught(letter):
    message = message_from_bytes(letter.mime, policy=mime.Policy())
    message["List-Unsubscribe-Post"] = "One-Click"
    assert "one-click pair" in lint(message.as_bytes())


def test_one_click_without_a_page_is_caught(letter):
    message = message_from_bytes(letter.mime, policy=mime.Policy())
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    assert "one-click pair" in lint(message.as_bytes())


def test_html_before_text_is_caught(letter):
    message = message_from_bytes(letter.mime, policy=mime.Policy())
    message.set_payload(list(reversed(message.get_payload())))
    assert lint(message.as_bytes()) == ["alternative order"]


def test_bare_line_feeds_are_caught(letter):
    assert "bare LF or CR" in lint(letter.mime.replace(b"\r\n", b"\n"))


def test_long_lines_are_caught(letter):
    assert "quoted-printable line over 76" in lint(letter.mime + b"x" * 77)
    assert "line over 998" in lint(letter.mime + b"x" * 999)
