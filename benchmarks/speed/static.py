"""A small static server for where there is no nginx: keep-alive, ETags, 304, one line an answer.

``python -m benchmarks.speed.static FOLDER PORT VALIDATED PLAIN``: addresses with commas between.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TextIO

TYPES = {".xml": "application/xml", ".txt": "text/plain; charset=utf-8"}
WORDS = {200: "OK", 304: "Not Modified", 404: "Not Found"}


class Static:
    """Answers GET with files of ``folder/served/ADDRESS``."""

    def __init__(self, folder: Path, plain: frozenset[str], log: TextIO) -> None:
        self.served, self.plain, self.log = folder / "served", plain, log

    def answer(self, address: str, head: bytes) -> bytes:
        """Give the whole answer to a request's head; a path that leaves the folder is not found."""
        lines = head.decode("latin-1").split("\r\n")
        path = lines[0].split(" ")[1].split("?")[0]
        asked = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
        }
        file = self.served / address / path.lstrip("/")
        if ".." in path or not file.is_file():
            return self._send(address, 404, path, [], b"not found")
        kind = "application/json" if path.startswith("/api") else "text/html; charset=utf-8"
        headers = [f"Content-Type: {TYPES.get(file.suffix, kind)}"]
        if address not in self.plain:
            stat = file.stat()
            tag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
            headers.append(f"ETag: {tag}")
            if asked.get("if-none-match") == tag:
                return self._send(address, 304, path, headers, b"")
        return self._send(address, 200, path, headers, file.read_bytes())

    def _send(self, address: str, status: int, path: str, headers: list[str], body: bytes) -> bytes:
        self.log.write(f"{address} {status} {len(body)} {path}\n")
        length = [] if status == 304 else [f"Content-Length: {len(body)}"]  # noqa: PLR2004
        head = [f"HTTP/1.1 {status} {WORDS[status]}", *headers, *length, "", ""]
        return "\r\n".join(head).encode() + body

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's requests one after another."""
        address = writer.get_extra_info("sockname")[0]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(self.answer(address, head))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def main(folder: Path, port: int, validated: list[str], plain: list[str]) -> None:
    """Serve until the process is ended."""
    with (folder / "answers.log").open("a", buffering=1) as log:
        static = Static(folder, frozenset(plain), log)
        await asyncio.start_server(static.serve, [*validated, *plain], port)
        await asyncio.Event().wait()


if __name__ == "__main__":
    _, place, at, *sides = sys.argv
    asyncio.run(main(Path(place), int(at), *(side.split(",") for side in sides)))
