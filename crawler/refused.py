"""Refusals that a visit must know without loading the socket code that makes them."""


class BlockedAddress(Exception):  # noqa: N818 - it is the address that is blocked
    """Raised when a link leads to an address that is not public, from the download handler.

    It is no ``DownloadFailedError``: a refusal must not be tried again.
    """
