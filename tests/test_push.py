"""A line by a real Apprise to a real server: taken or not, and nothing said of where it went."""

from __future__ import annotations

import builtins
import json
import logging

import pytest
from http_server import HttpServer
from mail_server import unused_port

from crawler.addresses import allowed
from monitor.doors import TemporaryError, UnreachableError
from monitor.push import Push, line, service_of
from monitor.store import Letter


def letter(content):
    return Letter("phone", "<1@rolls.example>", "2 new", content, "", "", channel="push")


LETTER = letter(line("mine", "2 new: Work by the water (24 Nov)", "https://rolls.example/"))


@pytest.fixture
def server():
    with HttpServer() as made:
        yield made


def door(port, host="127.0.0.1"):
    return Push(
        service_of(f"json://hush:hush@{host}:{port}/hush"), allowed([f"127.0.0.1/32:{port}"])
    )


def test_a_line_is_the_subject_and_the_link(server):
    assert door(server.port).send(LETTER) == "taken"
    ((path, _, body),) = server.received
    said = json.loads(body)
    assert path == "/hush"
    assert said["title"] == "2 new: Work by the water (24 Nov)"
    assert said["message"] == "https://rolls.example/"


def test_without_a_page_the_line_is_the_subject_alone():
    assert json.loads(line("mine", "2 new", ""))["body"] == "2 new"


@pytest.mark.parametrize("status", [(302, {"Location": "/other"}), 404, 500])
def test_a_line_that_is_not_taken_is_tried_again_and_nothing_is_said_of_where(
    server, status, caplog, capfd
):
    server.script = [status]
    caplog.set_level(logging.DEBUG)
    with pytest.raises(TemporaryError) as found:
        door(server.port).send(LETTER)
    assert str(found.value) == "the service did not take it"
    assert len(server.received) == 1
    said = capfd.readouterr()
    assert "hush" not in caplog.text + said.out + said.err


def test_a_service_that_is_not_there_takes_nothing():
    with pytest.raises(TemporaryError):
        door(unused_port()).send(LETTER)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_service_at_a_private_address_is_dialled_only_when_the_allow_list_names_it(server, host):
    with pytest.raises(UnreachableError, match="not a public one") as found:
        Push(service_of(f"json://{host}:{server.port}/hush")).send(LETTER)
    assert host not in str(found.value)
    assert server.received == []
    assert door(server.port).send(LETTER) == "taken"


def test_no_proxy_of_the_environment_carries_a_push(server, monkeypatch):
    with HttpServer() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert door(server.port).send(LETTER) == "taken"
        assert proxy.received == []
    assert len(server.received) == 1


@pytest.mark.parametrize(
    "address", ["hush", "", "json://a.example/hush, json://b.example/hush", "hush://x/y"]
)
def test_what_is_not_one_address_is_refused_and_not_repeated(address):
    with pytest.raises(ValueError, match="not one address that Apprise knows") as found:
        service_of(address)
    assert "hush" not in str(found.value)


def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch):
    real = builtins.__import__

    def missing(name, *arguments, **options):
        if name == "apprise":
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ValueError, match=r"Apprise is missing; `pip install 'rolecall\[push\]'`"):
        service_of("json://a.example/")


def test_logging_is_as_it_was_afterwards(server):
    door(server.port).send(LETTER)
    assert logging.root.manager.disable == logging.NOTSET
    assert "hush" not in repr(door(server.port))
