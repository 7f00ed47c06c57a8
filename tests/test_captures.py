import hashlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import archive, captures, packing
from crawler.items import Source

MOMENT = datetime(2026, 11, 2, 7, tzinfo=UTC)
SOURCE = Source("acme", "greenhouse", board="acme", options={"match": "path"})


def case(tmp_path, exchanges, match="exact"):
    folder = tmp_path / "acme" / "20261102T070000"
    folder.mkdir(parents=True)
    text = f'id = "acme"\nkind = "greenhouse"\nboard = "acme"\nmatch = "{match}"\n'
    (folder.parent / "source.toml").write_text(text)
    index = {"started": "2026-11-02T07:00:00Z", "exchanges": exchanges}
    (folder / "index.json").write_text(json.dumps(index))
    return captures.load(folder)


def got(url, **extra):
    return {"method": "GET", "url": url, "status": 200, "headers": []} | extra


def test_exchanges_answer_in_recorded_order_and_the_last_one_repeats(tmp_path):
    player = captures.Player(
        case(tmp_path, [got("https://a.example/x", status=429), got("https://a.example/x")])
    )
    answers = [player.answer("GET", "https://a.example/x", b"").status for _ in range(3)]
    assert answers == [429, 200, 200]


def test_what_was_not_recorded_is_an_error_that_names_the_link(tmp_path):
    player = captures.Player(case(tmp_path, []))
    with pytest.raises(captures.NotRecorded, match=r"GET https://a\.example/y"):
        player.answer("GET", "https://a.example/y", b"")


def test_a_robots_txt_that_was_not_recorded_answers_404(tmp_path):
    player = captures.Player(case(tmp_path, []))
    assert player.answer("GET", "https://a.example/robots.txt", b"").status == 404


def test_a_query_in_another_order_is_the_same_request(tmp_path):
    player = captures.Player(case(tmp_path, [got("https://a.example/x?b=2&a=1")]))
    assert player.answer("GET", "https://a.example/x?a=1&b=2", b"").status == 200


def test_only_a_source_that_says_so_matches_by_path_alone(tmp_path):
    recorded = [got("https://a.example/x?content=true")]
    strict = captures.Player(case(tmp_path / "strict", recorded))
    with pytest.raises(captures.NotRecorded):
        strict.answer("GET", "https://a.example/x?other=1", b"")
    loose = captures.Player(case(tmp_path / "loose", recorded, match="path"))
    assert loose.answer("GET", "https://a.example/x?other=1", b"").status == 200


def test_requests_with_other_bodies_are_other_requests(tmp_path):
    recorded = [
        got("https://a.example/x", method="POST", request_body='{"offset":0}', status=200),
        got("https://a.example/x", method="POST", request_body='{"offset":20}', status=204),
    ]
    player = captures.Player(case(tmp_path, recorded))
    assert player.answer("POST", "https://a.example/x", b'{"offset":20}').status == 204


@pytest.mark.parametrize(
    "index", ["", "[]", "{}", '{"started": 5, "exchanges": []}', '{"started": "2026-11-02"}', "\0"]
)
def test_a_damaged_case_is_refused_with_the_name_of_its_file(tmp_path, index):
    folder = tmp_path / "acme" / "20261102T070000"
    folder.mkdir(parents=True)
    (folder.parent / "source.toml").write_text('id = "a"\nkind = "greenhouse"\n')
    (folder / "index.json").write_text(index)
    with pytest.raises(captures.CaptureError, match=r"index\.json"):
        captures.load(folder)


@pytest.mark.parametrize("archived", [False, True])
def test_what_is_recorded_can_be_replayed(tmp_path, archived):
    recorder = captures.Recorder(tmp_path / "acme", MOMENT, archive=archived)
    headers = (("Content-Type", "application/json"),)
    body = '{"é": 1}'.encode()
    recorder.add(captures.Exchange("GET", "https://a.example/x", status=200, headers=headers), body)
    recorder.add(captures.Exchange("GET", "https://a.example/y", error="timeout"))
    recorder.write(SOURCE)
    (found,) = captures.cases(tmp_path)
    assert found.started == MOMENT
    assert found.source.board == "acme"
    player = captures.Player(found)
    assert player.answer("GET", "https://a.example/x", b"").read() == body
    assert player.answer("GET", "https://a.example/y", b"").error == "timeout"


def test_a_source_is_written_as_it_will_be_read(tmp_path):
    options = {"rows": "li.opening", "fields": {"title": "h3 ::text"}, "pages": [1, 2], "ü": True}
    source = Source("a", "listing", url="https://a.example/", options=options)
    captures.write_source(tmp_path, source)
    assert captures.load_source(tmp_path) == source


def test_a_source_table_may_be_copied_from_rolecall_toml(tmp_path):
    table = 'id = "a"\nkind = "lever"\nboard = "acme"\nevery = "6h"\noptions = { region = ".eu" }\n'
    (tmp_path / "source.toml").write_text(table)
    expected = Source("a", "lever", board="acme", options={"region": ".eu"})
    assert captures.load_source(tmp_path) == expected


def test_an_archive_keeps_a_body_once(tmp_path):
    names = {archive.keep(tmp_path, b"the same body" * 100) for _ in range(3)}
    assert len(names) == 1
    assert len(list(tmp_path.iterdir())) == 1


@given(st.binary(max_size=2000))
def test_a_damaged_body_is_a_clear_error_and_never_another_body(noise):
    try:
        packing.unpack(noise)
    except ValueError:
        return
    assert noise[:4] == b"\x28\xb5\x2f\xfd"  # only what really is a zstd frame is unpacked


def test_a_body_cut_short_is_refused(tmp_path):
    name = archive.keep(tmp_path, bytes(range(256)) * 50)
    with pytest.raises(ValueError, match="cut short"):
        packing.unpack((tmp_path / name).read_bytes()[:-3])


def alike(number):
    """Give a page that is mostly what every page of its site is."""
    frame = b"".join(hashlib.sha256(bytes([n])).digest() for n in range(200))
    return frame + b"posting %d " % number * 20


def test_pages_that_are_much_alike_share_a_dictionary(tmp_path):
    names = [archive.keep(tmp_path, alike(number)) for number in range(30)]
    before = sum((tmp_path / name).stat().st_size for name in names)
    assert archive.learn(tmp_path)
    assert not archive.learn(tmp_path)  # there are no more than it was made for
    spared = archive.repack(tmp_path)
    assert before - spared < before / 5
    assert archive.repack(tmp_path) == 0
    late = archive.keep(tmp_path, alike(99))
    assert (tmp_path / late).stat().st_size < 1000
    read = [archive.read(tmp_path / name) for name in (*names, late)]
    assert read == [alike(number) for number in (*range(30), 99)]


def test_pages_that_are_not_alike_have_none(tmp_path):
    for number in range(30):
        archive.keep(tmp_path, hashlib.sha512(bytes([number])).digest() * 2)
    assert not archive.learn(tmp_path)
    assert list(tmp_path.glob("*.zdict")) == []
    assert archive.repack(tmp_path) == 0


def test_a_page_whose_dictionary_is_gone_is_refused_in_words(tmp_path):
    for number in range(30):
        archive.keep(tmp_path, alike(number))
    archive.learn(tmp_path)
    late = tmp_path / archive.keep(tmp_path, alike(99))
    (common,) = tmp_path.glob("*.zdict")
    content = common.read_bytes()
    common.write_bytes(b"no dictionary at all")
    with pytest.raises(ValueError, match="damaged"):
        archive.read(late)
    common.unlink()
    with pytest.raises(ValueError, match=r"\d+\.zdict, which it was packed with, is not beside it"):
        archive.read(late)
    common.write_bytes(content)
    assert archive.read(late) == alike(99)


def archived(folder, *visits):
    """Archive visits that found these pages, a day apart."""
    for day, pages in enumerate(visits, 1):
        started = datetime(2026, 3, day, 7, tzinfo=UTC)
        recorder = captures.Recorder(folder, started, archive=True)
        for page in pages:
            recorder.add(captures.Exchange("GET", "https://a.example/", status=200), page)
        recorder.write(Source("a", "careers_page", url="https://a.example/"))
    return folder


def test_a_visit_goes_with_the_pages_that_no_other_visit_has(tmp_path):
    folder = archived(tmp_path / "a", [b"one", b"two"], [b"two", b"three"], [b"three"])
    assert archive.let_go(folder, ["20260301T070000"]) > 0
    assert [case.started.day for case in captures.cases(folder)] == [2, 3]
    assert [one.read() for one in captures.cases(folder)[0].exchanges] == [b"two", b"three"]
    assert len(list((folder / archive.BODIES).iterdir())) == 2


def test_while_an_index_cannot_be_read_no_page_goes(tmp_path):
    folder = archived(tmp_path / "a", [b"one"], [b"two"])
    (folder / "20260302T070000" / "index.json").write_text("{")
    assert archive.let_go(folder, ["20260301T070000"]) == 0
    assert len(list((folder / archive.BODIES).iterdir())) == 2
