"""Waiting for what happens in tasks that a test does not own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def eventually(is_so: Callable[[], bool], within_s: float = 3.0) -> None:
    """Raises TimeoutError when it does not come true."""
    async with asyncio.timeout(within_s):
        while not is_so():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.005)
