"""Where byte streams come from: the one thing that differs between a plant, a bench and a test in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from drivers.link.address import LinkAddress


class ByteSeam(Protocol):
    async def open(self, address: LinkAddress, protocol_factory: Callable[[], asyncio.Protocol]) -> asyncio.Transport:
        """Raises OSError when there is no stream to be had; nothing stays open or locked behind it."""
        ...
