from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_whatever_comes_in_whatever_order_nothing_is_lost_or_told_twice():
    here = Path(__file__).parent
    said = subprocess.run(  # a process of its own: it forks, and this one has threads
        [sys.executable, here / "torture.py", "0.15", "7"],
        env={"PYTHONPATH": f"{here}:{here.parent}:{here.parents[1]}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert "seed 7" in said.stdout
    assert '"kills"' in said.stdout
