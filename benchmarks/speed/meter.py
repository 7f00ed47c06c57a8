"""What a command costs, with everything it starts: CPU, time and memory. Linux only.

``measure`` runs it under a supervisor, which the kernel makes the parent of whatever loses its own
(``PR_SET_CHILD_SUBREAPER``). So the CPU of a process is counted even where its parent left first,
as that of a fork server does. The supervisor's own CPU is not counted.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SUBREAPER = 36
TICK = 0.02
SAMPLED = 0.5
"""Seconds between two looks at memory."""
LINGERING = 10.0
"""Seconds after the command's end in which whatever it started must have ended."""


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of all processes, seconds until the command ended, its exit code.

    ``largest`` is the resident memory of the largest process at its peak; ``together`` that of all
    of them, what they share counted once, as seen twice a second; both in MB.
    """

    cpu: float
    wall: float
    code: int
    largest: float
    together: float
    out: str = ""


def measure(
    command: Iterable[object],
    *,
    folder: Path,
    environment: Mapping[str, str] | None = None,
) -> Cost:
    """Run a command in a folder and give its cost; its output is kept beside it."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as told:
        words = [sys.executable, "-I", __file__, told.name, *map(str, command)]
        with (folder / "out.txt").open("w") as out, (folder / "err.txt").open("w") as err:
            full = os.environ | dict(environment or {})
            subprocess.run(words, cwd=folder, stdout=out, stderr=err, env=full, check=True)
        cost = Cost(**json.load(told))
    return Cost(cost.cpu, cost.wall, cost.code, cost.largest, cost.together, _tail(folder))


def _tail(folder: Path) -> str:
    return (folder / "out.txt").read_text(errors="replace")


def supervise(command: Sequence[str]) -> Cost:
    """Run a command and reap everything that it leaves behind."""
    if ctypes.CDLL(None, use_errno=True).prctl(SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel knows no subreaper")
    begun = looked = time.monotonic()
    main = subprocess.Popen(command)
    cpu = largest = together = wall = 0.0
    code, ended = 0, None
    while True:
        try:
            pid, status, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return Cost(round(cpu, 4), round(wall, 3), code, largest, together)
        now = time.monotonic()
        if pid:
            cpu += used.ru_utime + used.ru_stime
            largest = max(largest, used.ru_maxrss / 1000)
            if pid == main.pid:
                code, wall, ended = os.waitstatus_to_exitcode(status), now - begun, now
            continue
        if now - looked > SAMPLED:
            together, looked = max(together, sum(map(_shared_once, _tree(os.getpid())))), now
        if ended is not None and now - ended > LINGERING:
            raise TimeoutError(f"{command[0]} left processes behind: {_tree(os.getpid())}")
        time.sleep(TICK)


def _tree(pid: int) -> list[int]:
    """Give all descendants of a process."""
    found = []
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found += [int(child), *_tree(int(child))]
    return found


def _shared_once(pid: int) -> float:
    """Give the proportional memory of a process in MB: what n processes share counts 1/n each."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1000
    return 0.0


if __name__ == "__main__":
    found = supervise(sys.argv[2:])
    Path(sys.argv[1]).write_text(
        json.dumps(
            {
                "cpu": found.cpu,
                "wall": found.wall,
                "code": found.code,
                "largest": found.largest,
                "together": found.together,
            }
        )
    )
