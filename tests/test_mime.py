"""Headers that survive, and bytes that do not vary."""

from base64 import b64encode
from dataclasses import replace
from email import message_from_bytes, policy

import dkim
import mail_samples as samples
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import mime

ENVELOPE = mime.Envelope(
    sender=samples.SENDER,
    recipient=samples.READER,
    date=samples.UNTIL,
    message_id="0123456789abcdef@lists.example",
    list_name="ML internships, PhD",
    list_slug="ml-intern-phd",
)
HTML = "<!doctype html><title>x</title><p>ok</p>"


def build(envelope=ENVELOPE, subject="1 new", text="text", html=HTML):
    return mime.build(envelope, subject=subject, text=text, html=html)


def unfolded(raw, name):
    """Give a header as any reader must unfold it: white space after a line break goes on."""
    head = raw.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").decode("ascii")
    return [line.split(": ", 1)[1] for line in head.split("\r\n") if line.startswith(f"{name}: ")]


@pytest.fixture(scope="module")
def signed():
    """Give a letter as its relay signs it, and the key as its domain publishes it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    raw = build(replace(ENVELOPE, unsubscribe=f"https://lists.example/u/{'k' * 190}"))
    names = (b"From", b"To", b"Subject", b"Date", b"Message-ID", *WAYS_OUT)
    signature = dkim.sign(raw, b"key", b"lists.example", private, include_headers=names)
    return signature + raw, b"v=DKIM1; k=rsa; p=" + b64encode(public)


WAYS_OUT = (b"List-Unsubscribe", b"List-Unsubscribe-Post")


def verified(raw, published):
    return dkim.verify(raw, dnsfunc=lambda _name, timeout=5: published)  # noqa: ARG005 its name


def test_a_signature_of_the_relay_holds(signed):
    raw, published = signed
    assert verified(raw, published)


@pytest.mark.parametrize("name", WAYS_OUT)
def test_a_signature_of_the_relay_covers_both_ways_out(signed, name):
    raw, published = signed
    altered = raw.replace(b"\r\n" + name + b": ", b"\r\n" + name + b": x")
    assert altered != raw
    assert not verified(altered, published)


def test_text_stands_first_and_html_last_and_both_are_readable_as_they_are():
    message = message_from_bytes(build(text="Zürich 東京"), policy=policy.default)
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert {part["Content-Transfer-Encoding"] for part in parts} == {"quoted-printable"}
    assert parts[0].get_content() == "Zürich 東京\r\n"


def test_two_builds_are_the_same_bytes():
    assert build() == build()


def test_only_the_id_names_the_boundary():
    other = replace(ENVELOPE, message_id="fedcba9876543210@lists.example")
    boundaries = {message_from_bytes(build(one)).get_boundary() for one in (ENVELOPE, other)}
    assert len(boundaries) == 2


@settings(max_examples=60, deadline=None)
@given(st.integers(10, 900), st.sampled_from(["http", "https"]))
def test_links_and_ids_of_any_length_survive_folding(length, scheme):
    url = f"{scheme}://r.example/u/".ljust(length, "k")
    raw = build(replace(ENVELOPE, unsubscribe=url, message_id="m" * (length // 2) + "@r.example"))
    (leave,) = unfolded(raw, "List-Unsubscribe")
    mail = "<mailto:watch@lists.example?subject=unsubscribe%20ml-intern-phd>"
    assert leave == (f"<{url}>, {mail}" if scheme == "https" else mail)
    (identity,) = unfolded(raw, "Message-ID")
    assert identity == "<" + "m" * (length // 2) + "@r.example>"
    assert b"=?" not in raw.partition(b"\r\n\r\n")[0]
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("abc123", min_size=1, max_size=120), min_size=1, max_size=9))
def test_references_survive_folding(ids):
    message = message_from_bytes(build(), policy=mime.Policy())
    message["References"] = " ".join(f"<{one}@r.example>" for one in ids)
    raw = message.as_bytes()
    assert unfolded(raw, "References") == [" ".join(f"<{one}@r.example>" for one in ids)]
    parsed = message_from_bytes(raw, policy=policy.default)
    assert parsed["References"].split() == [f"<{one}@r.example>" for one in ids]


def test_the_stock_policy_would_break_the_link():
    message = message_from_bytes(build(), policy=policy.SMTP)
    del message["List-Unsubscribe"]
    message["List-Unsubscribe"] = f"<https://r.example/{'k' * 190}>"
    assert b"=?utf-8?q?" in message.as_bytes()


def test_a_word_that_fits_no_line_is_refused_rather_than_broken():
    with pytest.raises(ValueError, match="longer than a mail line"):
        build(replace(ENVELOPE, unsubscribe="https://r.example/" + "k" * 1000))


def test_quoted_printable_lines_are_short():
    raw = build(text="é" * 500 + "\n" + "x" * 500, html="<p>" + "ü " * 500)
    assert max(map(len, raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76


def test_one_click_is_offered_only_with_an_https_page():
    with_page = message_from_bytes(build(replace(ENVELOPE, unsubscribe="https://r.example/u/k")))
    assert with_page["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    without = message_from_bytes(build(replace(ENVELOPE, unsubscribe="http://r.example/u/k")))
    assert without["List-Unsubscribe-Post"] is None
    assert without["List-Unsubscribe"].startswith("<mailto:")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "reader",
        "a@b, c@d.example",
        "a@b.example\r\nBcc: x@y.example",
        "A <a@b.example>",
        "a b@c.example",
        "<a@b.example>",
        "a@b.example\n",
        'a"b@c.example',
        "a@b..example",
        "ä@b.example",
        "a@@b.example",
        "a@b.example;c@d.example",
        "a@-b.example\0",
    ],
)
def test_only_one_plain_address_is_written_to(address):
    with pytest.raises(ValueError, match="not one plain mail address"):
        build(replace(ENVELOPE, recipient=address))


def test_a_sender_with_a_line_break_is_refused():
    with pytest.raises(ValueError, match="not a sender"):
        build(replace(ENVELOPE, sender="Rolecall\r\nBcc: x@y.example <watch@lists.example>"))


def test_a_sender_may_have_a_name_of_any_script():
    raw = build(replace(ENVELOPE, sender="Röllcäll 通知 <watch@lists.example>"))
    sender = message_from_bytes(raw, policy=policy.default)["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == ("Röllcäll 通知", "watch@lists.example")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("ML internships, PhD", '"ML internships, PhD" <s.lists.example>'),
        ("Küche", "Kuche <s.lists.example>"),
        ("東京", "<s.lists.example>"),
        ('a "b" <c>', "a b c <s.lists.example>"),
    ],
)
def test_the_list_is_named_in_plain_ascii(name, shown):
    raw = build(replace(ENVELOPE, list_name=name, list_slug="s"))
    assert unfolded(raw, "List-Id") == [shown]


def test_slugs_are_made_of_letters_digits_and_hyphens():
    assert mime.slug("ML intern, PhD!") == "ml-intern-phd"
    assert mime.slug("東京").isalnum()
    assert mime.slug("東京") != mime.slug("大阪")


def test_the_id_depends_on_search_window_and_reader_alone():
    one = mime.message_id(samples.SENDER, "s", "w", "a@b.example")
    assert one == mime.message_id("Other <watch@lists.example>", "s", "w", "a@b.example")
    others = {
        mime.message_id(samples.SENDER, *rest)
        for rest in (
            ("t", "w", "a@b.example"),
            ("s", "v", "a@b.example"),
            ("s", "w", "c@b.example"),
        )
    }
    assert len(others | {one}) == 4
    assert one.endswith("@lists.example")


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=300))
def test_any_subject_is_one_clean_line(subject):
    raw = build(subject=subject)
    shown = message_from_bytes(raw, policy=policy.default)["Subject"]
    assert shown == mime.heading(subject)
    assert not any(ord(character) < 32 for character in shown)
