"""Scrapy signals of a visit: what an extension may listen to."""

visit_begun = object()
"""Sent when a visit begins, with ``source``."""

crawl_finished = object()
"""Sent exactly once a visit, with ``crawl``."""

host_gated = object()
"""Sent when a host shall be left alone, with ``host`` and ``gate``, or not any more (``None``)."""
