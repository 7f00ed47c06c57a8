"""docs/config.md: every key of rolecall.toml, written from the models that read it."""

from __future__ import annotations

import datetime as dt
import inspect
import json
from typing import TYPE_CHECKING, Any

from monitor.config import TABLES, Config

if TYPE_CHECKING:
    from monitor.tables import Table

_INTRODUCTION = """\
# rolecall.toml

Generated from the program by `rolecall config schema --markdown`; a test holds the two together.

The file is found by `--config FILE`, else `$ROLECALL_CONFIG`, else `./rolecall.toml`. Relative
paths in it are relative to the file. `rolecall config check` names everything that is wrong in it,
with the line. `rolecall config schema` prints its JSON Schema; `rolecall init` puts that beside the
file, and editors that know the `#:schema` line complete and check while you type.

```toml
store = "rolecall.db"
contact = "mailto:reader@example.org"

[delivery]
method = "smtp"
host = "smtp.example.org"
sender = "Rolecall <roles@example.org>"
username = "roles@example.org"
password_env = "ROLECALL_PASSWORD"

[[source]]
id = "acme"
kind = "greenhouse"
board = "acme"
every = "6h"

[[source]]
id = "lumen"
kind = "careers_page"
url = "https://lumen.example/careers"
organization = "Lumen Optics"
every = "1d"

[[search]]
id = "ml"
name = "Machine learning"
to = ["reader@example.org"]
channels = ["shelf"]
any = ["machine learning", "computer vision"]
none = ["unpaid"]
places = ["Zurich", "Remote"]
min_salary = 90000
salary_currency = "CHF"
salary_period = "year"
at = "07:00"
days = ["mon", "wed", "fri"]
zone = "Europe/Zurich"

[[channel]]
id = "shelf"
kind = "atom"
folder = "public"

[network]
allow = ["10.0.0.0/8:443"]
```
"""


def reference() -> str:
    """Give the text of docs/config.md: every key with its default and meaning."""
    parts = [_INTRODUCTION, _section("At the top", Config)]
    for name, model in TABLES.items():
        header = f"[[{name}]]" if name in ("source", "search", "channel") else f"[{name}]"
        parts.append(_section(f"`{header}`", model))
    return "\n".join(parts)


def _section(heading: str, model: type[Table]) -> str:
    """Write one table of the file as a section with a row a key."""
    rows = [
        f"| `{name}` | {_default(field)} | {field.description} |"
        for name, field in model.model_fields.items()
        if field.description
    ]
    head = [f"## {heading}", "", inspect.getdoc(model) or "", ""]
    return "\n".join([*head, "| key | default | meaning |", "| --- | --- | --- |", *rows, ""])


def _default(field: Any) -> str:
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, dt.time):
        value = f"{value:%H:%M}"
    return "" if value in (None, (), {}) else f"`{json.dumps(value)}`"
