"""What a figure was measured on: the machine, its load, the versions."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.speed import servers

if TYPE_CHECKING:
    from collections.abc import Iterable

OURS = ("rolecall", "scrapy", "twisted", "lxml")


def described(others: Iterable[Path]) -> dict[str, str]:
    """Give what stays the same during a run."""
    versions = [f"{name} {version(name)}" for name in OURS]
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "versions": ", ".join(versions + [_version(each) for each in others]),
        "server": servers.kind(),
    }


def load() -> str:
    """Give the load of the last minute, five and fifteen minutes."""
    return ", ".join(f"{value:.2f}" for value in os.getloadavg())


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _version(program: Path) -> str:
    """Ask a program of another environment for its version, by that environment's own records."""
    code = "import sys; from importlib.metadata import version; print(version(sys.argv[1]))"
    words = [str(program.with_name("python")), "-c", code, program.name]
    told = subprocess.run(words, capture_output=True, text=True, check=False)
    return f"{program.name} {told.stdout.strip() or 'of unknown version'}"
