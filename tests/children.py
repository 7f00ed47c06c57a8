"""The child processes of this one that crawl; there may be one besides that draws templates."""

import multiprocessing


def crawling():
    """Give them: it is the fork server that begets them."""
    return [
        child
        for child in multiprocessing.active_children()
        if child.name.startswith("ForkServerProcess")
    ]
