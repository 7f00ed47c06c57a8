from __future__ import annotations

import pytest
from calling import call

SOURCE = '[[source]]\nid = "a"\nkind = "careers_page"\nurl = "http://10.1.2.3/jobs"\n'
ALLOW = 'contact = "a@b.example"\n[network]\nallow = ["10.1.2.0/24:80", "[fd00::/8]:443"]\n'
WORDS = "private addresses that may be dialled ([network] allow): 10.1.2.0/24:80, [fd00::/8]:443"


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("monitor.sweep.sweep", lambda *_, **__: None)  # nobody is dialled
    return tmp_path / "rolecall.toml"


@pytest.mark.parametrize("command", ["crawl", "run", "status"])
def test_every_report_of_visits_shows_the_private_networks_that_are_allowed(file, command):
    file.write_text(ALLOW + SOURCE)
    assert call(command, terminal=True).err.splitlines().count(WORDS) == 1
    lines = call(command, "--json").lines
    allowed = [line for line in lines if "allow" in line]
    assert allowed == [{"schema_version": 1, "allow": ["10.1.2.0/24:80", "[fd00::/8]:443"]}]


@pytest.mark.parametrize("command", ["crawl", "run", "status"])
def test_nothing_is_said_of_the_network_where_nothing_is_allowed(file, command):
    file.write_text('contact = "a@b.example"\n' + SOURCE)
    assert "allow" not in call(command, terminal=True).err
    assert "allow" not in call(command, "--json").out
