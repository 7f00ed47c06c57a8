"""What is installed: a wheel that carries its templates and runs from any folder."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RENDERED = """
from datetime import UTC, datetime
from monitor.digest import Pending, compose
from monitor.render import render
from monitor.search import Search
now = datetime(2026, 11, 2, 7, tzinfo=UTC)
digest = compose(Search("s", "Lamps"), Pending("s", None, now, 0, 0), now=now)
letter = render(digest, "ann@reader.example", "roles@rolecall.example")
import monitor
print(monitor.__file__)
print(letter.subject)
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_holds_the_packages_the_templates_and_the_command(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (points,) = (name for name in names if name.endswith("entry_points.txt"))
        assert "rolecall = monitor.cli:main" in archive.read(points).decode()
    shipped = {str(path.relative_to(ROOT / "templates")) for path in ROOT.glob("templates/*/*")}
    assert {f"monitor/_templates/{name}" for name in shipped} <= names
    assert {"crawler/py.typed", "monitor/py.typed", "crawler/spiders/greenhouse.py"} <= names
    assert not any(name.startswith(("tests/", "fixtures/", "benchmarks/")) for name in names)


def test_an_installed_wheel_renders_a_letter_from_any_folder(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", RENDERED],
        cwd=elsewhere,
        env={"PYTHONPATH": str(tmp_path / "installed"), "PATH": ""},
        check=True,
        capture_output=True,
        text=True,
    )
    where, subject = done.stdout.splitlines()
    assert where.startswith(str(tmp_path)), "the checkout was used, not what was installed"
    assert "Lamps" in subject
