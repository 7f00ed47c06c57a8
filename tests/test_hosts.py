from __future__ import annotations

from datetime import timedelta

import pytest
from judging import START

from crawler.gates import Gate
from monitor.store import Store

HOUR = timedelta(hours=1)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "r.db"


def test_what_a_host_asked_for_is_known_to_the_next_run_until_it_is_over(path):
    wait = Gate("boards.example:8443", START + HOUR)
    circuit = Gate("flaky.example", START + HOUR, 2, "HTTP 503")
    with Store.open(path) as store:
        store.hosts.put(wait.host, wait, START)
        store.hosts.put(circuit.host, circuit, START)
    with Store.open(path, readonly=True) as store:
        assert store.hosts.gates(START) == [wait, circuit]
        # A circuit stays until a request has tried its host.
        assert store.hosts.gates(START + HOUR) == [circuit]
    with Store.open(path) as store:
        store.hosts.put(circuit.host, None, START)
        assert store.hosts.gates(START) == [wait]
        store.hosts.put("b", Gate("b", START + 2 * HOUR, 0, "\ud800"), START + timedelta(days=8))
        assert [gate.host for gate in store.hosts.gates(START)] == ["b"]


def test_a_gate_replaces_the_one_before(path):
    with Store.open(path) as store:
        for trips in (1, 2):
            store.hosts.put("a", Gate("a", START + trips * HOUR, trips, "HTTP 500"), START)
        assert store.hosts.gates(START) == [Gate("a", START + 2 * HOUR, 2, "HTTP 500")]
