"""Links for tests: opened, waited for, closed, with times short enough for a test."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from drivers.link.address import parse_link
from drivers.link.link import Link, LinkState
from drivers.link.real import RealSeam
from drivers.link.seam import ByteSeam
from drivers.profiles.schema import Bus

QUICK_BUS = Bus(timeout_s=0.05, late_reply_guard_s=0.05)


async def until(is_so: Callable[[], bool], within_s: float = 5.0) -> None:
    """Waits for something that other callbacks bring about. Raises TimeoutError; the time is a bound, not a measure."""
    async with asyncio.timeout(within_s):
        while not is_so():  # noqa: ASYNC110 - what is waited for knows nothing of being waited for
            await asyncio.sleep(0.002)


async def until_up(link: Link, epoch: int = 1) -> None:
    await until(lambda: link.status.state is LinkState.UP and link.epoch >= epoch)


@contextlib.asynccontextmanager
async def open_link(
    address: str, seam: ByteSeam | None = None, *, bus: Bus = QUICK_BUS, needed: bool = True, wait: bool = True
) -> AsyncIterator[Link]:
    link = Link(parse_link(address), seam or RealSeam(), bus=bus, needed=needed)
    link.start()
    try:
        if wait:
            await until_up(link)
        yield link
    finally:
        await link.close()
