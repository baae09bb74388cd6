"""An event loop whose clock runs faster than the wall's, so that a demonstration hour fits into a minute.

Sockets and pseudo-terminals stay real. Every delay, deadline and scan period of code on this loop shrinks alike, so the
daemon and the simulator keep step as long as both run at the same speed.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

FASTEST = 60.0
T = TypeVar("T")


class _ScaledSelector(selectors.DefaultSelector):
    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / self._speed)


class ScaledTimeLoop(asyncio.SelectorEventLoop):
    """``time()`` advances ``speed`` seconds per second of the monotonic clock."""

    def __init__(self, speed: float) -> None:
        if not 0.0 < speed <= FASTEST:
            raise ValueError(f"speed must be above 0 and at most {FASTEST:g}")
        self._speed = speed
        super().__init__(_ScaledSelector(speed))

    def time(self) -> float:
        return super().time() * self._speed


def run_scaled(main: Coroutine[Any, Any, T], *, speed: float) -> T:
    """Like ``asyncio.run``, on the stock loop where speed is 1."""
    with asyncio.Runner(loop_factory=None if speed == 1.0 else lambda: ScaledTimeLoop(speed)) as runner:
        return runner.run(main)
