"""What the Nu Html Checker says of documents; `make validator` fetches it.

Mails keep three attributes that HTML calls obsolete, on tables that only lay out: Outlook for Windows
draws with Word, which takes the room between cells and the width of a table from nowhere else.
Everything else, warnings as well, is a finding.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

JAR = Path(
    os.environ.get("ROLECALL_VNU", "")
    or Path(__file__).parent.parent / "build/validator/node_modules/vnu-jar/build/dist/vnu.jar"
)
LAYOUT = re.compile(r"The .(?:cellpadding|cellspacing|width). attribute on the .table. element is")


def missing():
    """Say what the checker lacks here, "" when it can be run."""
    if not shutil.which("java"):
        return "needs java"
    return "" if JAR.exists() else "needs the Nu Html Checker: make validator"


def findings(folder, *, mails=()):
    """Give every complaint about the HTML files of a folder, each with its file and place."""
    files = sorted(map(str, folder.rglob("*.html")))
    asked = subprocess.run(
        ["java", "-jar", str(JAR), "--format", "json", "--exit-zero-always", *files],
        capture_output=True,
        text=True,
        check=True,
    )
    found = []
    for message in json.loads(asked.stderr)["messages"]:
        file = Path(message.get("url", "").removeprefix("file:")).name
        laid = LAYOUT.match(message["message"]) and 'role="presentation"' in message["extract"]
        if not (file in mails and laid):
            found.append(f"{file}:{message.get('lastLine')}: {message['message']}")
    return found
