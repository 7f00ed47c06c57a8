"""What a server means that refuses a recipient: the address, or our right to write to it. Pure."""

from __future__ import annotations

import re

_STATUS = re.compile(r"5[0-9]{2} +(5\.[0-9]{1,3}\.[0-9]{1,3})\b")
# RFC 3463: no such mailbox, host or syntax; moved; no null MX (RFC 7505); switched off. Not a full
# mailbox, a policy or the sender's own address: those are no fault of the reader's.
_NO_ADDRESS = {"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
_BARE = re.compile(r"55[013](?!.*\b(?:relay|policy|block|spam|authenticat))", re.DOTALL)


def no_such_address(answer: str) -> bool:
    """Say whether an answer to a recipient says for good that there is no such address.

    A status of RFC 3463 decides; without one, 550, 551 and 553 that speak of nothing else.
    """
    if status := _STATUS.match(answer):
        return status[1] in _NO_ADDRESS
    return _BARE.match(answer.lower()) is not None
