"""What a store keeps besides sources and digests, each with statements of its own."""

from __future__ import annotations

from monitor.alarms import Alarms
from monitor.database import Door
from monitor.hosts import Hosts
from monitor.runs import Runs


class Annexes(Door):
    """A store that is open, and what stands beside its main rooms."""

    @property
    def alarms(self) -> Alarms:
        """What the operator is told of sources."""
        return Alarms(self._connection)

    @property
    def hosts(self) -> Hosts:
        """The hosts that are left alone."""
        return Hosts(self._connection)

    @property
    def runs(self) -> Runs:
        """The newest runs, and what they came to."""
        return Runs(self._connection)
