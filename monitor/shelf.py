"""A folder where a search's feed or calendar stands as one file, for a web server or a reader.

The file is drawn anew from everything that was decided, then put in the place of the old one in one
step. So it does not matter how often or in which order letters are delivered, nor that the file was
lost: whoever looks sees a whole file, and the next digest makes it complete again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.doors import keep

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from monitor.store import Letter


@dataclass(frozen=True, slots=True)
class Shelf:
    """A door. ``told`` gives what was decided for a letter's channel of a search, newest first.

    ``draw`` makes the file of that and of the file's name.
    """

    path: Path
    suffix: str
    told: Callable[[str, Letter], Sequence[bytes]]
    draw: Callable[[Sequence[bytes], str], bytes]

    def send(self, letter: Letter) -> str:
        """Draw the file that the letter adds to."""
        search = str(json.loads(letter.mime)["search"])
        name = f"{search}.{self.suffix}"
        keep(self.path / name, self.draw(self.told(search, letter), name))
        return f"written to {self.path / name}"

    def close(self) -> None:
        """Hold nothing open."""
