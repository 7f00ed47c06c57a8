"""The slate that a child writes on and its parent reads."""

import multiprocessing
from copy import deepcopy

from crawler.slate import SIZE, Slate

URL = "https://acme.example/jobs/1"


def test_the_page_being_parsed_stands_there_until_it_is_wiped_off():
    slate = Slate()
    assert slate.read() is None
    slate.write("acme", f"{URL}?a long one")
    slate.write("acme", URL)
    assert slate.read() == ("acme", URL)
    slate.wipe()
    assert slate.read() is None


def test_of_a_long_address_the_beginning_is_kept_and_odd_letters_cost_nothing():
    slate = Slate()
    slate.write("acme", URL + "é" * SIZE)
    source, url = slate.read()
    assert (source, url[: len(URL) + 1]) == ("acme", f"{URL}é")
    assert SIZE // 2 < len(url) < SIZE
    slate.write("acme", "https://acme.example/\udcff")
    assert slate.read() == ("acme", "https://acme.example/?")


def test_two_slates_over_the_same_memory_show_the_same_also_a_copy_in_settings():
    shared = multiprocessing.get_context("forkserver").RawArray("c", SIZE)
    ours, theirs = Slate(shared), Slate(shared)
    deepcopy({"ROLECALL_SLATE": theirs})["ROLECALL_SLATE"].write("acme", URL)
    assert ours.read() == ("acme", URL)
