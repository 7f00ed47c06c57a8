"""The web becomes postings: a Scrapy project that is usable alone."""

EXTRACTOR = 2
"""Version of how pages are read. Raise it when an extractor changes what an unchanged page yields,
so that the monitor can tell a change of the site from a change of ours."""
