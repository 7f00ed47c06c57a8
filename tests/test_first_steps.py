"""The README followed by someone new: an empty folder, its own lines, a site on this machine."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from calling import call
from site_on_loopback import Site, put_careers

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


def lines():
    """Give the arguments of each call in the block "First steps", without its remark."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.partition("## First steps\n\n```sh\n")[2].partition("```")[0]
    found = re.findall(r"^rolecall (.*?)\s*(?:#.*)?$", block, re.MULTILINE)
    return [line.split() for line in found]


@pytest.fixture
def site():
    with Site() as made:
        made.put("/robots.txt", "User-agent: *\nAllow: /\n")
        put_careers(made, "/acme", "/acme/jobs", (4711, 4712))
        yield made


def test_the_first_steps_of_the_readme_lead_to_a_digest_within_a_minute(
    site, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for name in ("ROLECALL_CONFIG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    began = time.monotonic()
    said = []
    for arguments in lines():
        here = [
            re.sub(r"^https://[^/]+(.*?)(/4711)?$", rf"{site.url}\1\2", word) for word in arguments
        ]
        here = [f"{word}-tuner" if word.endswith("/4711") else word for word in here]
        answer = call(*here, answers="reader@tidewater.example\n\nfoghorns\n", terminal=True)
        assert answer.code == 0, answer.err
        said.append(answer.err + answer.out)
        if arguments == ["init"]:
            with (tmp_path / "rolecall.toml").open("a") as file:
                file.write(f'\n[network]\ndelay = 0.1\nallow = ["127.0.0.1/32:{site.port}"]\n')
    took = time.monotonic() - began
    first, added, ran, near = said
    assert first.endswith("wrote rolecall.toml; next: rolecall add LINK\n")
    assert f"careers_page {site.url}/acme" in added
    assert "2 postings, first visit, now watching" in ran
    assert "mine: 2 open now: My roll" in ran
    assert f"digests lie in {tmp_path / 'mail'}" in ran
    assert "Tuner 4712" in near
    (letter,) = (tmp_path / "mail").glob("*.eml")
    assert b"Tuner 4711" in letter.read_bytes()
    assert took < 60


def test_the_lines_that_the_page_looks_for_are_there(monkeypatch):
    monkeypatch.chdir(ROOT)
    page = (ROOT / "docs" / "start.md").read_text(encoding="utf-8")
    arguments, wanted = re.search(
        r"^rolecall (replay .*) \| grep '(.*)'$", page, re.MULTILINE
    ).groups()
    answer = call(*arguments.split())
    assert answer.code == 0
    assert any(wanted in line for line in answer.out.splitlines())
