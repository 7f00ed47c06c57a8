"""Tables in Markdown files, and the curated lists that are made of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.items import Source
from crawler.pages import curated, tables
from crawler.spiders.github_list import address

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SOURCE = Source("list", "github_list", board="someone/internships")
HEAD = "| Company | Role | Location | Application | Age |\n|---|:-:|---|---|---|\n"


def rows(text):
    return [[cell.lines for cell in row] for table in tables.read(text) for row in table.rows]


def cells(cell):
    (row,) = next(tables.read(f"| A | B |\n|---|---|\n| {cell} | x |\n")).rows
    return row[0]


def listed(*lines):
    return curated.read(HEAD + "\n".join(lines), SOURCE, NOW)


@pytest.mark.parametrize(
    ("cell", "lines", "links"),
    [
        ("plain", ("plain",), ()),
        ("**bold** and _slanted_ snake_case", ("bold and slanted snake_case",), ()),
        ("C \\| C++", ("C | C++",), ()),
        ("Rock &amp; Roll", ("Rock & Roll",), ()),
        ("[Role](https://a.example/x_1_y)", ("Role",), ("https://a.example/x_1_y",)),
        ("[a [b]](https://a.example/f(1) 'hint')", ("a [b]",), ("https://a.example/f(1)",)),
        ("[![Apply](i.png)](https://a.example/?a=1&b=2)", (), ("https://a.example/?a=1&b=2",)),
        ("<https://a.example/1>", (), ("https://a.example/1",)),
        ('<a href="https://a.example/1"><img src="i.png"></a>', (), ("https://a.example/1",)),
        ("[call](tel:1)", ("call",), ()),
        ("Oslo</br>Bergen<br/>Remote", ("Oslo", "Bergen", "Remote"), ()),
        ("<details><summary>2 places</summary>Oslo<br>Bergen</details>", ("Oslo", "Bergen"), ()),
    ],
)
def test_a_cell_shows_its_lines_and_its_links(cell, lines, links):
    assert (cells(cell).lines, cells(cell).links) == (lines, links)


@pytest.mark.parametrize("cell", ["~~Gone~~", "<s>Gone</s>", "<del>**Gone**</del>"])
def test_words_that_are_struck_out_are_known_as_such(cell):
    assert cells(cell).struck
    assert cells(cell).lines == ("Gone",)


def test_a_table_ends_at_the_first_line_without_a_bar():
    text = "| A |\n|---|\n| 1 |\n\n| not | a table |\n\nB | C\n-|-\n2 | 3\n"
    assert rows(text) == [[("1",)], [("2",), ("3",)]]


def test_a_table_inside_a_cell_is_not_read_into_the_outer_row():
    text = "<table><tr><th>A</th></tr><tr><td>1<table><tr><th>B</th></tr></table></td></tr></table>"
    assert [table.head for table in tables.read(text)] == [("A",), ("B",)]


def test_an_arrow_is_the_company_of_the_row_above_even_when_that_is_closed():
    found = listed(
        "| **Acme** | Cook | Oslo | 🔒 | 2d |",
        "| ↳ | Baker | Oslo | [Apply](https://acme.example/2) | 2d |",
    )
    assert [(one.organization, one.title) for one in found.postings] == [("Acme", "Baker")]
    assert found.unread == 0


def test_a_lock_beside_a_link_names_what_it_closes():
    found = listed("| Acme | Cook | Oslo | 🔒 [Apply](https://acme.example/1) | 2d |")
    assert [gone.id for gone in found.gone] == ["https://acme.example/1"]
    assert found.postings == ()


def test_two_titles_under_one_link_are_two_postings():
    found = listed(
        "| Acme | Cook | Oslo | [Apply](https://acme.example/careers) | 1d |",
        "| Acme | Baker | Oslo | [Apply](https://acme.example/careers) | 9d |",
    )
    assert {one.title: one.id[:29] for one in found.postings} == {
        "Baker": "https://acme.example/careers",
        "Cook": "https://acme.example/careers#",
    }


def test_the_same_title_under_one_link_is_one_posting_with_both_places():
    found = listed(
        "| Acme | Cook | Oslo | [Apply](https://acme.example/1?utm_source=x) | 1d |",
        "| Acme | Cook | Bergen | [Apply](https://acme.example/1) | 1d |",
    )
    (posting,) = found.postings
    assert [place.name for place in posting.places] == ["Oslo", "Bergen"]


def test_rows_that_all_lost_their_links_are_unread_rather_than_closed():
    assert listed("| Acme | Cook | Oslo | | 1d |", "| Acme | Baker | Oslo | | 1d |").unread == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        ('[{"id": "1", "title": "Coo', "no whole JSON"),
        ('{"message": "Not Found"}', "no list"),
        ("# A list\n\n| Helper | Rows |\n|---|---|\n| Ann | 3 |\n", "no table of postings"),
    ],
)
def test_a_file_that_is_no_list_is_never_an_empty_one(text, words):
    with pytest.raises(ValueError, match=words):
        curated.read(text, SOURCE, NOW)


@pytest.mark.parametrize(
    ("link", "file"),
    [
        ("a/b", "a/b/HEAD/README.md"),
        ("https://github.com/a/b.git", "a/b/HEAD/README.md"),
        ("https://github.com/a/b/tree/dev", "a/b/dev/README.md"),
        ("https://github.com/a/b/blob/main/x/LIST.md#top", "a/b/main/x/LIST.md"),
        ("a/b/blob/dev/.github/scripts/listings", "a/b/dev/.github/scripts/listings.json"),
        ("https://github.com/SimplifyJobs/b", "SimplifyJobs/b/HEAD/.github/scripts/listings.json"),
    ],
)
def test_a_link_to_a_repository_means_its_list(link, file):
    assert address(link) == f"https://raw.githubusercontent.com/{file}"


def test_a_list_on_another_host_is_read_where_it_is():
    assert address("https://lists.example/winter.md") == "https://lists.example/winter.md"


MARKUP = st.lists(
    st.sampled_from(["|", "-", "\n", "[a](", "![", "](b)", "<td>", "<table>", "</br>", "~~", "\\"])
    | st.text(max_size=4),
    max_size=60,
).map("".join)


@settings(max_examples=80, deadline=None)
@given(MARKUP)
def test_no_markup_makes_the_reader_fail(text):
    head = "| Company | Role | Link |\n|---|---|---|\n"
    assert list(tables.read(head + text))
    assert curated.read(head + text, SOURCE, NOW).unread >= 0
