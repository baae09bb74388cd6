"""Current of each anode from the voltage drop along its stem."""

from __future__ import annotations

import random
from collections.abc import Sequence
from operator import add, mul

from sim.devices.model import DeviceModel
from sim.sensors import normal_rows

GAIN_SPREAD = 0.01
"""Standard deviation of the gain from stem to stem; assumed."""
NOISE_A = 5.0


class AnodeMonitor(DeviceModel):
    def __init__(
        self, anode_current_a: Sequence[float], rng: random.Random, *, gain_spread: float = GAIN_SPREAD
    ) -> None:
        super().__init__()
        count = len(anode_current_a)
        self._signals = [f"anode_current_{n}_a" for n in range(1, count + 1)]
        self._gains = [rng.gauss(1.0, gain_spread) for _ in range(count)]
        self._noise_a = normal_rows(rng, count, NOISE_A)
        self.observe(anode_current_a)

    def observe(self, anode_current_a: Sequence[float]) -> None:
        shown_a = map(add, map(mul, anode_current_a, self._gains), next(self._noise_a))
        self.values.update(zip(self._signals, shown_a, strict=True))
        self.version += 1
