"""``make audit``, with an auditor that answers as a test says: it asks nobody."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KNOWN = 'echo \'{"dependencies": [{"name": "a", "vulns": [{"id": "X-1"}]}]}\' > build/audit.json\n'

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("make") is None, reason="no make here"),
]


def audit(folder, script=None):
    """Run the target in a folder of its own; the auditor is a script, or is not there."""
    (folder / "bin").mkdir()
    (folder / "constraints.txt").write_text("a==1\n")
    if script is not None:
        path = folder / "bin" / "pip-audit"
        path.write_text(f"#!/bin/sh\necho $* > build/asked\n{script}")
        path.chmod(0o755)
    path = f"{folder / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"
    ready = ("VENV=venv", "READY=constraints.txt")
    return subprocess.run(
        ["make", "-f", ROOT / "Makefile", "--assume-old=constraints.txt", *ready, "audit"],
        cwd=folder,
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_audit_that_finds_nothing_says_so_and_has_looked_at_every_pin(tmp_path):
    said = audit(tmp_path, "echo '{}' > build/audit.json\n")
    assert (said.returncode, said.stdout) == (0, "audit: no known weakness in constraints.txt\n")
    assert "--requirement constraints.txt --no-deps" in (tmp_path / "build/asked").read_text()


def test_a_known_weakness_fails(tmp_path):
    said = audit(tmp_path, f"{KNOWN}echo 'Found 1 known vulnerability' >&2\nexit 1\n")
    assert said.returncode != 0
    assert "Found 1 known vulnerability" in said.stdout
    assert "X-1" in said.stdout


def test_a_service_that_cannot_be_asked_is_said_and_fails_nothing(tmp_path):
    said = audit(tmp_path, "echo 'no route to the service' >&2\nexit 1\n")
    assert said.returncode == 0
    assert said.stdout == "no audit: its service could not be asked: no route to the service\n"


def test_an_auditor_that_is_not_there_is_said_and_fails_nothing(tmp_path):
    said = audit(tmp_path)
    assert (said.returncode, said.stdout.split(":")[0]) == (0, "no audit")
