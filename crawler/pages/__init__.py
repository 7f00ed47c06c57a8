"""Responses become postings: pure readers of one page; they make no requests."""
