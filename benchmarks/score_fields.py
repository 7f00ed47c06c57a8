"""How many pay strings of a recorded truth are read exactly: `python benchmarks/score_fields.py`.

The truth is a table kept outside the project (its folder as argument or in ROLECALL_DATA); each
row is a string as it stood in a real posting, with the amounts, currency and period it states.
Every row read wrongly is printed. Without the table there is nothing to score, which is no error.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.fields import salary

if TYPE_CHECKING:
    from crawler.items import Salary

PERIODS = {"14 days": "biweek"}


def expected(row: dict[str, str]) -> tuple[float | None, float | None, str | None]:
    low, high = (float(row[end]) if row[end] else None for end in ("min", "max"))
    return low, high, row["currency"] or None


def right(row: dict[str, str], found: tuple[Salary, ...]) -> bool:
    if row["kind"] == "none":
        return not found
    if not found:
        return False
    first = found[0]
    stated = row["period_in_snippet"]
    period = PERIODS.get(stated, stated)
    return (first.min, first.max, first.currency) == expected(row) and period in ("", first.period)


def score(table: Path) -> None:
    seen, exact = Counter[str](), Counter[str]()
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        text = json.loads(row["snippet_raw_json"])
        given = None if row["currency_basis"] == "explicit" else row["currency"] or None
        found = salary.read(text, currency=given)
        seen[row["kind"]] += 1
        if right(row, found):
            exact[row["kind"]] += 1
        else:
            told = [(pay.min, pay.max, pay.currency, pay.period) for pay in found]
            print(
                f"row {row['n']} ({row['kind']}): {text!r}\n  want {expected(row)} "
                f"{row['period_in_snippet']}\n  read {told}"
            )
    for kind, count in seen.items():
        print(f"{kind}: {exact[kind]} of {count} exact ({exact[kind] / count:.1%})")


def main() -> None:
    default = os.environ.get("ROLECALL_DATA", "../shared/data")
    table = Path(sys.argv[1] if len(sys.argv) > 1 else default) / "salary_truth.tsv"
    if table.is_file():
        score(table)
    else:
        print("no truth: name the folder of salary_truth.tsv, or set ROLECALL_DATA")


if __name__ == "__main__":
    main()
