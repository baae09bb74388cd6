"""Where the bath temperature stands, where it goes, and how long until the bath begins to freeze."""

from __future__ import annotations

from typing import NamedTuple

FAST_S = 60.0
SLOW_S = 180.0
COOLING_K_PER_MIN = 0.05
"""Slower than this is noise of the thermocouples after filtering (assumed)."""
SETTLED_S = 300.0
"""No slope is shown before the filters have seen this much."""


class HeatWatch(NamedTuple):
    """Two exponential means of different lag; on a ramp their difference is the slope times the difference of lags."""

    fast_degc: float = 0.0
    slow_degc: float = 0.0
    seen_s: float = 0.0


def with_sample(watch: HeatWatch, temperature_degc: float, dt_s: float) -> HeatWatch:
    if watch.seen_s <= 0.0:
        return HeatWatch(temperature_degc, temperature_degc, dt_s if dt_s > 0.0 else 1e-9)
    fast = watch.fast_degc + dt_s / (FAST_S + dt_s) * (temperature_degc - watch.fast_degc)
    slow = watch.slow_degc + dt_s / (SLOW_S + dt_s) * (temperature_degc - watch.slow_degc)
    return HeatWatch(fast, slow, watch.seen_s + dt_s)


def slope_k_per_min(watch: HeatWatch) -> float | None:
    """None until the filters have settled."""
    if watch.seen_s < SETTLED_S:
        return None
    return 60.0 * (watch.fast_degc - watch.slow_degc) / (SLOW_S - FAST_S)


def minutes_to_liquidus(superheat_k: float, slope_per_min: float) -> float | None:
    """None while the bath does not cool; 0 at or below the liquidus."""
    if superheat_k <= 0.0:
        return 0.0
    if slope_per_min > -COOLING_K_PER_MIN:
        return None
    return superheat_k / -slope_per_min


def median(values: list[float]) -> float:
    """Of at least one value; one broken thermocouple of three cannot move it far."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else 0.5 * (ordered[middle - 1] + ordered[middle])
