"""Postings become news: remember, compare, decide, tell."""
