"""Time for the shell. The event loop is the clock; the wall clock is a label that never decides anything."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

LATEST_BEGIN = 0.5
"""Share of a period by which a scan may begin late. Later than that it is missed: begun then, it would crowd the next
one, and two steps upwards would follow each other in the time of one."""


class Tick(NamedTuple):
    number: int
    time_s: float
    """When this scan was due on the loop's clock, not when it began."""
    missed: int
    """Grid points that passed unscanned since the tick before."""


class Clock:
    """``utc_ms`` may be replaced where the loop runs on virtual time, so that equal seeds give equal labels.

    ``suspended_s`` tells for how long in total the host has been suspended: the loop's clock stands still meanwhile.
    """

    def __init__(self, utc_ms: Callable[[], int] | None = None, suspended_s: Callable[[], float] | None = None) -> None:
        self.utc_ms = utc_ms or (lambda: time.time_ns() // 1_000_000)
        self.suspended_s = suspended_s or _host_suspended_s

    @staticmethod
    def time_s() -> float:
        return asyncio.get_running_loop().time()

    @staticmethod
    async def every(period_s: float, *, start_s: float) -> AsyncIterator[Tick]:
        """Ticks on the absolute grid ``start_s + k·period_s``; grid points that passed are skipped and counted, whether
        a scan overran them or the process slept through them."""
        loop = asyncio.get_running_loop()
        number, last = 0, -1
        while True:
            slot = max(last + 1, math.ceil((loop.time() - start_s) / period_s - LATEST_BEGIN))
            due_s = start_s + slot * period_s
            wait_s = due_s - loop.time()
            if wait_s > 0.0:
                await asyncio.sleep(wait_s)
                if loop.time() > due_s + LATEST_BEGIN * period_s:
                    continue
            number += 1
            yield Tick(number, due_s, slot - last - 1 if number > 1 else 0)
            last = slot


def _host_suspended_s() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
