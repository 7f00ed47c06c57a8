from __future__ import annotations

import dataclasses
import errno
import multiprocessing
import os
import shutil
import sqlite3
import stat
import threading
from contextlib import closing

import pytest
from judging import HARBOR, START, crawl, judge, posting

from crawler.items import Counts
from monitor import backups, database, ledger, migrations, packed, rows, soundness
from monitor.retention import Retention
from monitor.store import Store, StoreError

TABLES = {
    "sources",
    "crawls",
    "snapshots",
    "postings",
    "revisions",
    "events",
    "pages",
    "searches",
    "digests",
    "outbox",
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "rolecall.db"


@pytest.fixture
def sound(path):
    with Store.open(path) as store:
        store.record(crawl(0, *(posting(f"p{n}", body="words " * 99) for n in range(50))), judge)
    return path


def ask(path, question):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(question).fetchall()


def contents(folder):
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()}


def refusal(path, *, begins=True, **options):
    """Give the words of the refusal, and see that nothing was touched.

    A reader of a file in WAL mode may leave SQLite's lock file and an empty log beside it.
    """
    before = contents(path.parent)
    with pytest.raises(StoreError) as refused:
        Store.open(path, **options)
    after = contents(path.parent)
    for name in after.keys() - before.keys():
        assert name.endswith("-shm") or after.pop(name) == b""
    assert before.items() <= after.items()
    words = str(refused.value)
    assert words.startswith(str(path)) or not begins
    assert words.endswith(".")
    return words


def test_a_new_store_has_every_table_and_says_whose_it_is(sound):
    names = {name for (name,) in ask(sound, "SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert names >= TABLES
    assert ask(sound, "PRAGMA application_id") == [(soundness.APPLICATION_ID,)]
    assert ask(sound, "PRAGMA user_version") == [(len(migrations.names()),)]
    assert ask(sound, "PRAGMA journal_mode") == [("wal",)]


def test_a_new_store_is_its_owners_alone(sound):
    assert stat.S_IMODE(sound.stat().st_mode) == 0o600
    assert stat.S_IMODE(sound.with_name("rolecall.db.lock").stat().st_mode) == 0o600


def test_a_connection_waits_for_others_and_keeps_what_it_committed(path):
    with Store.open(path) as store:
        asked = {
            name: store._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("foreign_keys", "synchronous", "busy_timeout")
        }
    assert asked == {"foreign_keys": 1, "synchronous": 2, "busy_timeout": 30_000}


def test_a_killed_making_is_simply_made_again(path):
    path.with_name("rolecall.db.new").write_bytes(b"half a sto")
    path.with_name("rolecall.db.new-journal").write_bytes(b"?")
    with Store.open(path) as store:
        assert store.status() == []
    assert {entry.name for entry in path.parent.iterdir()} == {"rolecall.db", "rolecall.db.lock"}


def test_a_store_in_a_folder_with_odd_letters_is_found_again(tmp_path):
    folder = tmp_path / "100% ?#ü"
    folder.mkdir()
    for _ in range(2):
        Store.open(folder / "a b.db").close()
    assert (folder / "a b.db").stat().st_size > 0


def test_a_missing_folder_is_not_made(tmp_path):
    with pytest.raises(StoreError, match="does not exist"):
        Store.open(tmp_path / "none" / "rolecall.db")
    assert list(tmp_path.iterdir()) == []


def test_a_reader_makes_no_store(path):
    assert "no store here" in refusal(path, readonly=True)


def test_an_empty_file_is_no_new_store(path):
    path.touch()
    assert "empty" in refusal(path)


@pytest.mark.parametrize("content", [b"id,title\n1,Cook\n", b"SQLite", b"\0" * 5000])
def test_another_kind_of_file_is_refused(path, content):
    path.write_bytes(content)
    assert refusal(path)


def test_a_folder_is_refused(path):
    path.mkdir()
    assert refusal(path)


def test_the_database_of_another_program_is_refused(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE sources (id)")
        connection.commit()
    assert "another program" in refusal(path)


def test_a_newer_store_is_refused_with_the_way_out(sound):
    with closing(sqlite3.connect(sound)) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('rolecall', 'm999_telepathy', '2031')"
        )
        connection.commit()
    assert "upgrade" in refusal(sound)


def test_a_cut_store_is_refused(sound):
    size = sound.stat().st_size
    for kept in (50, 100, 4096, size // 2, size - 1):
        cut = sound.with_name(f"cut{kept}.db")
        cut.write_bytes(sound.read_bytes()[:kept])
        assert refusal(cut)


@pytest.mark.slow
@pytest.mark.parametrize("page", range(1, 12, 2))
def test_a_store_with_an_overwritten_page_is_refused(sound, page):
    content = bytearray(sound.read_bytes())
    content[page * 4096 : page * 4096 + 4096] = b"\xa5" * 4096
    sound.write_bytes(content)
    assert "damaged" in refusal(sound)


def test_a_large_damaged_store_is_refused_by_its_schema(sound, monkeypatch):
    monkeypatch.setattr(soundness, "_CHECKED", 1)
    Store.open(sound).close()
    content = bytearray(sound.read_bytes())
    content[100:2000] = b"\xa5" * 1900
    sound.write_bytes(content)
    assert refusal(sound)


def test_a_store_copied_in_rollback_mode_goes_on_in_wal_mode(sound, tmp_path):
    copy = tmp_path / "copy.db"
    ask(sound, f"VACUUM INTO '{copy}'")
    with Store.open(copy) as store:
        assert len(store.standing("harbor").known) == 50
    assert ask(copy, "PRAGMA journal_mode") == [("wal",)]


def test_what_a_killed_writer_committed_is_read_from_its_log(sound, tmp_path):
    elsewhere = tmp_path / "after"
    elsewhere.mkdir()
    with Store.open(sound) as store:
        store.record(crawl(1, posting("late")), judge)
        for end in ("", "-wal"):
            shutil.copy(f"{sound}{end}", elsewhere)
    with Store.open(elsewhere / sound.name) as store:
        assert "late" in store.standing("harbor").known


@pytest.fixture
def newer(sound, monkeypatch):
    """Give this version one more step than the store at ``sound`` has."""
    assert sound.exists()
    grown = steps(*migrations.names(), onto=monkeypatch)

    @grown()
    def m900_note(db):
        db.conn.execute("CREATE TABLE note (words TEXT) STRICT")

    return grown


def steps(*names, onto):
    """Let this version know only some of its steps."""
    some = migrations.Steps()
    for name in sorted(names):
        some()(getattr(migrations, name))
    onto.setattr(migrations, "migrations", some)
    onto.setattr(database, "migrations", some)
    return some


@pytest.mark.usefixtures("newer")
def test_an_older_store_is_brought_up_to_date_once(sound):
    for _ in range(2):
        with Store.open(sound) as store:
            assert len(store.standing("harbor").known) == 50
    assert ask(sound, "PRAGMA user_version") == [(len(migrations.names()),)]
    assert ask(sound, "SELECT count(*) FROM note") == [(0,)]
    (copy,) = sound.parent.glob(f"rolecall-before-v{len(migrations.names())}-*.db")
    assert ask(copy, "PRAGMA user_version") == [(len(migrations.names()) - 1,)]
    assert ask(copy, "SELECT count(*) FROM postings") == [(50,)]


@pytest.mark.usefixtures("newer")
def test_a_store_that_cannot_be_copied_is_not_brought_up_to_date(sound, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(backups, "_flush", full)
    assert "the copy could not be made (No space left on device)" in refusal(sound, begins=False)
    assert ask(sound, "PRAGMA user_version") == [(len(migrations.names()) - 1,)]


def test_a_store_whose_log_alone_is_left_is_not_made_anew(sound):
    with Store.open(sound) as store:
        store.record(crawl(1, posting("late")), judge)
        sound.unlink()
        log = sound.with_name("rolecall.db-wal")
        assert log.stat().st_size
        assert "is gone, but its write-ahead log" in refusal(sound)
        assert not sound.exists()


FIRST = """
    INSERT INTO sources (id, kind, board, options, address, first_seen, baseline_at)
        VALUES ('harbor', 'greenhouse', 'harborline', '{}', :address, :at, :at);
    INSERT INTO crawls VALUES (1, 'harbor', :at, :at, 'complete', '[]', 1, NULL, '{}', NULL, 1, 1);
    INSERT INTO snapshots VALUES ('h', '{"id":"a","title":"Sexton"}', 1, :at);
    INSERT INTO postings VALUES (1, 'harbor', 'a', 'Sexton', NULL, NULL, 'open', :at, :at, NULL, 0, 0,
        NULL, NULL, 0, NULL, 'h', 1, 'page', 'row', :at);
    INSERT INTO posting_index (rowid, title) VALUES (1, 'Sexton');
    INSERT INTO revisions VALUES (1, 1, :at, 'h', 1)"""


TRAITS = "SELECT trait, v.value FROM traits t JOIN trait_values v ON v.id = t.value ORDER BY 1"


def test_a_store_of_the_first_version_goes_on(path, monkeypatch):
    at = rows.text_of_instant(START)
    with monkeypatch.context() as then:
        steps("m001_store", onto=then)
        Store.open(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in FIRST.split(";"):
            connection.execute(statement, {"at": at, "address": rows.address(HARBOR)})
    with Store.open(path) as store:
        row = store.recall("harbor").rows["a"]
        assert (row.hash, row.extractor) == ("row", 1)
        assert store.standing("harbor").known["a"].posting.title == "Sexton"
        assert ask(path, TRAITS) == [("employer", "harborline"), ("source", "harbor")]
        store.record(crawl(1, posting("a"), posting("b")), judge)
        assert [known.posting.id for known in store.search("sexton")] == []
    assert ask(path, "SELECT count(*) FROM revisions") == [(3,)]


def test_a_store_of_the_first_version_is_brought_up_to_date_with_all_it_holds(path, monkeypatch):
    with monkeypatch.context() as then:
        steps("m001_store", onto=then)
        Store.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO sources (id, kind, options, address, first_seen)"
            " VALUES ('harbor', 'greenhouse', '{}', 'x', '2026-01-01T00:00:00+00:00')"
        )
        connection.commit()
    with Store.open(path) as store:
        (row,) = store.status()
        assert (row["source"], row["quarantined_at"]) == ("harbor", None)
    assert len(list(path.parent.glob("rolecall-before-*.db"))) == 1


WAITING = """
    INSERT INTO searches VALUES ('mine', 'Mine', 0, 0, 0, :at);
    INSERT INTO digests VALUES (1, 'mine', '2026-11-24', NULL, :at, 0, 0, '{}', :at);
    INSERT INTO outbox VALUES (1, 1, 'a@reader.example', '<1@x>', 's', x'6d', 't', 'h', 'pending', 0,
        :at, NULL, NULL, NULL)"""


def test_what_waited_in_an_older_store_leaves_by_mail(path, monkeypatch):
    with monkeypatch.context() as then:
        steps("m001_store", onto=then)
        Store.open(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in WAITING.split(";"):
            connection.execute(statement, {"at": rows.text_of_instant(START)})
    with Store.open(path) as store:
        (waiting,) = store.undelivered()
    assert (waiting.letter.channel, waiting.letter.door) == ("mail", "mail")


def test_a_store_from_before_readers_could_leave_goes_on(path, monkeypatch):
    with monkeypatch.context() as then:
        steps(
            "m001_store", "m002_links", "m003_page", "m004_quarantine", "m005_channels", onto=then
        )
        Store.open(path).close()
    at = rows.text_of_instant(START)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO searches VALUES ('tides', 'Tides', 0, 0, 0, ?)", (at,))
        connection.execute(
            "INSERT INTO digests VALUES (1, 'tides', '2026-03-02', NULL, ?, 0, 0, '{}', ?)",
            (at, at),
        )
    with Store.open(path) as store:
        assert store.last_period("tides") == ("2026-03-02", START)
        assert store.audience.stops() == []
        assert store.audience.key("tides", "ann@reader.example")
    assert ask(path, "SELECT kind FROM digests") == [("digest",)]
    assert set(ask(path, "SELECT length(value) FROM secrets")) == {(32,)}


def test_letters_of_a_store_from_before_readers_could_subscribe_stay_as_they_were(
    path, monkeypatch
):
    with monkeypatch.context() as then:
        steps(*sorted(migrations.names() - {"m008_selfservice", "m010_told"}), onto=then)
        Store.open(path).close()
    at = rows.text_of_instant(START)
    letter = "1, 7, 'a@b.example', '<x@y>', 'News', x'00ff', 't', 'h', 'pending', 2, ?"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO searches VALUES ('tides', 'Tides', 0, 0, 0, ?)", (at,))
        connection.execute(
            "INSERT INTO digests VALUES (7, 'tides', '1', NULL, ?, 0, 0, '{}', ?, 'digest')",
            (at, at),
        )
        connection.execute(
            f"INSERT INTO outbox VALUES ({letter}, NULL, '421 later', NULL, 'mail')", (at,)
        )
    with Store.open(path) as store:
        (waiting,) = store.undelivered()
        assert (waiting.id, waiting.search, waiting.attempts) == (1, "tides", 2)
        assert (waiting.letter.mime, waiting.last_reply) == (b"\x00\xff", "421 later")
        assert store.claim(START, lease=900).id == 1
    assert ask(path, "PRAGMA foreign_key_check") == []
    assert ask(path, "SELECT name FROM sqlite_schema WHERE name = 'outbox_due'")


def test_a_store_from_before_texts_were_packed_is_packed_by_and_by(path, monkeypatch):
    with monkeypatch.context() as then:
        steps(*sorted(migrations.names() - {"m007_packed"}), onto=then)
        then.setattr(packed, "_READINGS", "CREATE TEMP VIEW readings AS SELECT * FROM snapshots")
        then.setattr(ledger, "keep_snapshots", plainly)
        with Store.open(path) as store:
            for day in range(2):
                store.record(crawl(day, posting("a", body=f"Part {day}. " * 99)), judge)
            before = list(store.events()), store.standing("harbor")
    with Store.open(path) as store:
        assert ask(path, "SELECT count(*) FROM snapshots WHERE packed IS NULL") == [(2,)]
        assert (list(store.events()), store.standing("harbor")) == before
        assert store.upkeep(Retention(), START).all().packed == 1
        assert (list(store.events()), store.standing("harbor")) == before
    assert len(list(path.parent.glob("rolecall-before-*.db"))) == 1


def plainly(connection, fresh):
    connection.executemany("INSERT INTO snapshots VALUES (?, ?, ?, ?)", fresh)


@pytest.mark.usefixtures("newer")
def test_a_reader_does_not_bring_a_store_up_to_date(sound):
    assert "older" in refusal(sound, readonly=True)


def test_a_step_that_fails_leaves_the_store_as_it_was(sound, newer):
    @newer()
    def m901_stumble(db):
        db.conn.execute("CREATE TABLE half (words TEXT)")
        db.conn.execute("CREATE TABLE sources (words TEXT)")

    with pytest.raises(StoreError, match="sources already exists"):
        Store.open(sound)
    names = {name for (name,) in ask(sound, "SELECT name FROM sqlite_schema")}
    assert names.isdisjoint({"half", "note"})


@pytest.mark.usefixtures("newer")
def test_threads_that_bring_a_store_up_to_date_at_once_all_succeed(sound):
    failures = []

    def run():
        try:
            Store.open(sound).close()
        except StoreError as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert ask(sound, "SELECT count(*) FROM _sqlite_migrations") == [(len(migrations.names()),)]


def _open_and_record(path, number):
    with Store.open(path) as store:
        store.record(crawl(number, posting("a")), judge)


@pytest.mark.slow
def test_processes_that_make_a_store_at_once_share_one(path):
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=_open_and_record, args=(path, n)) for n in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * 4
    assert ask(path, "SELECT count(*) FROM crawls") == [(4,)]


def test_a_lock_that_another_run_keeps_is_said_in_words(path, monkeypatch):
    monkeypatch.setattr(database, "BUSY", 0.05)
    with database._locked(path):
        assert "another run" in refusal(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_store_that_may_not_be_written_is_refused(sound):
    sound.chmod(0o400)
    assert "may not write" in refusal(sound)
    sound.chmod(0o600)


def test_what_is_counted_of_visits_is_counted_in_an_older_store_too(path, monkeypatch):
    at = rows.text_of_instant(START)
    with monkeypatch.context() as then:
        steps("m001_store", onto=then)
        Store.open(path).close()
    counts = '{"asked": 7, "answered": 5, "not_modified": 3, "failed": 2, "bytes": 900}'
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in FIRST.replace("'{}', NULL, 1, 1", f"'{counts}', NULL, 1, 1").split(";"):
            given = {"at": at, "address": rows.address(HARBOR)}
            connection.execute(statement, given)
    with Store.open(path) as store:
        more = dataclasses.replace(crawl(1, posting("a")), counts=Counts(4, 4, 0, 0, 100))
        store.record(more, judge)
        store.record(crawl(2, outcome="failed", reasons=("no answer",)), judge)
    found = ask(path, "SELECT outcome, crawls, asked, bytes FROM crawl_totals ORDER BY outcome")
    assert found == [
        ("complete", 2, 11, 1000),
        ("failed", 1, 0, 0),
        ("partial", 0, 0, 0),
        ("unchanged", 0, 0, 0),
    ]
    assert ask(path, "SELECT succeeded_at FROM sources") == [
        (rows.text_of_instant(crawl(1).started),)
    ]
