"""How a measuring chain departs from the truth: offset, slow drift, noise and lag. Randomness comes in from outside."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

SECONDS_PER_DAY = 86_400.0
_DRAWN_ROWS = 64


def normal_rows(rng: random.Random, count: int, rms: float) -> Iterator[list[float]]:
    """Endless rows of so many normal deviates, many drawn at a time: a tenth of the time of ``gauss`` one by one."""
    draw = np.random.default_rng(rng.getrandbits(128)).standard_normal
    while True:
        yield from (rms * draw((_DRAWN_ROWS, count))).tolist()


@dataclass(frozen=True, slots=True)
class SensorErrors:
    """In the unit of the quantity; ``noise`` is rms per sample, ``lag_s`` a first-order time constant."""

    bias: float = 0.0
    drift_per_day: float = 0.0
    noise: float = 0.0
    lag_s: float = 0.0


class Sensor:
    """One measuring chain. Deterministic for a given ``rng`` and sequence of ``observe`` calls."""

    __slots__ = ("_follows", "_rng", "_seen", "_step_s", "age_s", "errors", "value")

    def __init__(self, errors: SensorErrors, rng: random.Random, value: float) -> None:
        self.errors = errors
        self.age_s = 0.0
        self.value = value
        self._seen = value
        self._rng = rng
        self._step_s = self._follows = 0.0

    def observe(self, truth: float, dt_s: float) -> float:
        errors = self.errors
        self.age_s += dt_s
        if errors.lag_s > 0.0:
            if dt_s != self._step_s:
                self._step_s, self._follows = dt_s, -math.expm1(-dt_s / errors.lag_s)
            self._seen += (truth - self._seen) * self._follows
        else:
            self._seen = truth
        self.value = self._seen + errors.bias + errors.drift_per_day * self.age_s / SECONDS_PER_DAY
        if errors.noise > 0.0:
            self.value += self._rng.gauss(0.0, errors.noise)
        return self.value
