"""The links of one process: one per distinct address, however many devices stand behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from drivers.link.address import LinkAddress
from drivers.link.link import Link
from drivers.link.seam import ByteSeam
from drivers.profiles.schema import Bus


class LinkPool:
    def __init__(self, seam: ByteSeam) -> None:
        self._seam = seam
        self._links: dict[str, Link] = {}
        self._started = False

    @property
    def links(self) -> Mapping[str, Link]:
        """By the text of their address."""
        return MappingProxyType(self._links)

    def get(self, address: LinkAddress, bus: Bus, needed: bool) -> Link:
        """Raises ValueError when the same port is already used with other settings."""
        for other in self._links.values():
            if _same_place(other.address, address) and other.address != address:
                raise ValueError(f"{address} and {other.address} are the same port with different settings")
        link = self._links.get(str(address))
        if link is None:
            link = self._links[str(address)] = Link(address, self._seam, bus=bus, needed=needed)
            if self._started:
                link.start()
        else:
            link.bus = most_patient(link.bus, bus)
            link.needed = link.needed or needed
        return link

    def start(self) -> None:
        self._started = True
        for link in self._links.values():
            link.start()

    async def close(self) -> None:
        self._started = False
        await asyncio.gather(*(link.close() for link in self._links.values()))


def _same_place(one: LinkAddress, other: LinkAddress) -> bool:
    return (one.scheme, one.host, one.port, one.path) == (other.scheme, other.host, other.port, other.path)


def most_patient(one: Bus, other: Bus) -> Bus:
    """What suits both of two devices on one bus. A guard of zero still means: derive it."""
    guard_s = max(one.late_reply_guard_s, other.late_reply_guard_s)
    if min(one.late_reply_guard_s, other.late_reply_guard_s) <= 0.0:
        waits_s = max(one.timeout_s, other.timeout_s, one.turnaround_s, other.turnaround_s)
        guard_s = guard_s if guard_s > waits_s else 0.0
    return Bus(
        timeout_s=max(one.timeout_s, other.timeout_s),
        min_gap_s=max(one.min_gap_s, other.min_gap_s),
        post_connect_s=max(one.post_connect_s, other.post_connect_s),
        late_reply_guard_s=guard_s,
        max_read_registers=min(one.max_read_registers, other.max_read_registers),
        turnaround_s=max(one.turnaround_s, other.turnaround_s),
    )
