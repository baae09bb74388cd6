"""Links for tests: opened, waited for, closed, with times short enough for a test."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from drivers.link.address import parse_link
from drivers.link.link import Link, LinkState
from drivers.link.real import RealSeam
from drivers.link.seam import ByteSeam
from drivers.profiles.schema import Bus
from tests.support.eventually import eventually

QUICK_BUS = Bus(timeout_s=0.05, late_reply_guard_s=0.05)


def state_of(link: Link) -> LinkState:
    """As a call, so that a type checker does not take the state of a moment ago for the state of now."""
    return link.status.state


async def until_up(link: Link, epoch: int = 1) -> None:
    await eventually(lambda: link.status.state is LinkState.UP and link.epoch >= epoch)


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
