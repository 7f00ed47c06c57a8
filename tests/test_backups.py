from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from calling import call
from judging import crawl, judge, posting

from monitor import backups, lock
from monitor.search import Search
from monitor.store import Letter, Store, StoreError

NOW = datetime(2026, 11, 24, 12, 30, 15, tzinfo=UTC)
SEARCH = Search(id="mine", name="Mine", to=("ann@reader.example",))


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "rolecall.db"
    record(made, 0, "a", "b")
    return made


@pytest.fixture
def file(path, monkeypatch):
    """Give the configuration of the folder, which is the current one."""
    monkeypatch.chdir(path.parent)
    (path.parent / "rolecall.toml").write_text("")
    return path.with_name("rolecall.toml")


def record(path, day, *names):
    with Store.open(path) as store:
        store.record(crawl(day, *map(posting, names)), judge)


def known(path):
    with Store.open(path, readonly=True) as store:
        return set(store.standing("harbor").known)


def beside(path):
    """Give what lies there; a reader of a file in WAL mode leaves a lock and an empty log."""
    return sorted(
        entry.name
        for entry in path.parent.iterdir()
        if not entry.name.endswith((".lock", "-shm")) and entry.stat().st_size
    )


def damage(path):
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 5] = b"\xa5" * 8192
    path.write_bytes(content)


def decided(path, message_id="<1@rolecall.example>"):
    """Let a digest be decided whose letter waits."""
    letter = Letter("ann@reader.example", message_id, "News", b"mime", "text", "<p>")
    with Store.open(path) as store:
        pending = store.pending(SEARCH, NOW)
        store.decide(SEARCH, "2026-11-24", pending, [letter], {}, NOW)


def test_a_copy_is_one_private_file_that_holds_the_same_and_can_be_opened(path):
    target = path.with_name("copy.db")
    made = backups.copy(path, target)
    assert (made.path, made.rows["postings"], made.rows["crawls"]) == (target, 2, 1)
    assert made.bytes == target.stat().st_size > 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert beside(path) == ["copy.db", "rolecall.db"]
    assert known(target) == {"a", "b"}


def test_a_copy_holds_what_stands_only_in_the_log_and_nothing_that_is_not_committed(path):
    with Store.open(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        store.record(crawl(1, posting("a"), posting("late")), judge)
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE postings SET title = 'half done'")
        made = backups.copy(path, path.with_name("copy.db"))
        other.execute("ROLLBACK")
    with Store.open(made.path) as store:
        assert set(store.standing("harbor").known) == {"a", "b", "late"}
        assert "half done" not in {each.posting.title for each in store.search("engineer")}


def test_a_file_that_is_there_is_replaced_only_on_demand_and_the_store_never(path):
    target = path.with_name("copy.db")
    target.write_bytes(b"dear")
    with pytest.raises(StoreError, match="is there already"):
        backups.copy(path, target)
    assert target.read_bytes() == b"dear"
    backups.copy(path, target, replace=True)
    assert known(target) == {"a", "b"}
    with pytest.raises(StoreError, match="is there already"):
        backups.copy(path, path, replace=True)
    with pytest.raises(StoreError, match="does not exist"):
        backups.copy(path, path.parent / "none" / "copy.db")


def test_of_a_damaged_store_no_copy_is_made_whatever_its_size(path, monkeypatch):
    record(path, 1, *(f"p{n}" for n in range(60)))
    monkeypatch.setattr("monitor.soundness._CHECKED", 1)
    damage(path)
    with pytest.raises(StoreError, match="damaged"):
        backups.copy(path, path.with_name("copy.db"))
    assert beside(path) == ["rolecall.db"]


def test_a_row_that_names_what_is_not_there_is_damage_too(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM crawls")
        connection.commit()
    with pytest.raises(StoreError, match="revisions names one of crawls that is none"):
        backups.copy(path, path.with_name("copy.db"))


@pytest.mark.parametrize("end", ["no space", "died"])
def test_a_copy_that_is_not_proven_never_has_its_name(path, monkeypatch, end):
    def failing(_):
        raise (
            sqlite3.OperationalError("disk I/O error")
            if end == "died"
            else OSError(28, "No space left on device")
        )

    monkeypatch.setattr(backups, "_complaint", failing)
    words = {"no space": "No space left on device", "died": "disk I/O error"}[end]
    with pytest.raises(
        StoreError, match=f"could not be made \\({words}\\); the store is as it was"
    ):
        backups.copy(path, path.with_name("copy.db"))
    assert beside(path) == ["rolecall.db"]


def test_the_newest_copies_are_kept_and_no_other_file_is_touched(path):
    folder = path.parent / "backups"
    folder.mkdir()
    for name in ("mine.db", "rolecall-replaced-20260101T000000Z.db", "harbor-20260101T000000Z.db"):
        (folder / name).touch()
    for day in range(4):
        backups.copy(path, folder / backups.dated(path, NOW + timedelta(days=day)))
    assert [gone.name for gone in backups.thin(path, folder, 2)] == [
        "rolecall-20261124T123015Z.db",
        "rolecall-20261125T123015Z.db",
    ]
    assert backups.thin(path, folder, 2) == []
    assert len(list(folder.iterdir())) == 5


def test_a_restored_copy_takes_the_place_of_the_store_which_is_kept(path):
    copy = backups.copy(path, path.with_name("copy.db")).path
    record(path, 1, "a", "later")
    done = backups.restore(copy, path, NOW)
    assert (done.copy.path, done.copy.rows["postings"], done.waiting) == (path, 2, 0)
    assert done.aside == path.with_name("rolecall-replaced-20261124T123015Z.db")
    assert beside(path) == ["copy.db", "rolecall-replaced-20261124T123015Z.db", "rolecall.db"]
    assert known(path) == {"a", "b"}
    assert known(done.aside) == {"a", "b", "later"}


def test_a_damaged_store_and_its_log_are_kept_byte_for_byte(path):
    copy = backups.copy(path, path.with_name("copy.db")).path
    record(path, 1, *(f"p{n}" for n in range(60)))
    damage(path)
    path.with_name("rolecall.db-wal").write_bytes(b"the log of a lost time")
    before = path.read_bytes()
    aside = backups.restore(copy, path, NOW).aside
    assert aside.read_bytes() == before
    assert aside.with_name(f"{aside.name}-wal").read_bytes() == b"the log of a lost time"
    assert known(path) == {"a", "b"}
    assert not path.with_name("rolecall.db-wal").exists()


def test_a_store_that_is_gone_is_put_back(path):
    copy = backups.copy(path, path.with_name("copy.db")).path
    path.unlink()
    assert backups.restore(copy, path, NOW).aside is None
    assert known(path) == {"a", "b"}


@pytest.mark.parametrize("content", [b"", b"not a store at all" * 9, None])
def test_what_is_no_sound_copy_replaces_nothing(path, content):
    copy = backups.copy(path, path.with_name("copy.db")).path
    if content is None:
        record(path, 1, *(f"p{n}" for n in range(60)))
        copy = backups.copy(path, path.with_name("copy2.db")).path
        damage(copy)
    else:
        copy.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(StoreError) as refused:
        backups.restore(copy, path, NOW)
    words = str(refused.value)
    assert words.startswith(f"{copy}: is ")
    assert words.endswith("; name another backup. The store is as it was.")
    assert path.read_bytes() == before
    assert not [name for name in beside(path) if "replaced" in name or "restoring" in name]


def test_a_store_that_another_program_has_open_is_not_replaced(path, monkeypatch):
    monkeypatch.setattr(backups, "_PATIENCE", 0.05)
    copy = backups.copy(path, path.with_name("copy.db")).path
    with closing(sqlite3.connect(path)) as other:
        other.execute("SELECT * FROM sources").fetchall()
        with pytest.raises(StoreError, match="another program has it open"):
            backups.restore(copy, path, NOW)
    with pytest.raises(StoreError, match="is the store itself"):
        backups.restore(path, path, NOW)


def test_a_letter_that_left_after_the_copy_does_not_leave_again(path):
    decided(path)
    copy = backups.copy(path, path.with_name("copy.db")).path
    assert backups.restore(copy, path, NOW).waiting == 1
    with Store.open(path) as store:
        store.settle(store.claim(NOW, lease=60), now=NOW, sent=True, reply="250 ok", retry_at=None)
    assert backups.restore(copy, path, NOW + timedelta(seconds=1)).waiting == 0
    with Store.open(path) as store:
        assert store.undelivered() == []


# -- as commands --------------------------------------------------------------------------------


@pytest.mark.usefixtures("file")
def test_backup_without_a_file_fills_the_folder_beside_the_store(path):
    record(path, 1, "a")
    answer = call("backup")
    assert answer.code == 0, answer.err
    (made,) = (path.parent / "backups").iterdir()
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    assert answer.out.startswith(f"{made}: ")
    assert "2 postings, 1 event, version " in answer.out
    assert known(made) == {"a", "b"}
    for name in ("rolecall-20200101T000000Z.db", "rolecall-20200102T000000Z.db"):
        made.rename(made.with_name(name))
        made = made.with_name(name)
        made.with_name("rolecall-20200101T000000Z.db").write_bytes(made.read_bytes())
    answer = call("backup", made.parent, "--keep", "1", "--json")
    (line,) = answer.lines
    assert line["rows"]["postings"] == 2
    assert [entry.name for entry in made.parent.iterdir()] == [Path(line["backup"]).name]
    assert answer.err.count("1 newer ones are kept") == 2


@pytest.mark.usefixtures("file")
def test_backup_and_restore_by_name(path):
    assert call("backup", "copy.db").code == 0
    answer = call("backup", "copy.db")
    assert (answer.code, answer.err) == (
        3,
        "copy.db: is there already; name another file, or say --force.\n",
    )
    assert call("backup", "copy.db", "--force").code == 0
    record(path, 1, "later")
    answer = call("restore", "copy.db")
    assert answer.code == 0, answer.err
    assert answer.out.startswith(f"{path}: ")
    assert "the store that it replaced is " in answer.err
    assert known(path) == {"a", "b"}


@pytest.mark.usefixtures("file")
def test_restore_refuses_in_words_while_a_run_is_under_way_or_nothing_is_there(path):
    call("backup", "copy.db")
    with lock.hold(path):
        assert call("restore", "copy.db").code == 5
    answer = call("restore", "none.db")
    assert (answer.code, answer.err) == (
        3,
        "none.db: there is no such file; name a backup of the store.\n",
    )
    path.unlink()
    assert call("backup").code == 3
    assert not (path.parent / "backups").exists()
    assert call("restore", "copy.db", "--json").lines[0]["replaced"] is None
