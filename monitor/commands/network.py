"""What every report of a visit says of the network: what may be dialled though it is not public."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.commands.voice import Voice
    from monitor.config import Config


def tell(voice: Voice, config: Config) -> None:
    """Print the allow-list, if there is one: an exception that nobody sees is a hole."""
    allow = config.network.allow
    if voice.json and allow:
        voice.emit({"allow": list(allow)})
    elif allow:
        words = f"private addresses that may be dialled ([network] allow): {', '.join(allow)}"
        voice.talk(words, event="network")
