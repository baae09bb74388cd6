"""The simulator's yardstick: a cell of twelve states by the classical Runge–Kutta method at 0.1 s.

What one would write first: four right-hand sides a step with six transcendental functions each. There is one formula,
for one cell in plain floats and for many in arrays. Its numbers are round and only keep it near an operating point.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

STEP_S = 0.1
STATES = 12
START = (1323.0, 900.0, 1323.0, 25_000.0, 6.0, 1.0, 2.0, 0.5, 50.0, 6.0, 80.0, 7.6)
"""Bath, lining and metal, K; current, A; oxide dissolved, fast, slow and sunken, kg; metal, kg; gap, cm; carbon, kg;
voltage as filtered, V."""

Rates = Callable[..., tuple[Any, ...]]


def _rates_over(exp: Any, log: Any, arsinh: Any) -> Rates:
    def rates(  # noqa: PLR0917 - one argument per state
        bath: Any, lining: Any, metal: Any, current: Any, oxide: Any, fast: Any, slow: Any, sludge: Any,
        pool: Any, gap: Any, carbon: Any, seen: Any,
    ) -> tuple[Any, ...]:  # fmt: skip
        warmth = 1.0 / bath - 1.0 / 1323.0
        percent = 100.0 * oxide / (300.0 + oxide)
        under = 1.0 - percent / 3.2
        conductivity = 1.9 * exp(-2400.0 * warmth)
        density = current / 28_000.0
        load = density / (1.9 * exp(0.8 * log(percent / 2.0) - 4200.0 * warmth))
        thermal = 8.617e-5 * bath
        potential = 1.6 + thermal * (1.2 * arsinh(2.0 * density) - 0.5 * log(1.0 - 0.9 * load))
        voltage = potential + current * (7.0e-5 + 2.4e-5 * gap / (6.0 * conductivity))
        rate = under * exp(-6000.0 * warmth)
        from_fast = 0.3 * rate * fast
        from_slow = 0.03 * rate * slow
        from_sludge = 0.001 * rate * sludge
        used = 4.4e-7 * current
        made = 3.8e-7 * current
        to_lining = 900.0 * (bath - lining)
        to_metal = 400.0 * (bath - metal)
        top = 2.0e-8 * bath * bath * bath * bath
        return (
            (current * (voltage - 2.0) * 0.1 - to_lining * 0.01 - to_metal * 0.01 - top * 0.1) / 4.0e5,
            (to_lining - 620.0 * (lining - 300.0)) / 2.0e7,
            to_metal / 5.0e4,
            (25_000.0 - current) / 2.0,
            from_fast + from_slow + from_sludge - used,
            0.5 * used - from_fast,
            0.45 * used - from_slow,
            0.05 * used - from_sludge,
            made - 1.0e-5 * pool,
            2.0e-10 * current,
            -2.0e-10 * current * carbon,
            (voltage - seen) / 0.5,
        )

    return rates


_of_one = _rates_over(math.exp, math.log, math.asinh)
_of_many = _rates_over(np.exp, np.log, np.arcsinh)


def one_step(state: list[float]) -> list[float]:
    """Twelve floats, 0.1 s later."""
    half = 0.5 * STEP_S
    first = _of_one(*state)
    second = _of_one(*[y + half * k for y, k in zip(state, first, strict=True)])
    third = _of_one(*[y + half * k for y, k in zip(state, second, strict=True)])
    fourth = _of_one(*[y + STEP_S * k for y, k in zip(state, third, strict=True)])
    return [
        y + STEP_S / 6.0 * (a + 2.0 * (b + c) + d)
        for y, a, b, c, d in zip(state, first, second, third, fourth, strict=True)
    ]


class ToyCells:
    """Many of them, a little apart from each other: ``state`` is twelve rows of one number per cell."""

    def __init__(self, count: int) -> None:
        apart = 1.0 + 1e-3 * np.linspace(-1.0, 1.0, count)
        self.state: NDArray[np.float64] = np.array(START)[:, None] * apart
        self._rates = [np.empty_like(self.state) for _ in range(4)]
        self._there = np.empty_like(self.state)

    def step(self) -> None:
        """0.1 s later, in place; work arrays are reused."""
        state, there = self.state, self._there
        first, second, third, fourth = self._rates
        np.stack(_of_many(*state), out=first)
        for known, wanted, ahead_s in (
            (first, second, 0.5 * STEP_S),
            (second, third, 0.5 * STEP_S),
            (third, fourth, STEP_S),
        ):
            np.multiply(known, ahead_s, out=there)
            there += state
            np.stack(_of_many(*there), out=wanted)
        second += third
        second *= 2.0
        second += first
        second += fourth
        second *= STEP_S / 6.0
        state += second
