"""Current of each anode from the voltage drop along its stem."""

from __future__ import annotations

import random
from collections.abc import Sequence

from sim.devices.model import DeviceModel
from sim.sensors import normal_deviates

GAIN_SPREAD = 0.01
"""Standard deviation of the gain from stem to stem; assumed."""
NOISE_A = 5.0


class AnodeMonitor(DeviceModel):
    def __init__(self, anode_current_a: Sequence[float], rng: random.Random) -> None:
        super().__init__()
        self._rng = rng
        self._channels = tuple(
            (f"anode_current_{n}_a", rng.gauss(1.0, GAIN_SPREAD)) for n in range(1, len(anode_current_a) + 1)
        )
        self.observe(anode_current_a)

    def observe(self, anode_current_a: Sequence[float]) -> None:
        values = self.values
        noise = normal_deviates(self._rng, len(anode_current_a))
        for (signal, gain), current_a, deviate in zip(self._channels, anode_current_a, noise, strict=True):
            values[signal] = current_a * gain + NOISE_A * deviate
        self.version += 1
