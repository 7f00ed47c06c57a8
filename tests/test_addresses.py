import ipaddress

import pytest

from crawler.addresses import allowed, permitted, public, refusal

PRIVATE = [
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.88.99.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd00::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:100.64.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2001:0:53aa:64c::f5ff:fffe",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_refused_under_every_disguise(address):
    assert not public(ipaddress.ip_address(address))
    assert not permitted(address, 443, ())


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::6810:84e5", "64:ff9b::5db8:d70e"])
def test_a_public_address_may_be_dialled_on_web_ports_only(address):
    assert permitted(address, 80, ())
    assert permitted(address, 443, ())
    assert not permitted(address, 22, ())
    assert not permitted(address, 8080, ())


def test_an_exception_opens_one_network_and_one_port():
    exceptions = allowed(
        ["127.0.0.1/32:8080", "127.0.0.1/32:9090", "[fd00::/8]:8443", "10.0.0.0/8"]
    )
    assert permitted("127.0.0.1", 9090, exceptions)
    assert permitted("127.0.0.1", 8080, exceptions)
    assert not permitted("127.0.0.1", 8081, exceptions)
    assert not permitted("127.0.0.2", 8080, exceptions)
    assert permitted("fd00::5", 8443, exceptions)
    assert permitted("10.9.9.9", 443, exceptions)
    assert not permitted("10.9.9.9", 8080, exceptions)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "ftp://host.example/",
        "gopher://host.example/",
        "data:text/html,x",
        "javascript:alert(1)",
        "https://user:word@host.example/",
        "https://user@host.example/",
        "https://host.example\\@127.0.0.1/",
        "https://host.example/\r\nHost: other",
        "https:///path",
    ],
)
def test_a_link_that_is_not_plain_http_is_refused_before_anything_is_resolved(url):
    assert refusal(url, {})


def test_a_proxy_is_refused():
    assert refusal("https://host.example/", {"proxy": "http://proxy.example:3128"})
    assert refusal("https://host.example/", {}) is None


def test_nonsense_in_place_of_an_address_is_refused():
    assert not permitted("not an address", 443, ())
