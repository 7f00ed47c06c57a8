"""Bodies kept by their content: a body that is served twice is stored once, packed with zstd.

Pages of one source are much alike. A folder of bodies may hold dictionaries beside them, named by
their numbers; what was packed with one says which, so every body is readable as long as its
dictionary is there. A dictionary goes when no body is left that was packed with it.
"""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
from typing import TYPE_CHECKING

from crawler import packing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

BODIES = "bodies"
"""The folder beside a source's visits that holds their bodies."""
SUFFIX = ".zst"
NAME = 32
"""Hexadecimal digits of a body's hash that its file is named by."""

_COMMON = ".zdict"
_TRIED = ".tried"
"""How many bodies there were when a dictionary was made, or did not pay."""
_GROWN = 4
_SAMPLES = 200
_SAMPLE = 128 * 1024
_HEADER = 18  # bytes that say which dictionary a body was packed with


def keep(folder: Path, body: bytes) -> str:
    """Store a body under its hash and give the file's name; a known one is not written again."""
    name = f"{hashlib.sha256(body).hexdigest()[:NAME]}{SUFFIX}"
    if not (folder / name).exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / name, packing.pack(body, _newest(folder)))
    return name


def read(path: Path) -> bytes:
    """Give a kept body; raises ``ValueError`` when it, or what it was packed with, is damaged."""
    content = path.read_bytes()
    number = packing.number(content)
    if not number:
        return packing.unpack(content)
    common = path.with_name(f"{number}{_COMMON}")
    try:
        return packing.unpack(content, _dictionary(common, common.stat().st_mtime_ns))
    except FileNotFoundError:
        raise ValueError(f"{common.name}, which it was packed with, is not beside it") from None


def visits(folder: Path) -> dict[str, set[str]]:
    """Give the visits of a source by the names of their folders, with the bodies that each has.

    One whose index cannot be read is none of them: it stays as it is.
    """
    found = {}
    for index in sorted(folder.glob("*/index.json")):
        try:
            exchanges = json.loads(index.read_text(encoding="utf-8"))["exchanges"]
            paths = [str(one["body"]) for one in exchanges if one.get("body")]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
        found[index.parent.name] = {path.rpartition("/")[2].partition(".")[0] for path in paths}
    return found


def let_go(folder: Path, doomed: Iterable[str]) -> int:
    """Delete visits of a source, then the bodies that none has any more; give their bytes.

    The index of a visit goes first, so one that is half deleted is no visit. While there is an
    index that cannot be read, every body stays.
    """
    for name in doomed:
        (folder / name / "index.json").unlink()
        shutil.rmtree(folder / name)
    left = visits(folder)
    if len(left) < sum(1 for _ in folder.glob("*/index.json")):
        return 0
    wanted = {body for bodies in left.values() for body in bodies}
    loose = [path for path in _bodies(folder / BODIES) if path.stem not in wanted]
    freed = sum(path.stat().st_size for path in loose)
    for path in loose:
        path.unlink()
    return freed


def learn(folder: Path) -> bool:
    """Make a dictionary of a folder of bodies, where there is none for so many and one pays."""
    bodies = _bodies(folder)
    tried = folder / _TRIED
    known = int(tried.read_text()) if tried.exists() else 0
    if not bodies or len(bodies) < _GROWN * known:
        return False
    some = bodies[:: max(len(bodies) // _SAMPLES, 1)]
    content = packing.train([read(path)[:_SAMPLE] for path in some], len(bodies))
    if content:
        number = packing.dictionary(content).dict_id
        _write(folder / f"{number}{_COMMON}", content)
    _write(tried, str(len(bodies)).encode())
    return content is not None


def repack(folder: Path) -> int:
    """Pack older bodies with the newest dictionary where that pays; give the bytes spared."""
    newest = _newest(folder)
    if newest is None:
        return 0
    spared, used = 0, {newest.dict_id}
    for path in _bodies(folder):
        number = _number(path)
        if number != newest.dict_id:
            smaller = packing.pack(read(path), newest)
            if (gain := path.stat().st_size - len(smaller)) > 0:
                _write(path, smaller)
                spared, number = spared + gain, newest.dict_id
        used.add(number)
    for path in folder.glob(f"*{_COMMON}"):
        if int(path.stem) not in used:
            path.unlink()
    return spared


def _bodies(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"[!.]*{SUFFIX}"))


def _number(path: Path) -> int:
    with path.open("rb") as file:
        return packing.number(file.read(_HEADER))


def _newest(folder: Path) -> packing.Dictionary | None:
    found = [(path.stat().st_mtime_ns, path) for path in folder.glob(f"*{_COMMON}")]
    return _dictionary(max(found)[1], max(found)[0]) if found else None


@functools.lru_cache(maxsize=16)
def _dictionary(path: Path, _moment: int) -> packing.Dictionary:
    return packing.dictionary(path.read_bytes())


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(content)
    draft.replace(path)
