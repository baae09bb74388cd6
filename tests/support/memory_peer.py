"""A link and the device behind it in memory, on virtual time: hours pass in milliseconds and nothing is by chance."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import NamedTuple

from drivers.link.link import Link
from drivers.link.memory import MemorySeam
from drivers.profiles.schema import Bus
from tests.support.links import QUICK_BUS, open_link
from tests.support.misbehaving_peer import Answer, MisbehavingPeer, PeerProtocol


class Bench(NamedTuple):
    link: Link
    peer: MisbehavingPeer
    seam: MemorySeam


@contextlib.asynccontextmanager
async def memory_bench(
    answer: Answer, *, framing: str = "rtu", bus: Bus = QUICK_BUS, baud: int = 115200
) -> AsyncIterator[Bench]:
    seam = MemorySeam()
    peer = MisbehavingPeer(answer)
    seam.listen("device", lambda: PeerProtocol(peer))
    async with open_link(f"memory:device?framing={framing}&baud={baud}", seam, bus=bus) as link:
        yield Bench(link, peer, seam)
    peer.stop()
