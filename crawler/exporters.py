"""CSV that a spreadsheet shows and does not run: what Scrapy writes, with formulas made text.

A cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break is a formula to most
spreadsheets, and a title may well begin with one (https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

from typing import Any

from scrapy.exporters import CsvItemExporter

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class PlainCsvExporter(CsvItemExporter):
    """Writes an apostrophe before what would be a formula; numbers stay numbers."""

    def serialize_field(self, field: Any, name: str, value: Any) -> Any:
        """Give what stands in a cell."""
        made = super().serialize_field(field, name, value)
        return f"'{made}" if isinstance(made, str) and made.startswith(_FORMULA) else made
