"""Time for the shell. The event loop is the clock; the wall clock is a label that never decides anything."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple


class Tick(NamedTuple):
    number: int
    time_s: float
    """When this scan was due on the loop's clock, not when it began."""
    missed: int
    """Grid points that passed unscanned since the tick before."""


class Clock:
    """``utc_ms`` may be replaced where the loop runs on virtual time, so that equal seeds give equal labels."""

    def __init__(self, utc_ms: Callable[[], int] | None = None) -> None:
        self.utc_ms = utc_ms or (lambda: time.time_ns() // 1_000_000)

    @staticmethod
    def time_s() -> float:
        return asyncio.get_running_loop().time()

    @staticmethod
    async def every(period_s: float, *, start_s: float) -> AsyncIterator[Tick]:
        """Ticks on the absolute grid ``start_s + k·period_s``; an overrun skips to the next point and is counted."""
        loop = asyncio.get_running_loop()
        number, slot, missed = 0, 0, 0
        while True:
            due_s = start_s + slot * period_s
            wait_s = due_s - loop.time()
            if wait_s > 0.0:
                await asyncio.sleep(wait_s)
            number += 1
            yield Tick(number, due_s, missed)
            passed = int((loop.time() - start_s) / period_s)
            missed = max(0, passed - slot - 1) if loop.time() > start_s + (slot + 1) * period_s else 0
            slot += 1 + missed
