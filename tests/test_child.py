"""The child process of a sweep, seen from the folder somebody happens to stand in."""

import subprocess
import sys
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent.parent / "fixtures"

pytestmark = pytest.mark.slow


def test_a_module_in_the_current_folder_is_not_run(tmp_path):
    trap = tmp_path / "crawler"
    trap.mkdir()
    (trap / "__init__.py").write_text("raise SystemExit('the trap was sprung')")
    done = subprocess.run(
        [Path(sys.executable).with_name("rolecall"), "replay", FIXTURES / "quarry", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "trap" not in done.stderr
    assert (done.returncode, '"crawl": "complete"' in done.stdout) == (0, True), done.stderr
