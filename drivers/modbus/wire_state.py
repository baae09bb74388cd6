"""What all masters on one link share, because it belongs to the wire."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from drivers.link.link import Link
from drivers.link.status import LinkCounters


class WireState:
    __slots__ = ("_tag", "counters", "echoes")

    def __init__(self, counters: LinkCounters) -> None:
        self.counters = counters
        self.echoes = False
        """Whether the last read had its own request come back before the reply, as half-duplex adapters can do."""
        self._tag = 0

    def next_tag(self) -> int:
        """A transaction id, never 0: some devices answer everything with 0, and that must not pass for a match."""
        self._tag = tag = self._tag % 0xFFFF + 1
        return tag


_WIRES: WeakKeyDictionary[Link, WireState] = WeakKeyDictionary()


def wire_state_of(link: Link) -> WireState:
    state = _WIRES.get(link)
    if state is None:
        state = _WIRES[link] = WireState(link.counters)
    return state
