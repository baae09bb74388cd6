"""Whether the scans of one cell keep time, and when nobody is in control any more."""

from __future__ import annotations

import asyncio

from controller.clock import Clock, Tick

SUSPENDED_S = 0.5
"""Two clocks are read one after the other; a shorter suspend cannot be told from that and harms nobody."""


class ScanPace:
    """``stall_s`` is the longest time without a complete valid scan before the rectifier is left to its own watchdog,
    and the longest pause after which a controller goes on as if nothing had happened."""

    def __init__(self, clock: Clock, period_s: float, stall_s: float) -> None:
        self._clock = clock
        self._period_s = period_s
        self._stall_s = stall_s
        self._last_s: float | None = None
        self._due_s = 0.0
        self._suspended_s = clock.suspended_s()
        self._in_control_s: float | None = None
        """Time of the last complete valid scan; None while there was none since control began."""
        self._answers = self._was_armed = False

    def begin(self, tick: Tick) -> tuple[str, float]:
        """Why what was known before this scan counts for nothing, empty if it does; and how long the host was suspended
        since the scan before, s."""
        suspended_s = self._slept_s()
        self._suspended_s += suspended_s
        gap_s = suspended_s if self._last_s is None else suspended_s + tick.time_s - self._last_s
        self._last_s = self._due_s = tick.time_s
        return (f"no scan for {gap_s:.0f} s" if gap_s > self._stall_s else ""), suspended_s

    def in_time(self) -> bool:
        """False once this scan has gone on past the next one's due time, or the host slept under it."""
        late = asyncio.get_running_loop().time() > self._due_s + self._period_s
        return not late and self._slept_s() == 0.0

    def must_fall_silent(self, *, armed: bool, complete: bool, lost: bool) -> bool:
        """True once each time control ends: the cell is no longer armed, authority or link is ``lost``, or no scan has
        been ``complete`` for too long."""
        if complete or (armed and not self._was_armed):
            self._answers = True
        self._was_armed = armed
        if complete:
            self._in_control_s = self._due_s
            return False
        in_control_s = self._in_control_s
        given_up = in_control_s is not None and (lost or self._due_s - in_control_s > self._stall_s)
        if not self._answers or (armed and not given_up):
            return False
        self._answers, self._in_control_s = False, None
        return True

    def _slept_s(self) -> float:
        slept_s = self._clock.suspended_s() - self._suspended_s
        return slept_s if slept_s > SUSPENDED_S else 0.0
