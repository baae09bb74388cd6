"""Weighing cell under the oxide hopper."""

from __future__ import annotations

import random

from sim.devices.model import DeviceModel
from sim.sensors import Sensor, SensorErrors

NOISE_KG = 0.01
"""Rms after the indicator's filter; assumed, 1 in 20 000 of a 200 kg hopper scale."""


class LoadCell(DeviceModel):
    def __init__(self, rng: random.Random, *, hopper_kg: float) -> None:
        super().__init__()
        self.sensor = Sensor(SensorErrors(noise=NOISE_KG, lag_s=1.0), rng, hopper_kg)
        self.values.update(hopper_mass_kg=hopper_kg, stable=1.0)

    def observe(self, hopper_kg: float, dt_s: float) -> None:
        self.values["hopper_mass_kg"] = max(0.0, self.sensor.observe(hopper_kg, dt_s))
        self.version += 1
