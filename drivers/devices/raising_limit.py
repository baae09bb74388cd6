"""Steps and rates of a set-point, binding raising only: lowering is never slowed."""

from __future__ import annotations

import math

from drivers.profiles.schema import Limits

_BURST_S = 2.0
"""Rate allowance that may be saved up: one late scan of 2 s (the slowest allowed) does not refuse an honest ramp."""


class RaisingLimit:
    """Judges one command's values. The rate is a bucket of engineering units that fills at ``max_rate_up_per_s``, so
    that the mean rate holds whatever the jitter between writes."""

    __slots__ = ("_allowance", "_count", "_filled_at_s", "_limits")

    def __init__(self, limits: Limits, count: float = 0.0) -> None:
        """``count`` is the device's resolution: a read-back rounded by it must not make an honest ramp look faster."""
        self._limits = limits
        self._count = count
        self._allowance = math.inf
        self._filled_at_s = -math.inf

    def refusal(self, value: float, base: float | None, now_s: float) -> str | None:
        """Why ``value`` may not be written now, or None. ``base`` is the value in force, None when unknown: from there
        only the lowest value of all is known not to raise."""
        limits = self._limits
        if base is None:
            bound = limits.max_step_up is not None or limits.max_rate_up_per_s is not None
            if bound and value > limits.low:
                return f"the value in force is unknown, so raising to {value:g} cannot be judged"
            return None
        rise = value - base
        if rise <= 0.0:
            return None
        if limits.max_step_up is not None and rise - self._count > limits.max_step_up * (1.0 + 1e-9):
            return f"a step up of {rise:g} exceeds {limits.max_step_up:g}"
        if limits.max_rate_up_per_s is not None and rise - self._count > self._filled(now_s) * (1.0 + 1e-9):
            return f"raising by {rise:g} exceeds {limits.max_rate_up_per_s:g} per s"
        return None

    def sent(self, value: float, base: float | None, now_s: float) -> None:
        """The value left for the device; what became of it does not give the allowance back."""
        if base is not None and value > base and self._limits.max_rate_up_per_s is not None:
            self._allowance = self._filled(now_s) - max(0.0, value - base - self._count)
            self._filled_at_s = now_s

    def _filled(self, now_s: float) -> float:
        rate = self._limits.max_rate_up_per_s
        assert rate is not None
        return min(_BURST_S * rate, self._allowance + rate * max(0.0, now_s - self._filled_at_s))
