"""Letters over a real SMTP connection: whatever the server says, none is lost, none is changed."""

from __future__ import annotations

import io
import os
import re
import socket
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import mail_samples as samples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_server import DROP, HOST, SILENT, MailServer, certified, login, unused_port

from monitor import outbox
from monitor.digest import compose
from monitor.doors import UnreachableError
from monitor.outbox import Folder, Report, Smtp, Stdout, deliver, wait
from monitor.render import render
from monitor.search import Search
from monitor.store import Letter, Store

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SEARCH = Search("tides", "Tide tables", to=("ann@reader.example",))
ANN, BEN, CLEO = "ann@reader.example", "ben@reader.example", "cleo@reader.example"
SECRET = "correct-horse"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "rolecall.db"


@pytest.fixture
def store(path):
    with Store.open(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def contexts(tmp_path_factory):
    return certified(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def shared():
    with MailServer() as server:
        yield server


def letter(recipient=ANN, body=b"Two new.\r\n"):
    message_id = f"<{recipient.partition('@')[0]}.1@tides.example>"
    head = (
        f"From: Tide tables <watch@tides.example>\r\nTo: {recipient}\r\n"
        f"Subject: 2 new\r\nMessage-ID: {message_id}\r\n\r\n"
    )
    return Letter(recipient, message_id, "2 new", head.encode() + body, "Two new.", "<p>Two new.")


def queue(store, *letters):
    store.decide(SEARCH, "2026-11-24", store.pending(SEARCH, NOW), letters, {"opened": 2}, NOW)


def queued(store, *recipients):
    """Decide a digest for these readers and give its letters."""
    letters = [letter(recipient) for recipient in recipients]
    queue(store, *letters)
    return letters


def plain(server, **options):
    return Smtp(HOST, server.port, "none", **{"timeout": 5.0, **options})


def states(path):
    """Give how each letter stands: ``{reader: (state, attempts)}``."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT recipient, state, attempts FROM outbox ORDER BY id")
        return {recipient: (state, attempts) for recipient, state, attempts in rows}


def reply(path, recipient=ANN):
    with closing(sqlite3.connect(path)) as connection:
        asked = "SELECT last_reply FROM outbox WHERE recipient = ?"
        return connection.execute(asked, (recipient,)).fetchone()[0]


def test_each_letter_goes_to_its_one_reader_over_one_connection(store, path):
    letters = queued(store, ANN, BEN, CLEO)
    with MailServer() as server:
        assert deliver(store, plain(server), now=NOW) == Report(sent=3)
        assert deliver(store, plain(server), now=NOW) == Report()
        assert server.dialled == 1
    assert [envelope.rcpt_tos for envelope in server.received] == [[ANN], [BEN], [CLEO]]
    assert {envelope.mail_from for envelope in server.received} == {"watch@tides.example"}
    assert server.contents == [each.mime for each in letters]
    assert states(path) == dict.fromkeys((ANN, BEN, CLEO), ("sent", 1))
    assert reply(path) == "250 OK queued"


def test_a_run_may_stop_after_some_letters(store, path):
    queued(store, ANN, BEN)
    with MailServer() as server:
        assert deliver(store, plain(server), now=NOW, limit=1) == Report(sent=1)
    assert states(path) == {ANN: ("sent", 1), BEN: ("pending", 0)}


class Ways:
    """Mail by one door, everything else by another."""

    def __init__(self, mail, other):
        self.mail, self.other, self.tried = mail, other, []

    def send(self, letter):
        self.tried.append(letter.recipient)
        return (self.mail if letter.door == "mail" else self.other).send(letter)

    def close(self):
        self.mail.close()
        self.other.close()


def test_a_door_that_is_shut_keeps_its_own_letters_only(store, path, tmp_path):
    others = [
        Letter(name, f"<{name}@tides.example>", "2 new", b"{}", "", "", channel="atom")
        for name in ("desk", "wall")
    ]
    queue(store, letter(ANN), others[0], letter(BEN), others[1])
    ways = Ways(Smtp(HOST, unused_port(), "none"), Folder(tmp_path / "out"))
    found = deliver(store, ways, now=NOW)
    assert (found.sent, found.kept, found.dead) == (2, 1, 0)
    assert ways.tried == [ANN, "desk", "wall"]
    assert states(path) == {
        ANN: ("pending", 0),
        "desk": ("sent", 1),
        BEN: ("pending", 0),
        "wall": ("sent", 1),
    }


def test_a_channel_that_cannot_be_reached_keeps_no_other_channel_waiting(store, tmp_path):
    names = ["desk", "wall", "desk2"]
    queue(store, *(Letter(n, f"<{n}@x.example>", "s", b"{}", "", "", "atom") for n in names))

    class Shut(Folder):
        def send(self, letter):
            if letter.recipient == "desk":
                raise UnreachableError("no wall to hang it on")
            return super().send(letter)

    found = deliver(store, Shut(tmp_path / "out"), now=NOW)
    assert found == Report(sent=2, kept=1, troubles=("desk: no wall to hang it on",))


def arrived(server, body):
    """Send a body through a server and give what it took."""
    sent = letter(body=body)
    way = plain(server)
    assert way.send(sent) == "250 OK queued"
    way.close()
    taken = server.received.pop().content
    head = sent.mime[: len(sent.mime) - len(body)]
    assert taken.startswith(head)
    return taken[len(head) :]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b".\r\n",
        b"one\r\n.\r\ntwo\r\n..\r\n...three\r\n",
        b".hidden\r\n\r\n.",
        b"." + b"x" * 997 + b"\r\n",
        b"no line end",
        b"ends in empty lines\r\n\r\n\r\n",
        b"250 OK\r\nQUIT\r\n",
    ],
)
def test_a_body_arrives_byte_for_byte(shared, body):
    ended = body if body.endswith(b"\r\n") or not body else body + b"\r\n"
    assert arrived(shared, body) == ended


@given(st.lists(st.sampled_from((b"", b".", b"..", b". ", b"..a", b"a.", b"a")), max_size=6))
@settings(max_examples=40, deadline=None)
def test_no_number_of_dots_changes_a_body(shared, lines):
    body = b"".join(line + b"\r\n" for line in lines)
    assert arrived(shared, body) == body


def test_a_rendered_digest_arrives_byte_for_byte(shared):
    sent = render(compose(samples.SEARCH, samples.mixed(), now=NOW), ANN, samples.SENDER)
    way = plain(shared)
    way.send(sent)
    way.close()
    taken = shared.received.pop()
    assert taken.content == sent.mime
    assert taken.mail_from == "watch@lists.example"


def test_starttls_secures_the_connection_before_anything_is_said(store, contexts):
    server_side, client_side = contexts
    (sent,) = queued(store, ANN)
    with MailServer(tls_context=server_side, require_starttls=True) as server:
        way = plain(server, context=client_side)
        way.security = "starttls"
        assert deliver(store, way, now=NOW) == Report(sent=1)
    assert server.contents == [sent.mime]


def test_tls_from_the_first_byte(store, contexts):
    server_side, client_side = contexts
    (sent,) = queued(store, ANN)
    with MailServer(ssl_context=server_side) as server:
        way = Smtp(HOST, server.port, "tls", timeout=5, context=client_side)
        assert deliver(store, way, now=NOW) == Report(sent=1)
    assert server.contents == [sent.mime]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_nobody_vouches_for_is_refused(store, path, contexts, security):
    queued(store, ANN)
    options = {"tls_context" if security == "starttls" else "ssl_context": contexts[0]}
    with MailServer(**options) as server:
        report = deliver(store, Smtp(HOST, server.port, security, timeout=5), now=NOW)
        assert server.received == []
    assert (report.kept, report.dead) == (1, 0)
    assert "certificate verify failed" in report.troubles[0]
    assert states(path) == {ANN: ("pending", 0)}


def test_a_server_without_starttls_gets_no_letter(store, path):
    queued(store, ANN)
    with MailServer() as server:
        report = deliver(store, Smtp(HOST, server.port, timeout=5), now=NOW)
    assert report.kept == 1
    assert server.received == []
    assert reply(path) == f"{HOST}:{server.port}: STARTTLS extension not supported by server."


def test_a_login_opens_the_door(store, contexts):
    server_side, client_side = contexts
    queued(store, ANN)
    door = {"auth_required": True, "authenticator": login("ann", SECRET)}
    with MailServer(tls_context=server_side, **door) as server:
        way = Smtp(HOST, server.port, "starttls", "ann", SECRET, 5, client_side)
        assert deliver(store, way, now=NOW) == Report(sent=1)
    assert server.recipients == [ANN]


@pytest.mark.parametrize("refusal", ["535 5.7.8 no", "535 5.7.8 {} is not the password"])
def test_a_refused_login_keeps_every_letter_and_its_password_to_itself(
    store, path, contexts, refusal
):
    server_side, client_side = contexts
    queued(store, ANN, BEN)
    door = {"auth_required": True, "authenticator": login("ann", "other", refusal)}
    with MailServer(tls_context=server_side, **door) as server:
        way = Smtp(HOST, server.port, "starttls", "ann", SECRET, 5, client_side)
        report = deliver(store, way, now=NOW)
    assert (report.sent, report.kept, report.dead) == (0, 1, 0)
    assert report.troubles == (f"{ANN}: {refusal.format('[password]')}",)
    assert reply(path) == refusal.format("[password]")
    assert states(path) == {ANN: ("pending", 0), BEN: ("pending", 0)}
    assert SECRET not in repr(way)


def test_a_login_that_smtp_cannot_carry_is_said_without_quoting_it(store, path, contexts):
    server_side, client_side = contexts
    queued(store, ANN)
    door = {"auth_required": True, "authenticator": login("ann", SECRET)}
    with MailServer(tls_context=server_side, **door) as server:
        way = Smtp(HOST, server.port, "starttls", "ann", "pässwort", 5, client_side)
        assert deliver(store, way, now=NOW).kept == 1
    assert reply(path) == "the login has letters that SMTP cannot carry"


def test_the_wait_doubles_from_five_minutes_to_six_hours():
    minutes = [wait(attempts) / MINUTE for attempts in range(1, 13)]
    assert minutes == [5, 10, 20, 40, 80, 160, 320, 360, 360, 360, 360, 360]
    assert wait(10**6) == wait(99) == timedelta(hours=6)
    assert wait(0) == 5 * MINUTE


def test_a_temporary_answer_keeps_a_letter_longer_each_time_until_the_twelfth(store, path):
    queued(store, ANN)
    at, waits = NOW, []
    with MailServer({"RCPT": 12 * ["451 4.7.1 greylisted, come back"]}) as server:
        for _ in range(11):
            report = deliver(store, plain(server), now=at)
            assert (report.kept, report.dead) == (1, 0)
            (kept,) = store.undelivered()
            assert deliver(store, plain(server), now=kept.next_at - MINUTE) == Report()
            waits.append(round((kept.next_at - at) / MINUTE))
            at = kept.next_at
        assert waits == [5, 10, 20, 40, 80, 160, 320, 360, 360, 360, 360]
        last = deliver(store, plain(server), now=at)
    assert last == Report(dead=1, troubles=(f"{ANN}: 451 4.7.1 greylisted, come back",))
    assert states(path) == {ANN: ("dead", 12)}


def test_a_temporary_answer_holds_up_no_other_letter(store, path):
    queued(store, ANN, BEN)
    with MailServer({ANN: ["450 4.2.1 mailbox busy"]}) as server:
        report = deliver(store, plain(server), now=NOW)
        assert (report.sent, report.kept) == (1, 1)
        (kept,) = store.undelivered()
        assert deliver(store, plain(server), now=kept.next_at) == Report(sent=1)
    assert server.recipients == [BEN, ANN]
    assert states(path) == {ANN: ("sent", 2), BEN: ("sent", 1)}


def test_a_reader_the_server_does_not_know_costs_the_others_nothing(store, path):
    queued(store, ANN, BEN, CLEO)
    with MailServer({BEN: ["550 5.1.1 no such user"]}) as server:
        report = deliver(store, plain(server), now=NOW)
        assert server.dialled == 1
    assert report == Report(sent=2, dead=1, troubles=(f"{BEN}: 550 5.1.1 no such user",))
    assert states(path) == {ANN: ("sent", 1), BEN: ("dead", 1), CLEO: ("sent", 1)}


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("552 5.3.4 too big", "dead"),
        ("554 5.7.1 looks like advertising", "dead"),
        ("452 4.3.1 disk full", "pending"),
        ("451 4.3.0 try later", "pending"),
    ],
)
def test_the_answer_to_the_letter_itself_is_judged_too(store, path, answer, state):
    queued(store, ANN, BEN)
    with MailServer({"DATA": [answer]}) as server:
        assert deliver(store, plain(server), now=NOW).sent == 1
    assert server.recipients == [BEN]
    assert states(path) == {ANN: (state, 1), BEN: ("sent", 1)}
    assert reply(path) == answer


def test_a_refused_sender_is_no_letter_s_fault(store, path):
    queued(store, ANN, BEN)
    with MailServer({"MAIL": ["550 5.7.1 not from you"]}) as server:
        report = deliver(store, plain(server), now=NOW)
    assert report == Report(kept=1, troubles=(f"{ANN}: 550 5.7.1 not from you",))
    assert states(path) == {ANN: ("pending", 0), BEN: ("pending", 0)}


@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
@pytest.mark.parametrize("answer", ["421 4.3.2 restarting", DROP])
def test_a_connection_that_ends_between_letters_is_renewed(store, path, command, answer):
    letters = queued(store, ANN, BEN, CLEO)
    with MailServer({command: [None, answer]}) as server:
        assert deliver(store, plain(server), now=NOW) == Report(sent=3)
        assert server.dialled == 2
    assert server.contents == [each.mime for each in letters]
    assert states(path) == dict.fromkeys((ANN, BEN, CLEO), ("sent", 1))


def test_a_good_bye_after_the_letter_keeps_it_and_renews_the_connection(store, path):
    queued(store, ANN, BEN)
    with MailServer({"DATA": ["421 4.3.2 shutting down"]}) as server:
        report = deliver(store, plain(server), now=NOW)
        assert server.dialled == 2
    assert report == Report(sent=1, kept=1, troubles=(f"{ANN}: 421 4.3.2 shutting down",))
    assert states(path) == {ANN: ("pending", 1), BEN: ("sent", 1)}


def test_a_server_that_never_gets_to_a_letter_keeps_it(store, path):
    queued(store, ANN)
    with MailServer({"MAIL": [DROP]}) as server:
        report = deliver(store, plain(server), now=NOW)
        assert server.dialled == 1
    assert (report.kept, report.dead) == (1, 0)
    assert states(path) == {ANN: ("pending", 1)}
    assert "uncertain" not in reply(path)


def test_a_server_that_goes_away_in_mid_run_keeps_the_rest(store, path):
    queued(store, ANN, BEN, CLEO)

    def leave():
        server.server.close()
        return "421 4.3.2 going down"

    with MailServer({BEN: [leave]}) as server:
        report = deliver(store, plain(server), now=NOW)
    assert (report.sent, report.kept) == (1, 1)
    assert states(path) == {ANN: ("sent", 1), BEN: ("pending", 0), CLEO: ("pending", 0)}
    assert "Connection refused" in reply(path, BEN)


def test_a_letter_whose_taking_was_not_confirmed_goes_again_as_the_same_letter(store, path):
    (sent, other) = queued(store, ANN, BEN)
    with MailServer({"DATA": [DROP]}) as server:
        report = deliver(store, plain(server), now=NOW)
        assert (report.sent, report.kept) == (1, 1)
        assert reply(path).startswith("uncertain, it may have arrived: ")
        (kept,) = store.undelivered()
        assert deliver(store, plain(server), now=kept.next_at) == Report(sent=1)
    assert server.contents == [sent.mime, other.mime, sent.mime]
    assert states(path) == {ANN: ("sent", 2), BEN: ("sent", 1)}


def test_silence_after_the_letter_is_not_taken_for_a_refusal(store, path):
    queued(store, ANN)
    with MailServer({"DATA": [SILENT]}) as server:
        assert deliver(store, plain(server, timeout=0.2), now=NOW).kept == 1
    assert server.recipients == [ANN]
    assert states(path) == {ANN: ("pending", 1)}
    assert re.fullmatch(r"uncertain, it may have arrived: .*timed out", reply(path))


def test_a_server_that_never_greets_is_taken_for_none(store, path):
    queued(store, ANN)
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
        # The kernel accepts the connection; nobody ever says anything on it.
        report = deliver(store, Smtp(HOST, port, "none", timeout=0.1), now=NOW)
    closed = "Connection unexpectedly closed"
    assert report == Report(kept=1, troubles=(f"{ANN}: {HOST}:{port}: {closed}: timed out",))
    assert states(path) == {ANN: ("pending", 0)}


def test_without_a_server_the_run_ends_and_everything_is_kept(store, path):
    queued(store, ANN, BEN)
    port = unused_port()
    report = deliver(store, Smtp(HOST, port, "none", timeout=5), now=NOW)
    assert (report.sent, report.kept, report.dead) == (0, 1, 0)
    assert "Connection refused" in report.troubles[0]
    assert states(path) == {ANN: ("pending", 0), BEN: ("pending", 0)}
    with MailServer(port=port) as server:
        (first, _) = store.undelivered()
        assert deliver(store, plain(server), now=first.next_at) == Report(sent=2)
        assert server.dialled == 1
    assert sorted(server.recipients) == [ANN, BEN]


def test_a_server_that_is_away_for_days_kills_no_letter(store, path):
    queued(store, ANN)
    way = Smtp(HOST, unused_port(), "none", timeout=5)
    for _ in range(outbox.MOST_ATTEMPTS + 2):
        (kept,) = store.undelivered()
        assert deliver(store, way, now=kept.next_at).dead == 0
    assert states(path)[ANN][0] == "pending"
    (kept,) = store.undelivered()
    with MailServer({"RCPT": ["451 greylisted"]}) as server:
        assert deliver(store, plain(server), now=kept.next_at) == Report(
            kept=1, troubles=(f"{ANN}: 451 greylisted",)
        )
    assert states(path)[ANN] == ("pending", 1), "an outage wears no letter out"


def test_a_long_answer_is_cut_and_cleaned(store, path):
    queued(store, ANN)
    with MailServer({"RCPT": ["451 " + "\u202e" + "x" * 400]}) as server:
        deliver(store, plain(server), now=NOW)
    assert reply(path) == "451 " + "x" * 195 + "…"


def test_a_folder_holds_one_whole_file_a_letter(store, path, tmp_path):
    letters = queued(store, ANN, BEN)
    folder = Folder(tmp_path / "mail" / "out")
    assert deliver(store, folder, now=NOW) == Report(sent=2)
    files = {file.name: file.read_bytes() for file in folder.path.iterdir()}
    assert files == {
        "ann.1@tides.example.eml": letters[0].mime,
        "ben.1@tides.example.eml": letters[1].mime,
    }
    assert states(path) == {ANN: ("sent", 1), BEN: ("sent", 1)}


def test_a_letter_written_twice_is_one_file(tmp_path):
    folder = Folder(tmp_path / "mail")
    first = folder.send(letter())
    assert first == f"written to {tmp_path / 'mail' / 'ann.1@tides.example.eml'}"
    assert folder.send(letter()) == first
    assert [file.name for file in folder.path.iterdir()] == ["ann.1@tides.example.eml"]


def test_a_name_in_a_folder_never_leaves_it(tmp_path):
    odd = Letter(ANN, "<../../etc/x y@tides.example>", "s", b"m", "t", "h")
    Folder(tmp_path / "mail").send(odd)
    assert [file.name for file in (tmp_path / "mail").iterdir()] == [
        ".._.._etc_x_y@tides.example.eml"
    ]


def test_a_file_is_durable_before_it_has_its_name_and_its_name_before_it_counts(
    tmp_path, monkeypatch
):
    order, sync, rename = [], os.fsync, Path.replace

    def noted_sync(handle):
        order.append("folder" if Path(f"/proc/self/fd/{handle}").is_dir() else "file")
        sync(handle)

    def noted_rename(self, target):
        order.append("name")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(Path, "replace", noted_rename)
    Folder(tmp_path / "mail").send(letter())
    assert order == ["file", "name", "folder"]


def test_a_folder_that_cannot_be_written_keeps_its_letters(store, path, tmp_path):
    queued(store, ANN, BEN)
    in_the_way = tmp_path / "mail"
    in_the_way.write_text("a file, not a folder")
    report = deliver(store, Folder(in_the_way), now=NOW)
    target = in_the_way / "ann.1@tides.example.eml"
    assert report == Report(kept=1, troubles=(f"{ANN}: {target}: File exists",))
    assert states(path) == {ANN: ("pending", 0), BEN: ("pending", 0)}
    assert in_the_way.read_text() == "a file, not a folder"


def test_a_file_that_cannot_take_its_name_leaves_nothing_behind(tmp_path):
    (tmp_path / "ann.1@tides.example.eml").mkdir()
    with pytest.raises(UnreachableError, match="Is a directory"):
        Folder(tmp_path).send(letter())
    assert [each.name for each in tmp_path.iterdir()] == ["ann.1@tides.example.eml"]


def test_a_stream_gets_the_text_part(store, path):
    queued(store, ANN)
    stream = io.StringIO()
    assert deliver(store, Stdout(stream), now=NOW) == Report(sent=1)
    assert stream.getvalue() == (
        "To: ann@reader.example\nSubject: 2 new\nMessage-ID: <ann.1@tides.example>\n\nTwo new.\n"
    )
    assert not stream.closed
    assert states(path) == {ANN: ("sent", 1)}


def test_a_stream_that_nobody_reads_keeps_the_letters(store, path):
    queued(store, ANN, BEN)
    read, write = os.pipe()
    os.close(read)
    stream = os.fdopen(write, "w", encoding="utf-8")
    report = deliver(store, Stdout(stream), now=NOW)
    assert report == Report(kept=1, troubles=(f"{ANN}: standard output: [Errno 32] Broken pipe",))
    assert states(path) == {ANN: ("pending", 0), BEN: ("pending", 0)}
    with pytest.raises(BrokenPipeError):
        stream.close()


# An address that is refused.


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "bounced"),
    [
        ("550 5.1.1 <ben@reader.example>: no such user", True),
        ("550-5.1.1 The account does not exist.\r\n550 5.1.1 Look again", True),
        ("556 5.1.10 null MX", True),
        ("550 5.2.1 mailbox disabled", True),
        ("550 no such mailbox here", True),
        ("553 mailbox name not allowed", True),
        ("550 5.7.1 relaying denied", False),
        ("550 relaying denied", False),
        ("554 5.7.1 blocked by policy", False),
        ("550 blocked by our policy", False),
        ("552 5.2.2 mailbox full", False),
        ("550 5.1.8 bad sender's address", False),
        ("554 no", False),
    ],
)
def test_only_what_is_said_of_the_address_itself_is_a_bounce(store, path, answer, bounced):
    queued(store, ANN, BEN)
    with MailServer({BEN: [answer]}) as server:
        assert deliver(store, plain(server), now=NOW).dead == 1
    assert states(path) == {ANN: ("sent", 1), BEN: ("dead", 1)}
    stops = [(one.recipient, one.search, one.why) for one in store.audience.stops()]
    assert stops == ([(BEN, "", "bounced")] if bounced else [])


def test_a_letter_that_is_refused_for_its_content_stops_nobody(store):
    queued(store, ANN)
    with MailServer({"DATA": ["550 5.1.1 looks like advertising"]}) as server:
        assert deliver(store, plain(server), now=NOW).dead == 1
    assert store.audience.stops() == []
