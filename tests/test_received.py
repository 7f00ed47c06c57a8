"""A letter that arrived, saved by its reader: what it shows of the sender's domain."""

from __future__ import annotations

import pytest
from calling import call
from hypothesis import given
from hypothesis import strategies as st

from monitor.received import judged

SENDER = "Rolecall <watch@lists.tidewater.example>"
WAYS = "List-Unsubscribe: <https://r.example/u/k>\r\nList-Unsubscribe-Post: x\r\n"
RESULTS = "Authentication-Results: mx.reader.example; spf=pass; dkim=pass; dmarc=pass\r\n"
COVERS = "From:To:List-Unsubscribe:List-Unsubscribe-Post"


def signature(domain="tidewater.example", covers=COVERS):
    return f"DKIM-Signature: v=1; a=rsa-sha256; d={domain};\r\n s=k; h={covers};\r\n b=Zm9v=\r\n"


def letter(*headers, sender=SENDER):
    return "".join([*headers, f"From: {sender}\r\n", "Subject: 1 new\r\n\r\nText"]).encode()


def found(*headers):
    return {one.what: (one.grade, one.words) for one in judged(letter(*headers), SENDER)}


def test_a_letter_that_is_believed_is_fine():
    seen = found(signature("mailer.example"), signature(), RESULTS, WAYS)
    assert {what: grade for what, (grade, _) in seen.items()} == {
        "DKIM": "fine",
        "SPF": "fine",
        "DMARC": "fine",
    }


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ((WAYS,), "is signed by nobody: switch DKIM on for lists.tidewater.example"),
        ((signature("mailer.example"), WAYS), "is signed only by mailer.example: switch DKIM on"),
        (
            (signature(covers="From : List-Unsubscribe"), WAYS),
            "does not cover list-unsubscribe-post: mail programs show no button to leave",
        ),
    ],
)
def test_a_signature_that_does_not_do_is_wrong(headers, words):
    grades = [one for one in judged(letter(*headers), SENDER) if one.what == "DKIM"]
    assert grades[0].grade == "wrong"
    assert grades[0].words.startswith(words)


def test_a_letter_without_a_click_needs_none_of_it_signed():
    assert found(signature(covers="from"), RESULTS)["DKIM"][0] == "fine"


def test_what_the_receiver_found_is_said_and_what_it_keeps_to_itself():
    seen = found(signature(), "Authentication-Results: mx; spf=softfail smtp.x=y; dkim=pass\r\n")
    assert seen["SPF"] == ("wrong", "the receiver found: softfail")
    assert seen["DMARC"] == ("note", "the receiver does not say what it found")


def test_another_program_s_letter_is_not_judged():
    (one,) = judged(letter(signature(), RESULTS, sender="news@shop.example"), SENDER)
    assert (one.grade, one.what) == ("wrong", "received")
    assert one.words.startswith("is from news@shop.example, not from ")


@given(st.binary(max_size=200))
def test_whatever_was_saved_is_no_error(raw):
    assert list(judged(raw, SENDER))
    assert list(judged(letter() + raw, SENDER))
    assert list(judged(b"DKIM-Signature: " + raw + b"\r\n" + letter(), SENDER))


def test_the_doctor_reads_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    delivery = f'[delivery]\nsender = "{SENDER}"\n'
    (tmp_path / "rolecall.toml").write_text(f'contact = "me@tidewater.example"\n{delivery}')
    (tmp_path / "mail.eml").write_bytes(letter(WAYS, RESULTS))
    answer = call("doctor", "mail", "--received", "mail.eml")
    assert answer.code == 1
    assert "wrong  DKIM: is signed by nobody" in answer.out
    assert "fine   DMARC: the receiver is satisfied" in answer.out
