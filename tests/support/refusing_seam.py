"""Seams on which nothing opens, or not yet, for tests of the supervisor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from drivers.link.address import LinkAddress


class RefusingSeam:
    """Notes when it was asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked_s: list[float] = []
        self._error = error or ConnectionRefusedError(111, "refused")

    async def open(self, address: LinkAddress, protocol_factory: Callable[[], asyncio.Protocol]) -> asyncio.Transport:
        self.asked_s.append(asyncio.get_running_loop().time())
        raise self._error


class HangingSeam(RefusingSeam):
    """A host that drops every packet: neither yes nor no."""

    async def open(self, address: LinkAddress, protocol_factory: Callable[[], asyncio.Protocol]) -> asyncio.Transport:
        self.asked_s.append(asyncio.get_running_loop().time())
        await asyncio.get_running_loop().create_future()
        raise AssertionError
