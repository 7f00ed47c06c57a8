import pytest

from crawler.items import Shortfall, Total
from crawler.pages import paging


@pytest.mark.parametrize(
    ("entries", "offset", "total", "first", "said"),
    [
        ([{"id": 1}], 0, 1, None, [Total(1)]),
        ([], 0, 0, None, [Total(0)]),
        ([{"id": 1}], 0, 31, None, [Total(30), Shortfall("the list shows 30 of 31 postings")]),
        ([], 0, 4, None, [Total(4), Shortfall("the list is empty at offset 0 of 4")]),
        (None, 10, 12, "1", [Shortfall("the list is empty at offset 10 of 12")]),
        ([{"id": "1"}], 10, 12, "1", [Shortfall("the list begins again at offset 10 of 12")]),
        ([{"id": 11}], 10, 12, "1", []),
    ],
)
def test_a_page_says_what_the_list_states_and_where_it_breaks(entries, offset, total, first, said):
    assert list(paging.notes(paging.sheet(entries, "id", offset, total, first), 30)) == said


def test_a_page_whose_first_row_has_no_id_still_follows():
    assert paging.sheet([{}, {"id": 2}], "id", 10, 12, "1").follows
